"""A backup is a store: what was there is there again."""

import io
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from firstread.config import Store as StoreSettings
from firstread.errors import OutputError, StoreError
from firstread.store import backup, deliveries, films
from firstread.store.database import Database
from firstread.store.deliveries import ArrivedFile
from firstread.store.film_folder import FilmFolder
from firstread.store.store import Store, open_store

NOW = 1_800_000_000.0


@pytest.fixture
def store(database: Database, tmp_path: Path) -> Store:
    return Store(database, FilmFolder(tmp_path / "store" / "films"))


@pytest.fixture
def keep(store: Store, bundle_id: int) -> Callable[..., list[str]]:
    """Return a function that keeps films of these contents."""

    def kept(*contents: bytes) -> list[str]:
        stored = [store.films.put(io.BytesIO(content)) for content in contents]
        with store.database.write() as connection:
            deliveries.accept(
                connection,
                [ArrivedFile(film, f"{film.sha256[:4]}.png") for film in stored],
                delivery="one",
                sender="me",
                bundle_id=bundle_id,
                now=NOW,
            )
        return [film.sha256 for film in stored]

    return kept


def test_a_backup_holds_rows_and_films(store: Store, keep: Callable[..., list[str]], tmp_path: Path) -> None:
    sha256s = keep(b"one", b"two")

    made = backup.back_up(store, tmp_path / "backup")

    assert (2, 2, 0) == (made.n_films, made.n_copied, made.n_missing)
    assert made.database.stat().st_size > 0
    copies = FilmFolder(tmp_path / "backup" / "films")
    assert [b"one", b"two"] == [copies.path(sha256).read_bytes() for sha256 in sha256s]


def test_a_backup_of_sqlite_can_be_served_as_it_is(
    store: Store, keep: Callable[..., list[str]], tmp_path: Path
) -> None:
    if not store.database.is_sqlite:
        pytest.skip("pg_restore brings PostgreSQL's back.")
    (sha256,) = keep(b"one")
    backup.back_up(store, tmp_path / "backup")

    with (
        open_store(StoreSettings(folder=str(tmp_path / "backup"))) as again,
        again.database.read() as connection,
    ):
        film = films.by_sha256(connection, sha256)
        assert film is not None
        assert b"one" == again.films.path(film.sha256).read_bytes()


def test_the_next_backup_copies_what_is_new_and_drops_what_is_gone(
    store: Store, keep: Callable[..., list[str]], tmp_path: Path
) -> None:
    gone, _ = keep(b"one", b"two")
    backup.back_up(store, tmp_path / "backup")
    keep(b"three")
    with store.database.write() as connection:
        film = films.by_sha256(connection, gone)
        assert film is not None
        films.remove(connection, [film.film_id], now=NOW)

    made = backup.back_up(store, tmp_path / "backup")

    assert (2, 1) == (made.n_films, made.n_copied)
    assert gone not in {name for name, _ in FilmFolder(tmp_path / "backup" / "films").stored()}


def test_a_film_that_is_no_longer_what_it_was_is_found(
    store: Store, keep: Callable[..., list[str]], tmp_path: Path
) -> None:
    (sha256,) = keep(b"one")
    store.films.path(sha256).write_bytes(b"rot")

    with pytest.raises(StoreError, match="must hold what it is named by"):
        backup.back_up(store, tmp_path / "backup")


def test_nothing_else_is_overwritten(store: Store, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")

    with pytest.raises(OutputError, match="must have a folder for itself"):
        backup.back_up(store, tmp_path / "mine")


def test_a_store_is_not_its_own_backup(store: Store) -> None:
    with pytest.raises(OutputError, match="must lie elsewhere"):
        backup.back_up(store, store.films.root.parent)


def test_a_film_that_is_removed_meanwhile_is_counted(
    store: Store, keep: Callable[..., list[str]], tmp_path: Path
) -> None:
    (sha256,) = keep(b"one")
    shutil.rmtree(store.films.path(sha256).parent)

    assert 1 == backup.back_up(store, tmp_path / "backup").n_missing
