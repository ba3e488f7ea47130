from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from firstread.config import Training
from firstread.errors import DataError
from firstread.learning import data_set
from firstread.terms import Part

Listed = Callable[..., Path]

SETTINGS = Training(blocks=4)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Forty films of each class to learn from, eight in val, twelve in test; only their names are read."""
    for part, first, n_each in (("train", 300, 40), ("val", 900, 8), ("test", 1, 12)):
        for index in range(n_each):
            diseased = first + index if part != "test" else 80 + index
            for name in (
                f"{part}/NORMAL/IM-{first + index:04d}-0001.jpeg",
                f"{part}/PNEUMONIA/person{diseased}_bacteria_1.jpeg",
            ):
                path = tmp_path / "children" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(name.encode())
    return tmp_path / "children"


@pytest.mark.parametrize("split", ["id-block", "patient-grouped", "official"])
@pytest.mark.parametrize("max_films", [None, 16])
def test_each_split_learns_from_the_films_that_were_asked_for(
    folder: Path, split: str, max_films: int | None
) -> None:
    films = data_set.read(folder, replace(SETTINGS, split=split, max_films=max_films))

    parts = films.split.parts
    in_train = 2 * (max_films or 40)
    assert (split == "official") == (len(parts[Part.TRAINING]) == in_train)
    assert len(films.manifest) == in_train + 16
    assert not any(film.folder_part == "test" for film in films.manifest.films)
    assert 24 == len(parts[Part.INTERNAL_TEST])


def test_the_hash_knows_the_films_and_not_the_test_part(folder: Path) -> None:
    before = data_set.read(folder, SETTINGS).hash

    next((folder / "test" / "NORMAL").iterdir()).write_bytes(b"changed")
    assert before == data_set.read(folder, SETTINGS).hash

    next((folder / "train" / "NORMAL").iterdir()).write_bytes(b"changed")
    assert before != data_set.read(folder, SETTINGS).hash


def test_a_folder_without_films_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError):
        data_set.read(tmp_path, SETTINGS)


@pytest.fixture
def listed(tmp_path: Path) -> Listed:
    """Return a maker of a hospital's folder with a manifest.csv: its films are listed by class; only names are read."""

    def make(name: str, n_each: int = 8, *, part: str = "train") -> Path:
        folder = tmp_path / "hospitals" / name
        folder.mkdir(parents=True)
        rows = [f"{label}-{index}.png" for label in "01" for index in range(n_each)]
        for row in rows:
            (folder / row).write_bytes(f"{name} {row}".encode())
        (folder / "manifest.csv").write_text(
            "path,label,patient,part\n"
            + "".join(f"{row},{row[0]},{index},{part}\n" for index, row in enumerate(rows))
        )
        return folder

    return make


def test_a_folder_that_lists_one_class_after_the_other_has_both_to_tune_on(listed: Listed) -> None:
    films = data_set.read(listed("a"), SETTINGS)

    assert (12, 4) == (len(films.split.training), len(films.split.tuning))
    assert 2 == films.split.tuning.diseased.sum()


def test_other_folders_are_learned_from_and_never_tuned_on(folder: Path, listed: Listed) -> None:
    """Two hospitals whose patients carry the same numbers: eight of each class, each a patient of its own."""
    alone = data_set.read(folder, SETTINGS)

    films = data_set.read(folder, SETTINGS, also=[listed("a"), listed("b")])

    assert alone.split.tuning == films.split.tuning
    assert alone.split.internal_test == films.split.internal_test
    assert len(alone.split.training) + 32 == len(films.split.training)
    assert len(set(alone.split.training.patients)) + 32 == len(set(films.split.training.patients))
    assert len(films.manifest) == len(films.split.training) + len(films.split.tuning)
    assert ["a", "b"] == [other.name for other in films.also]
    assert (alone.folder, alone.hash) == (films.folder, films.hash), (
        "an evaluation knows the tuned folder again"
    )
    assert "films of a, b were learned from only" in films.split.description


def test_so_many_films_are_taken_of_each_folder(folder: Path, listed: Listed) -> None:
    films = data_set.read(folder, replace(SETTINGS, max_films=5), also=[listed("a")])

    assert 10 == len(films.also[0].manifest)
    assert 5 == films.also[0].manifest.diseased.sum()


def test_a_film_that_is_tuned_or_tested_on_is_not_learned_from_elsewhere(
    folder: Path, listed: Listed
) -> None:
    """Two copies under other names: the patients they are listed for are left out, with a second film of one."""
    tuned = data_set.read(folder, SETTINGS).split.tuning.films[0]
    other = listed("a")
    (other / "0-0.png").write_bytes(tuned.path.read_bytes())
    (other / "1-1.png").write_bytes((folder / "test" / "NORMAL" / "IM-0003-0001.jpeg").read_bytes())
    (other / "second.png").write_bytes(b"another film of the same patient")
    with (other / "manifest.csv").open("a") as stream:
        stream.write("second.png,0,0,train\n")

    source = data_set.read(folder, SETTINGS, also=[other]).also[0]

    assert 3 == source.left_out
    assert 14 == len(source.manifest)
    assert not {"0-0.png", "1-1.png", "second.png"} & {path.name for path in source.manifest.paths}


def test_a_child_that_is_tuned_on_is_known_by_name_in_the_same_data_stored_anew(
    folder: Path, tmp_path: Path
) -> None:
    """A smaller copy of the data has other bytes and the same names."""
    anew = tmp_path / "anew"
    for path in folder.glob("train/*/*.jpeg"):
        copy = anew / path.relative_to(folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes() + b" at another size")

    films = data_set.read(folder, SETTINGS, also=[anew])

    delivered = [film for film in films.split.tuning.films if film.folder_part == "train"]
    assert len(delivered) == films.also[0].left_out > 0
    tuned = {film.path.name for film in films.split.tuning.films}
    assert not tuned & {path.name for path in films.also[0].manifest.paths}


def test_what_has_nothing_to_learn_from_or_lies_in_another_folder_is_refused(
    folder: Path, listed: Listed
) -> None:
    test_only = listed("judged", part="test")

    with pytest.raises(
        DataError, match=r"both classes in its train part.*received 0 diseased of 0 there, 0 left"
    ):
        data_set.read(folder, SETTINGS, also=[test_only])
    for twice in (folder, folder / "train" / ".." / "train"):
        with pytest.raises(DataError, match="folders to learn from must lie apart"):
            data_set.read(folder, SETTINGS, also=[twice])
