"""A backup is a store: what was there is there again."""

import io
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from firstread.config import Store as StoreSettings
from firstread.errors import OutputError, StoreError
from firstread.records import FilmFacts, Scored
from firstread.store import (
    accounts,
    api_tokens,
    audit_log,
    backup,
    deletions,
    deliveries,
    films,
    outcomes,
    readings,
    sessions,
    tables,
)
from firstread.store.audit_log import Verified
from firstread.store.database import Database
from firstread.store.deliveries import ArrivedFile
from firstread.store.film_folder import FilmFolder
from firstread.store.outcomes import NewOutcome, UsedBundle
from firstread.store.pseudonym_key import key_file
from firstread.store.readings import NewReading
from firstread.store.scopes import Scope
from firstread.store.store import Store, open_store
from firstread.terms import Band, LabelState, Role, Verdict, ViewPosition

NOW = 1_800_000_000.0
SERVED_AND_KILLED = """
import os, signal, sys
from firstread.config import Store
from firstread.store import audit_log
from firstread.store.store import open_store
with open_store(Store(folder=sys.argv[1])) as store:
    with store.database.write() as connection:
        audit_log.append(connection, actor="me", action="login", now=0.0)
    os.kill(os.getpid(), signal.SIGKILL)
"""
HELD = """
import sys, time
from pathlib import Path
from firstread.store import backup
Path(sys.argv[1]).mkdir()
with backup._alone(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


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


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_backup_of_sqlite_can_be_served_as_it_is(
    store: Store, keep: Callable[..., list[str]], tmp_path: Path
) -> None:
    (sha256,) = keep(b"one")
    backup.back_up(store, tmp_path / "backup")

    with (
        open_store(StoreSettings(folder=str(tmp_path / "backup"))) as again,
        again.database.read() as connection,
    ):
        film = films.by_sha256(connection, sha256)
        assert film is not None
        assert b"one" == again.films.path(film.sha256).read_bytes()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_backup_that_was_served_and_killed_is_replaced_whole(
    store: Store, keep: Callable[..., list[str]], tmp_path: Path
) -> None:
    """What the killed server had written is in a log beside the database, which SQLite would play into the new one."""
    keep(b"one")
    made = backup.back_up(store, tmp_path / "backup")
    subprocess.run([sys.executable, "-c", SERVED_AND_KILLED, tmp_path / "backup"], check=False)
    assert made.database.with_name("firstread.db-wal").stat().st_size > 0
    keep(b"two")
    rows = rows_of(store.database)

    backup.back_up(store, tmp_path / "backup")

    with open_store(StoreSettings(folder=str(tmp_path / "backup"))) as again:
        assert rows == rows_of(again.database)


@pytest.mark.parametrize("left", [".rows.part", ".rows.part-journal", ".rows.part-wal", ".rows.part-shm"])
def test_a_backup_that_was_killed_is_no_hindrance_to_the_next(
    store: Store, keep: Callable[..., list[str]], tmp_path: Path, left: str
) -> None:
    keep(b"one")
    (tmp_path / "backup").mkdir()
    (tmp_path / "backup" / left).write_bytes(b"half")

    made = backup.back_up(store, tmp_path / "backup")

    assert {"films", made.database.name, ".backup-lock"} == {
        entry.name for entry in (tmp_path / "backup").iterdir()
    }


def test_a_second_backup_into_the_folder_is_refused_while_the_first_is_made(
    store: Store, keep: Callable[..., list[str]], tmp_path: Path
) -> None:
    """What came meanwhile would have rows in it without films, or films without rows."""
    (sha256,) = keep(b"one")

    def second(_done: int, _all: int) -> None:
        keep(b"two")
        with pytest.raises(
            OutputError, match="one backup at a time can be made into a folder; another one is"
        ):
            backup.back_up(store, tmp_path / "backup")

    made = backup.back_up(store, tmp_path / "backup", on_progress=second)

    assert (1, 1, True) == (made.n_films, made.n_copied, made.database.exists())
    assert [sha256] == [name for name, _ in FilmFolder(tmp_path / "backup" / "films").stored()]
    assert 2 == backup.back_up(store, tmp_path / "backup").n_films


def test_another_process_keeps_others_out_only_while_it_lives(store: Store, tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HELD, tmp_path / "backup"], stdout=subprocess.PIPE
    ) as holding:
        assert holding.stdout is not None
        holding.stdout.readline()
        with pytest.raises(OutputError, match="another one is being made"):
            backup.back_up(store, tmp_path / "backup")
        holding.kill()

    assert 0 == backup.back_up(store, tmp_path / "backup").n_films


def test_a_folder_that_cannot_be_locked_is_said(store: Store, tmp_path: Path) -> None:
    (tmp_path / "backup").mkdir()
    (tmp_path / "backup" / ".backup-lock").write_bytes(b"no database of SQLite " * 100)

    with pytest.raises(OutputError, match="a backup must be able to lock it; file is not a database"):
        backup.back_up(store, tmp_path / "backup")


def keep_copy(store: Store, content: bytes) -> None:
    """Let a film arrive a second time, under another name."""
    with store.database.write() as connection:
        bundle_id = outcomes.bundle_id(connection, UsedBundle("b" * 64, "tiny", {}), now=NOW)
        deliveries.accept(
            connection,
            [ArrivedFile(store.films.put(io.BytesIO(content)), "copy.png", "ward")],
            delivery="two",
            sender="me",
            bundle_id=bundle_id,
            now=NOW,
        )


@pytest.fixture
def fresh(postgresql: str) -> Iterator[str]:
    """Return the URL of an empty database of PostgreSQL."""
    import psycopg

    name = f"restored_{uuid.uuid4().hex}"
    with psycopg.connect(postgresql.format(name="postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    yield postgresql.format(name=name)
    with psycopg.connect(postgresql.format(name="postgres"), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def work(store: Store, film_ids: list[int], *, now: float = NOW) -> None:
    """Let something happen that every table keeps a row of."""
    facts = FilmFacts("c" * 64, 10, 2048, 1024, ViewPosition.PA, synthetic=True, jpeg_quality=90)
    scored = Scored(
        Path("x"), facts, 2.5, 0.1 + 0.2, flagged=True, band=Band.URGENT, shift=12.0, warnings=("ü",)
    )
    heat = np.linspace(0, 1, 6, dtype=np.float32).reshape(3, 2)
    said = NewReading(
        film_ids[0], "anna", LabelState.PRESENT, Verdict.AGREE, "left base — ü", True, 0.93, True
    )
    with store.database.write() as connection:
        bundle_id = outcomes.bundle_id(connection, UsedBundle("b" * 64, "tiny", {}), now=now)
        found = [NewOutcome(film_ids[0], scored, interval=(0.1, 0.6), heat_map=heat)]
        outcomes.record(connection, found, bundle_id=bundle_id, now=now)
        readings.add(connection, said, now=now)
        readings.add(connection, replace(said, finding=LabelState.ABSENT), now=now)
        readings.undo(connection, "anna", now=now)
        accounts.add(connection, "anna", Role.ADMIN, password_hash=None, now=now)
        account = accounts.by_name(connection, "anna")
        assert account is not None
        sessions.begin(connection, account, expires_at=now + 60, now=now)
        api_tokens.add(connection, "ris", [Scope.FILMS_READ], owner="anna", expires_at=now + 60, now=now)
        for action in ("films.receive", "reading.add"):
            audit_log.append(
                connection, actor="anna", action=action, detail={"films": ["a" * 64], "of": "ü"}, now=now / 3
            )
        deletions.note(connection, film_ids[-1:], now=now)


def rows_of(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table."""
    with database.read() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in tables.METADATA.sorted_tables
        }


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_backup_of_postgresql_is_brought_back_into_another_database(
    store: Store, keep: Callable[..., list[str]], fresh: str, tmp_path: Path
) -> None:
    """Every row and every film is there, the audit log holds to its head, and work goes on where it stopped."""
    sha256s = keep(b"one", b"two", b"three")
    keep_copy(store, b"one")
    with store.database.read() as connection:
        film_ids = [film.film_id for film in films.by_ids(connection, [1, 2, 3])]
    work(store, film_ids)
    key_file(store)
    with store.database.read() as connection:
        before = audit_log.verify(connection)
    rows = rows_of(store.database)
    assert [] == [name for name, held in rows.items() if not held]

    made = backup.back_up(store, tmp_path / "backup")
    shutil.rmtree(store.films.root)
    subprocess.run(backup.restoring(made.database, fresh), check=True, capture_output=True)

    settings = StoreSettings(folder=str(tmp_path / "backup"), url=fresh)
    with open_store(settings) as again:
        assert rows == rows_of(again.database)
        assert [b"one", b"two", b"three"] == [again.films.path(sha256).read_bytes() for sha256 in sha256s]
        with again.database.write() as connection:
            assert isinstance(before, Verified)
            assert before == audit_log.verify(connection, head=before.head)
            # Numbers go on from where they were.
            audit_log.append(connection, actor="anna", action="films.receive", now=NOW)
        with again.database.read() as connection:
            after = audit_log.verify(connection, head=before.head)
        assert isinstance(after, Verified)
        assert before.n_events + 1 == after.n_events


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_bringing_it_back_twice_changes_nothing(
    store: Store, keep: Callable[..., list[str]], fresh: str, tmp_path: Path
) -> None:
    """What the database holds of a store is replaced; what came after the backup is gone."""
    keep(b"one")
    made = backup.back_up(store, tmp_path / "backup")
    rows = rows_of(store.database)
    for _ in range(2):
        subprocess.run(backup.restoring(made.database, fresh), check=True, capture_output=True)
        with open_store(StoreSettings(folder=str(tmp_path / "backup"), url=fresh)) as again:
            assert rows == rows_of(again.database)
            with again.database.write() as connection:
                audit_log.append(connection, actor="me", action="films.receive", now=NOW)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_without_its_program_it_says_what_to_install(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(StoreError, match=r"needs its program pg_dump \(Debian: apt-get install"):
        backup.back_up(store, tmp_path / "backup")
    assert [".backup-lock"] == [file.name for file in (tmp_path / "backup").iterdir() if file.is_file()]


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
