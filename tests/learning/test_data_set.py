from dataclasses import replace
from pathlib import Path

import pytest

from firstread.config import Training
from firstread.errors import DataError
from firstread.learning import data_set
from firstread.terms import Part

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
                path = tmp_path / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(name.encode())
    return tmp_path


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
