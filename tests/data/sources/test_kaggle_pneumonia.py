import os
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from firstread.data.manifest import PatientKey, Series
from firstread.data.sources.kaggle_pneumonia import (
    OFFICIAL_TEST_NUMBERS,
    is_official_test,
    patient_of,
    read_folder,
)
from firstread.errors import DataError

MakeFolder = Callable[[Iterable[str]], Path]

NORMAL, SICK = "train/NORMAL/IM-0200-0001.jpeg", "train/PNEUMONIA/person400_virus_800.jpeg"


@pytest.mark.parametrize(
    ("name", "patient"),
    [
        ("person1000_bacteria_2931.jpeg", PatientKey(Series.BACTERIA, 1000)),
        ("person447_virus_921_1.jpeg", PatientKey(Series.VIRUS, 447)),
        ("IM-0115-0001.jpeg", PatientKey(Series.IM, 115)),
        ("IM-0666-0001-0002.jpeg", PatientKey(Series.IM, 666)),
        ("NORMAL2-IM-0587-0001-0001.jpeg", PatientKey(Series.NORMAL2_IM, 587)),
        ("PERSON1000_BACTERIA_2931.JPG", PatientKey(Series.BACTERIA, 1000)),
        ("normal2-im-0587-0001.png", PatientKey(Series.NORMAL2_IM, 587)),
        ("IM-10001-0001.dcm", PatientKey(Series.IM, 10001)),
    ],
)
def test_the_name_says_whose_film_it_is(name: str, patient: PatientKey) -> None:
    assert patient == patient_of(Path(name))


@pytest.mark.parametrize(
    "name",
    [
        "foo.jpeg",
        "person_virus_1.jpeg",
        "person1_fungus_2.jpeg",
        "IM-0115.jpeg",
        "IM-0115-0001.gif",
        "IM-0115-0001",
    ],
)
def test_a_name_without_a_patient_is_refused(name: str) -> None:
    with pytest.raises(DataError, match=f"must be person<N>_bacteria_<M>.*received '{name}'"):
        patient_of(Path(name))


@pytest.mark.parametrize(
    "above", ["", "chest_xray/", "versions/2/chest_xray/"], ids=["as named", "download", "deep"]
)
def test_parts_are_found_below_what_the_download_unpacks_to(make_folder: MakeFolder, above: str) -> None:
    folder = make_folder([above + NORMAL, above + SICK])

    manifest = read_folder(folder)

    assert [False, True] == manifest.diseased.tolist()
    assert {"train"} == {film.folder_part for film in manifest.films}


def test_copies_in_the_download_and_hidden_files_are_skipped(make_folder: MakeFolder) -> None:
    """The archive holds chest_xray inside chest_xray again, and __MACOSX with a stub of every file."""
    copies = ["chest_xray/chest_xray/", "chest_xray/__MACOSX/chest_xray/"]
    folder = make_folder(
        [
            *("chest_xray/" + name for name in (NORMAL, SICK)),
            *(copy + name for copy in copies for name in (NORMAL, SICK)),
            "chest_xray/train/NORMAL/.DS_Store",
            "chest_xray/train/NORMAL/._IM-0200-0001.jpeg",
            "chest_xray/train/PNEUMONIA/Thumbs.db",
        ]
    )

    assert (folder / "chest_xray" / NORMAL, folder / "chest_xray" / SICK) == read_folder(folder).paths


def test_upper_and_lower_case_are_the_same(make_folder: MakeFolder) -> None:
    folder = make_folder(["TRAIN/normal/IM-0200-0001.JPEG", "Train/Pneumonia/person400_virus_800.jpg"])

    assert 2 == len(read_folder(folder))


@pytest.mark.parametrize(("name", "part"), [("val", "val"), ("anything", "train")])
def test_a_folder_with_the_classes_themselves_is_one_part(
    make_folder: MakeFolder, name: str, part: str
) -> None:
    folder = make_folder([f"{name}/NORMAL/IM-0200-0001.jpeg", f"{name}/PNEUMONIA/person400_virus_800.jpeg"])

    assert {part} == {film.folder_part for film in read_folder(folder / name).films}


