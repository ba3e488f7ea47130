from collections import Counter
from pathlib import Path

import pytest

from firstread.config import ReadLimits
from firstread.data import synthetic
from firstread.data.manifest import Series
from firstread.data.sources.kaggle_pneumonia import OFFICIAL_TEST_NUMBERS, read_folder
from firstread.data.synthetic_file import FileFormat
from firstread.errors import DataError, OutputError
from firstread.imaging.prepare import Prepared, prepare
from firstread.imaging.preprocess import Recipe


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("layout", list(FileFormat))
def test_a_folder_is_made_that_reads_as_the_public_data_does(tmp_path: Path, layout: FileFormat) -> None:
    files = synthetic.generate(12, tmp_path / "out", layout=layout, diseased_fraction=0.25, part="val")

    manifest = read_folder(tmp_path / "out")
    assert (12, 3, ()) == (len(manifest), int(manifest.diseased.sum()), manifest.left_out)
    assert {"val"} == {film.folder_part for film in manifest.films}
    assert sorted(files) == sorted(manifest.paths)


def test_every_film_can_be_scored_and_says_that_it_is_synthetic(tmp_path: Path) -> None:
    for file in synthetic.generate(8, tmp_path / "out"):
        film = prepare(file, Recipe(), limits=ReadLimits())

        assert isinstance(film, Prepared), film
        assert film.facts.synthetic
        assert () == film.warnings


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    made = [synthetic.generate(6, tmp_path / str(n), seed=seed) for n, seed in enumerate((4, 4, 5))]
    content = [sorted(file.read_bytes() for file in files) for files in made]

    assert content[0] == content[1]
    assert not set(content[0]) & set(content[2])


def test_imagined_patients_are_nobody_and_some_have_several_films() -> None:
    planned = synthetic.plan(400, seed=0)

    films = Counter(film.patient for film in planned)
    assert {1, 2, 3} == set(films.values())
    assert set(Series) == {patient.series for patient in films}
    highest = max(numbers[-1] for ranges in OFFICIAL_TEST_NUMBERS.values() for numbers in ranges)
    assert highest < min(patient.number for patient in films)
    assert 400 == len({film.name for film in planned})


@pytest.mark.parametrize(
    ("count", "fraction", "diseased"),
    [(10, 0.5, 5), (10, 0.0, 0), (10, 1.0, 10), (2, 0.01, 1), (2, 0.99, 1), (1, 0.5, 0)],
)
def test_a_class_that_is_asked_for_has_a_film(count: int, fraction: float, diseased: int) -> None:
    planned = synthetic.plan(count, seed=1, diseased_fraction=fraction)

    assert count == len(planned)
    assert diseased == sum(film.label_folder == "PNEUMONIA" for film in planned)


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("keep")

    with pytest.raises(OutputError, match=r"must be empty or new; it holds letter\.txt.*--overwrite"):
        synthetic.generate(2, tmp_path)

    assert [tmp_path / "letter.txt"] == _files(tmp_path)


def test_overwriting_replaces_synthetic_films_and_nothing_else(tmp_path: Path) -> None:
    synthetic.generate(9, tmp_path, layout=FileFormat.DICOM)
    others = [tmp_path / "letter.txt", tmp_path / "train/NORMAL/IM-0300-0001.jpeg"]
    for other in others:
        other.write_text("keep")

    files = synthetic.generate(4, tmp_path, overwrite=True)

    assert sorted([*files, *others]) == _files(tmp_path)
    assert ["keep", "keep"] == [other.read_text() for other in others]


def test_a_foreign_file_of_the_same_name_stops_everything(tmp_path: Path) -> None:
    files = synthetic.generate(4, tmp_path)
    files[2].write_bytes(b"somebody's film")
    before = {file: file.read_bytes() for file in files}

    with pytest.raises(OutputError, match="only synthetic films are replaced; this file is not one"):
        synthetic.generate(4, tmp_path, overwrite=True)

    assert before == {file: file.read_bytes() for file in files}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"count": 0}, "at least 1; received 0"),
        ({"diseased_fraction": 1.5}, r"in \[0, 1\]; received 1.5"),
        ({"diseased_fraction": float("nan")}, r"in \[0, 1\]; received nan"),
        ({"seed": -1}, "must not be negative; received -1"),
        ({"part": "dev"}, "must be train, val, test; received 'dev'"),
    ],
)
def test_numbers_outside_their_range_write_nothing(
    tmp_path: Path, arguments: dict[str, object], words: str
) -> None:
    given = {"count": 3, **arguments}

    with pytest.raises(DataError, match=words):
        synthetic.generate(given.pop("count"), tmp_path / "out", **given)  # type: ignore[arg-type]  # wrong on purpose

    assert not (tmp_path / "out").exists()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")

    with pytest.raises(OutputError, match="file: synthetic films must be writable; Not a directory"):
        synthetic.generate(3, tmp_path / "file")


def test_progress_counts_to_the_end(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []

    synthetic.generate(3, tmp_path / "out", on_progress=lambda done, total: seen.append((done, total)))

    assert [(1, 3), (2, 3), (3, 3)] == seen
