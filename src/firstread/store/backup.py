"""A copy of the store that is a store itself: serve it, and everything is as it was."""

import os
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, select

from firstread.errors import OutputError, StoreError
from firstread.store import tables
from firstread.store.database import Database
from firstread.store.film_folder import FilmFolder
from firstread.store.pseudonym_key import KEY_FILE, KEY_PART, copy_key
from firstread.store.store import DATABASE_FILE, FILM_FOLDER, Store

__all__ = ["BackedUp", "back_up", "restoring"]

_DUMP_FILE, _ROWS_PART, _LOCK_FILE = "firstread.dump", ".rows.part", ".backup-lock"
# What SQLite keeps beside a database in use; it stays there when its process is killed.
_BESIDE = ("-wal", "-shm", "-journal")
_OURS = {
    _DUMP_FILE,
    FILM_FOLDER,
    KEY_FILE,
    KEY_PART,
    *(f"{file}{suffix}" for file in (DATABASE_FILE, _ROWS_PART, _LOCK_FILE) for suffix in ("", *_BESIDE)),
}


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What a backup holds.

    Args:
        database: The file that the rows are in.
        n_films: Films of the store.
        n_copied: Those that were not in this folder before.
        n_missing: Films that were removed while the backup ran.
    """

    database: Path
    n_films: int
    n_copied: int
    n_missing: int


def back_up(
    store: Store, destination: Path, *, on_progress: Callable[[int, int], None] = lambda _done, _all: None
) -> BackedUp:
    """Copy a store while it is used: its rows as they are at one moment, and every film of theirs.

    Films never change, so that only new ones are copied into a folder that holds a backup already; films that were
    removed from the store are removed from it.

    Args:
        store: What to copy.
        destination: A folder for this alone.
        on_progress: Called with (films done, films in all).

    Raises:
        OutputError: If it cannot be written, holds something else, or another backup is being made into it.
        StoreError: If the store cannot be read.
    """
    _require_own(destination, store)
    with _alone(destination):
        return _copy(store, destination, on_progress)


def _copy(store: Store, destination: Path, on_progress: Callable[[int, int], None]) -> BackedUp:
    copies, part = FilmFolder(destination / FILM_FOLDER), destination / _ROWS_PART
    try:
        _copy_rows(store.database, part)
        # Read after the rows were copied: every film of theirs is in it, but for those removed since.
        with store.database.read() as connection:
            sha256s = list(connection.execute(select(tables.film.c.sha256)).scalars())
        n_copied, n_missing = _copy_films(store.films, copies, sha256s, on_progress)
        database = destination / (DATABASE_FILE if store.database.is_sqlite else _DUMP_FILE)
        # SQLite would play an older log into these rows.
        _remove_beside(database)
        part.replace(database)
        copy_key(store, destination)
        for sha256 in {name for name, _ in copies.stored()}.difference(sha256s):
            copies.remove(sha256)
    except OSError as error:
        raise OutputError(f"{destination}: the backup could not be written; {error.strerror}.") from error
    finally:
        _remove(part)
    return BackedUp(database, len(sha256s), n_copied, n_missing)


def restoring(dump: Path, url: str) -> tuple[str, ...]:
    """Return the command that brings the rows of PostgreSQL back into a database, with what this user owns there.

    Args:
        dump: The file of the rows.
        url: `postgresql://USER@HOST/NAME`; what it holds of a store is replaced, all of it or nothing.
    """
    program = (
        "pg_restore",
        "--clean",
        "--if-exists",
        "--no-owner",
        "--no-privileges",
        "--single-transaction",
    )
    return (*program, f"--dbname={url}", str(dump))


def _require_own(destination: Path, store: Store) -> None:
    try:
        destination.mkdir(parents=True, exist_ok=True, mode=0o700)
        others = {entry.name for entry in destination.iterdir()} - _OURS
    except OSError as error:
        raise OutputError(f"{destination}: the folder must be writable; {error.strerror}.") from error
    if others:
        raise OutputError(
            f"{destination}: a backup must have a folder for itself; this one holds other files."
        )
    if destination.resolve() == store.films.root.parent.resolve():
        raise OutputError(f"{destination}: a backup must lie elsewhere; this is the store.")


@contextmanager
def _alone(destination: Path) -> Iterator[None]:
    """Keep other backups out of the folder: each would take away rows or films of the other's.

    SQLite locks a file in the way of every system, and the system lets go of it when the process ends, however it ends.
    """
    file = destination / _LOCK_FILE
    try:
        file.touch(mode=0o600)
        lock = sqlite3.connect(file, timeout=0, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise OutputError(f"{file}: the folder must be writable; {error}.") from error
    with closing(lock):
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise OutputError(f"{file}: a backup must be able to lock it; {error}.") from error
            raise OutputError(
                f"{destination}: one backup at a time can be made into a folder; another one is being made. "
                "Wait for its end, or name another folder."
            ) from error
        yield


def _copy_rows(database: Database, part: Path) -> None:
    _remove(part)
    part.touch(mode=0o600)
    if database.file is not None:
        _copy_sqlite(database.file, part)
    else:
        _dump_postgresql(database.engine.url, part)


def _remove(rows: Path) -> None:
    _remove_beside(rows)
    rows.unlink(missing_ok=True)


def _remove_beside(rows: Path) -> None:
    for suffix in _BESIDE:
        rows.with_name(f"{rows.name}{suffix}").unlink(missing_ok=True)


def _copy_sqlite(file: Path, part: Path) -> None:
    """Copy page by page while others write; SQLite begins anew what they change (sqlite.org/backup.html)."""
    try:
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(part)) as target:
            source.backup(target)
    except sqlite3.Error as error:
        raise StoreError(f"{file}: the database must be readable; {error}.") from error


def _dump_postgresql(url: URL, part: Path) -> None:
    """Let pg_dump copy one moment of the database; pg_restore brings it back."""
    password = {} if url.password is None else {"PGPASSWORD": str(url.password)}
    # Arguments are seen by everybody on the computer, the environment is not.
    plain = url.set(drivername="postgresql", password=None).render_as_string()
    command = ["pg_dump", "--format=custom", f"--file={part}", f"--dbname={plain}"]
    try:
        done = subprocess.run(  # noqa: S603 - PostgreSQL's own program
            command, env=os.environ | password, capture_output=True, text=True, check=False
        )
    except FileNotFoundError as error:
        raise StoreError(
            "A backup of PostgreSQL needs its program pg_dump (Debian: apt-get install postgresql-client)."
        ) from error
    if done.returncode:
        raise StoreError(f"pg_dump must copy the database; it said: {done.stderr.strip()[:500]}")


def _copy_films(
    films: FilmFolder, copies: FilmFolder, sha256s: list[str], on_progress: Callable[[int, int], None]
) -> tuple[int, int]:
    here = {name for name, _ in copies.stored()}
    n_copied = n_missing = 0
    for done, sha256 in enumerate(sha256s, start=1):
        if sha256 not in here:
            try:
                with films.path(sha256).open("rb") as film:
                    # Its name is made from what it holds: a film that does not hold it any more is told.
                    if copies.put(film).sha256 != sha256:
                        raise StoreError(f"{films.path(sha256)}: the film must hold what it is named by.")
                n_copied += 1
            except FileNotFoundError:
                n_missing += 1
        on_progress(done, len(sha256s))
    return n_copied, n_missing