def test_an_official_test_film_outside_test_is_left_out(make_folder: MakeFolder) -> None:
    """The number is made here, so that no such name is written down."""
    official = OFFICIAL_TEST_NUMBERS[Series.BACTERIA][0][0]
    leaked = f"train/PNEUMONIA/person{official}_bacteria_1.jpeg"
    folder = make_folder([NORMAL, SICK, leaked, f"test/PNEUMONIA/person{official}_bacteria_2.jpeg"])

    manifest = read_folder(folder)

    assert [folder / leaked] == [film.path for film in manifest.left_out]
    assert 3 == len(manifest)


def test_the_official_test_numbers_stand_beside_the_training_numbers() -> None:
    """The edges, as counted from the source's own folders."""
    beside = {
        Series.IM: (115, 766),
        Series.NORMAL2_IM: (383, 1423),
        Series.BACTERIA: (77, 253),
        Series.VIRUS: (80, 1609),
    }

    assert not any(
        is_official_test(PatientKey(series, n)) for series, numbers in beside.items() for n in numbers
    )
    assert all(
        is_official_test(PatientKey(series, r[-1]))
        for series, rs in OFFICIAL_TEST_NUMBERS.items()
        for r in rs
    )


def test_a_folder_without_classes_says_what_it_holds(make_folder: MakeFolder) -> None:
    folder = make_folder(["photos/a.jpeg", "letters/b.jpeg"])

    with pytest.raises(
        DataError,
        match="must hold train, val or test with NORMAL and PNEUMONIA inside; received letters, photos",
    ):
        read_folder(folder)


def test_an_empty_folder_is_called_empty(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="received an empty folder"):
        read_folder(tmp_path)


def test_one_class_is_not_enough(make_folder: MakeFolder) -> None:
    folder = make_folder([NORMAL])

    with pytest.raises(DataError, match="films of both classes; received 1 in NORMAL and 0 in PNEUMONIA"):
        read_folder(folder)


def test_a_label_must_not_contradict_the_name(make_folder: MakeFolder) -> None:
    folder = make_folder([NORMAL, SICK, "train/NORMAL/person400_virus_801.jpeg"])

    with pytest.raises(
        DataError, match=r"person400_virus_801.jpeg: a film in NORMAL .* received one of the virus series"
    ):
        read_folder(folder)


def test_a_folder_among_films_is_refused(make_folder: MakeFolder) -> None:
    folder = make_folder([NORMAL, SICK, "train/NORMAL/more/IM-0201-0001.jpeg"])

    with pytest.raises(DataError, match="received 'more'"):
        read_folder(folder)


def test_two_data_sets_beside_each_other_are_not_mixed(make_folder: MakeFolder) -> None:
    folder = make_folder(["a/" + NORMAL, "a/" + SICK, "b/" + NORMAL, "b/" + SICK])

    with pytest.raises(DataError, match="must hold one data set; received several"):
        read_folder(folder)


@pytest.mark.parametrize(("name", "words"), [("gone", "No such file"), ("file", "Not a directory")])
def test_what_is_no_folder_is_refused(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "file").write_text("x")

    with pytest.raises(DataError, match=f"must be a folder that can be read; {words}"):
        read_folder(tmp_path / name)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_class_folder_without_permission_is_named(make_folder: MakeFolder) -> None:
    folder = make_folder([NORMAL, SICK])
    (folder / "train/NORMAL").chmod(0)

    with pytest.raises(DataError, match="NORMAL: must be a folder that can be read; Permission denied"):
        read_folder(folder)


@pytest.mark.films
def test_the_public_training_films_are_counted_right(public_films: Path) -> None:
    """Hand count: 1,341 normal and 3,875 diseased films, none of the official test part."""
    manifest = read_folder(public_films / "kaggle-pneumonia-224")

    assert (5216, 3875) == (len(manifest), int(manifest.diseased.sum()))
    assert () == manifest.left_out
