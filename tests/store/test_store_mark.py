"""A folder of films says whose it is, and one that is not the store's is refused."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from firstread.errors import StoreError
from firstread.store import schema
from firstread.store.database import Database
from firstread.store.film_folder import FilmFolder
from firstread.store.store_mark import MARK_FILE, mark_of, put_mark

Arrive = Callable[..., list[int]]


@pytest.fixture
def films(tmp_path: Path) -> FilmFolder:
    """Return an empty folder of films."""
    return FilmFolder(tmp_path / "films")


def test_a_marked_folder_is_the_store_s(database: Database, films: FilmFolder) -> None:
    put_mark(database, films)
    put_mark(database, films)

    mark_of(database, films).require()
    assert 0o600 == (films.root / MARK_FILE).stat().st_mode & 0o777
    assert {"arriving", MARK_FILE} == {entry.name for entry in films.root.iterdir()}
    assert [] == list(films.stored())


def test_a_folder_without_a_mark_is_refused(database: Database, films: FilmFolder) -> None:
    with pytest.raises(
        StoreError, match=r"must bear the mark of this store \(store-name\); it does not\. Mount"
    ):
        mark_of(database, films).require()


def test_another_store_s_folder_is_refused(database: Database, films: FilmFolder, tmp_path: Path) -> None:
    """Its films would be missed, and those that no row of this store is about would be swept."""
    other = Database(f"sqlite:///{tmp_path}/other.db")
    schema.upgrade(other)
    put_mark(other, films)
    other.close()

    with pytest.raises(StoreError, match="it does not"):
        mark_of(database, films).require()
    with pytest.raises(
        StoreError, match=r"must hold the films of this store; store-name in it is another's\."
    ):
        put_mark(database, films)


def test_a_folder_whose_films_are_all_gone_is_not_marked(
    database: Database, films: FilmFolder, arrive: Arrive
) -> None:
    """It stands where a disk was not mounted."""
    arrive("a", "b")

    with pytest.raises(
        StoreError, match=r"must hold the films that the database knows; none of the last 2 is"
    ):
        put_mark(database, films)

    assert not mark_of(database, films).is_there()


def test_a_folder_of_films_is_not_marked_for_a_database_that_knows_none(
    database: Database, films: FilmFolder
) -> None:
    """A backup's films whose rows have not been brought back yet, or the wrong database."""
    film = films.put(io.BytesIO(b"a film"))

    with pytest.raises(
        StoreError,
        match=r"must be empty where the database knows no films; it holds some\. Bring their rows back",
    ):
        put_mark(database, films)

    assert not mark_of(database, films).is_there()
    assert films.has(film)


def test_a_folder_of_before_there_were_marks_gets_one(
    database: Database, films: FilmFolder, arrive: Arrive
) -> None:
    arrive("a", "b")
    kept = films.path(b"a".hex().rjust(64, "0"))
    kept.parent.mkdir()
    kept.write_bytes(b"a film")

    put_mark(database, films)

    assert mark_of(database, films).is_there()


def test_a_mark_that_is_a_disk_s_nonsense_is_no_mark(database: Database, films: FilmFolder) -> None:
    mark = mark_of(database, films)
    assert not mark.is_there()
    mark.file.write_bytes(b"\xff" * 32)

    assert not mark.is_there()


def test_a_folder_that_cannot_be_marked_is_said(database: Database, films: FilmFolder) -> None:
    films.root.joinpath("arriving").rmdir()
    films.root.rmdir()

    with pytest.raises(StoreError, match="the folder must take a mark; No such file"):
        put_mark(database, films)


def test_a_store_keeps_its_name(database: Database, films: FilmFolder) -> None:
    films.put(io.BytesIO(b"a film"))
    before = mark_of(database, films)

    schema.upgrade(database)

    assert before == mark_of(database, films)
