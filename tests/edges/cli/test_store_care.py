"""`firstread prune`, `backup` and `audit-log`."""

import io
import json
import os
import sqlite3
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from firstread.config import Store as StoreSettings
from firstread.reading import intake, opinions
from firstread.reading.intake import SentFile
from firstread.reading.opinions import Opinion
from firstread.store import films, outcomes
from firstread.store.outcomes import UsedBundle
from firstread.store.store import Store, open_store
from firstread.store.store_mark import MARK_FILE, put_mark
from firstread.terms import LabelState

LONG_AGO = 1_600_000_000.0
Run = Callable[..., Any]


@pytest.fixture
def folder(store_settings: StoreSettings, tmp_path: Path) -> Path:
    """Return the folder of a store with three films that nobody has read."""
    with open_store(store_settings) as store:
        put_mark(store.database, store.films)
        _receive(store, "a", "b", "c", now=LONG_AGO)
    return tmp_path / "store"


def _receive(store: Store, *names: str, now: float) -> list[str]:
    """Let films arrive, each with its name for content; return their hashes."""
    with store.database.write() as connection:
        bundle_id = outcomes.bundle_id(connection, UsedBundle("b" * 64, "tiny", {}), now=now)
    files = [SentFile(io.BytesIO(name.encode()), f"{name}.png", "ward") for name in names]
    received = intake.receive(
        store, files, delivery="".join(names), sender="somebody", bundle_id=bundle_id, now=now
    )
    return [film.sha256 for film in received]


def n_films(settings: StoreSettings) -> int:
    with open_store(settings) as store, store.database.read() as connection:
        return films.count(connection)


@pytest.mark.usefixtures("database_url")
def test_films_that_nobody_has_read_are_not_pruned(
    firstread: Run, folder: Path, store_settings: StoreSettings
) -> None:
    ran = firstread("prune", "--older-than", 30, "--yes", "--folder", folder)

    assert (0, "Deleted: 0 films, 0 files that had been left behind.\n") == (ran.code, ran.out)
    assert 3 == n_films(store_settings)


@pytest.mark.usefixtures("database_url")
def test_unread_films_are_pruned_when_asked(
    firstread: Run, folder: Path, store_settings: StoreSettings
) -> None:
    ran = firstread("prune", "--older-than", 30, "--also-unread", "--yes", "--folder", folder)

    assert ran.out.startswith("Deleted: 3 films")
    assert 0 == n_films(store_settings)
    assert [MARK_FILE] == [path.name for path in (folder / "films").rglob("*") if path.is_file()]


@pytest.mark.usefixtures("database_url")
def test_films_that_the_database_does_not_know_go_only_with_unread_ones(firstread: Run, folder: Path) -> None:
    """They may have come after the database that was put back: nobody has read them, as far as it knows."""
    unknown = folder / "films" / "ab" / ("ab" * 32)
    unknown.parent.mkdir(exist_ok=True)
    unknown.write_bytes(b"a film")
    os.utime(unknown, (LONG_AGO, LONG_AGO))

    kept = firstread("prune", "--older-than", 30, "--yes", "--folder", folder)
    assert ("Kept: 1 films that the database does not know.\n", True) == (kept.err, unknown.exists())

    gone = firstread("prune", "--older-than", 30, "--also-unread", "--yes", "--folder", folder)
    assert ("Deleted: 4 films", False) == (gone.out[:16], unknown.exists())


def test_whoever_does_not_say_yes_loses_nothing(
    firstread: Run, folder: Path, store_settings: StoreSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))

    ran = firstread("prune", "--older-than", 30, "--also-unread", "--folder", folder)

    assert 0 != ran.code
    assert 3 == n_films(store_settings)


@pytest.fixture
def read(store_settings: StoreSettings) -> Callable[[float], str]:
    """Return a function that lets a film arrive so many days ago, has it read at once, and returns its hash."""

    def arrived(days_ago: float) -> str:
        now = time.time() - days_ago * 86_400
        with open_store(store_settings) as store:
            (film,) = _receive(store, f"{days_ago} days", now=now)
            opinions.record(store, film, Opinion(finding=LabelState.ABSENT), reader="Dr Weber", now=now)
        return film

    return arrived


@pytest.mark.usefixtures("database_url")
def test_of_films_that_were_read_those_go_that_are_so_many_days_old(
    firstread: Run, folder: Path, store_settings: StoreSettings, read: Callable[[float], str]
) -> None:
    """Those that nobody has read stay, however old they are."""
    older, younger = read(31), read(29)

    ran = firstread("prune", "--older-than", 30, "--yes", "--folder", folder)

    assert (0, True) == (ran.code, ran.out.startswith("Deleted: 1 films"))
    with open_store(store_settings) as store:
        assert (False, True) == tuple(store.films.path(film).exists() for film in (older, younger))
    assert 4 == n_films(store_settings)


@pytest.mark.parametrize("command", [("prune", "--older-than", "30", "--yes"), ("backup", "copy")])
def test_another_disk_in_the_place_of_the_films_loses_nothing(
    firstread: Run,
    folder: Path,
    store_settings: StoreSettings,
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...],
) -> None:
    """Its films have no rows here; they are another store's, and old."""
    monkeypatch.chdir(folder.parent)
    other = folder / "films" / "ab" / ("ab" * 32)
    other.parent.mkdir(exist_ok=True)
    other.write_bytes(b"a film of another store")
    os.utime(other, (LONG_AGO, LONG_AGO))
    (folder / "films" / MARK_FILE).write_text("another store")

    refused = firstread(*command, "--folder", folder)

    assert 2 == refused.code
    assert "the folder of films must bear the mark of this store" in refused.err
    assert other.exists()
    assert 3 == n_films(store_settings)


def test_a_backup_can_be_served(
    firstread: Run, folder: Path, store_settings: StoreSettings, tmp_path: Path
) -> None:
    ran = firstread("backup", tmp_path / "copy", "--folder", folder)

    assert ran.out.startswith("Backed up: 3 films (3 new)")
    assert 3 == n_films(replace(store_settings, folder=str(tmp_path / "copy")))
    for place in (folder, tmp_path / "copy"):
        assert "store.backup" in firstread("audit-log", "show", "--folder", place).out


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.usefixtures("database_url")
def test_a_backup_of_a_server_s_database_holds_films_and_rows(
    firstread: Run, folder: Path, tmp_path: Path
) -> None:
    ran = firstread("backup", tmp_path / "copy", "--folder", folder)

    assert ran.out.startswith("Backed up: 3 films (3 new)"), ran.err
    assert (tmp_path / "copy" / "firstread.dump").read_bytes().startswith(b"PGDMP")
    assert "store.backup" in firstread("audit-log", "show", "--folder", folder).out


@pytest.mark.usefixtures("database_url")
def test_the_log_holds_and_is_printed(firstread: Run, folder: Path) -> None:
    assert firstread("audit-log", "verify", "--folder", folder).out.startswith(
        "The log holds: 1 events. Head: "
    )
    assert "films.receive" in firstread("audit-log", "show", "--folder", folder).out
    (event,) = map(json.loads, firstread("audit-log", "show", "--json", "--folder", folder).out.splitlines())
    assert ("somebody", "films.receive") == (event["actor"], event["action"])


@pytest.mark.parametrize("what", ["verify", "show"])
def test_a_store_that_is_not_there_has_no_log(firstread: Run, tmp_path: Path, what: str) -> None:
    ran = firstread("audit-log", what, "--folder", tmp_path / "mistyped")

    assert (2, "") == (ran.code, ran.out)
    assert "the folder of films must be there" in ran.err
    assert not (tmp_path / "mistyped").exists()


@pytest.mark.parametrize("command", [("audit-log", "verify"), ("audit-log", "show"), ("backup", "copy")])
def test_a_folder_that_has_films_and_is_no_store_is_told_from_one(
    firstread: Run, tmp_path: Path, command: tuple[str, str]
) -> None:
    (tmp_path / "demo" / "films").mkdir(parents=True)

    ran = firstread(*command, "--folder", tmp_path / "demo")

    assert (2, "") == (ran.code, ran.out)
    assert "the database of the store must be there" in ran.err
    assert ["films"] == [path.name for path in (tmp_path / "demo").iterdir()]


def test_a_log_that_was_changed_is_found_out(firstread: Run, folder: Path) -> None:
    database = sqlite3.connect(folder / "firstread.db")
    database.execute("DROP TRIGGER audit_event_update")
    database.execute("UPDATE audit_event SET actor = 'nobody'")
    database.commit()
    database.close()

    ran = firstread("audit-log", "verify", "--folder", folder)

    assert (1, True) == (ran.code, ran.out.startswith("The log is broken at event 1"))


@pytest.mark.usefixtures("database_url")
def test_a_log_that_was_cut_short_is_found_out_by_its_head(firstread: Run, folder: Path) -> None:
    ran = firstread("audit-log", "verify", "--head", "0" * 64, "--folder", folder)

    assert 1 == ran.code
