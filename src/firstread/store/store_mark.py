"""The mark on a folder of films that says whose they are: without its disk, or with another one, it is missing."""

import os
import uuid
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from firstread.errors import StoreError
from firstread.store import tables
from firstread.store.database import Database
from firstread.store.film_folder import FilmFolder

__all__ = ["MARK_FILE", "StoreMark", "mark_of", "put_mark"]

MARK_FILE = "store-name"
"""Lies in the folder of films, and holds what the database is called."""

# Films of which one has to be there: a single one may have been lost.
_SOME = 16


@dataclass(frozen=True, slots=True)
class StoreMark:
    """What the folder of a store's films has to bear.

    Args:
        folder: The folder.
        name: What the store's database is called; no other one is.
    """

    folder: Path
    name: str

    @property
    def file(self) -> Path:
        """Where the mark lies."""
        return self.folder / MARK_FILE

    def is_there(self) -> bool:
        """Whether the folder is this store's, here and now."""
        try:
            return self.file.read_text() == self.name
        except (OSError, UnicodeDecodeError):
            return False

    def require(self) -> None:
        """Refuse a folder that a server did not mark as this store's.

        Raises:
            StoreError: If it did not.
        """
        if not self.is_there():
            raise StoreError(
                f"{self.folder}: the folder of films must bear the mark of this store ({MARK_FILE}); it does not. "
                "Mount the disk of the films, or start firstread serve on this folder first."
            )


def mark_of(database: Database, films: FilmFolder) -> StoreMark:
    """Return the mark that the folder of a store has to bear.

    Raises:
        StoreError: If the database does not answer.
    """
    with database.read() as connection:
        name = connection.execute(select(tables.store_name.c.name)).scalar_one()
    return StoreMark(films.root, name)


def put_mark(database: Database, films: FilmFolder) -> None:
    """Mark the folder of a store's films as its own, for workers to know it by; for a server to call.

    Raises:
        StoreError: If it is another store's, has none of the films that the database knows, holds films while the
            database knows none, or cannot be marked.
    """
    mark = mark_of(database, films)
    try:
        if not mark.file.exists():
            _require_films(database, films)
            _write(mark)
        elif not mark.is_there():
            raise StoreError(
                f"{films.root}: the folder must hold the films of this store; {MARK_FILE} in it is another's. "
                f"Name the right folder or database; or delete {MARK_FILE}, and the folder is this store's."
            )
    except OSError as error:
        raise StoreError(f"{films.root}: the folder must take a mark; {error.strerror}.") from error


def _require_films(database: Database, films: FilmFolder) -> None:
    """Refuse a folder and a database that do not belong together.

    The empty folder that stands where a disk was not mounted would, marked, cost every film its score; and films that
    were brought back from a backup before their rows would be this store's, and known to nobody.
    """
    columns = tables.film.c
    with database.read() as connection:
        newest = select(columns.sha256).order_by(columns.id.desc()).limit(_SOME)
        sha256s = list(connection.execute(newest).scalars())
    if not sha256s and any(films.stored()):
        raise StoreError(
            f"{films.root}: the folder must be empty where the database knows no films; it holds some. "
            "Bring their rows back from the backup first, or name the right database or another folder."
        )
    if sha256s and not any(films.path(sha256).exists() for sha256 in sha256s):
        raise StoreError(
            f"{films.root}: the folder must hold the films that the database knows; none of the last "
            f"{len(sha256s)} is there. Mount the disk of the films, or bring them back from a backup."
        )


def _write(mark: StoreMark) -> None:
    """Write the mark whole or not at all; a power cut must not leave an empty one, which is another store's."""
    part = mark.folder / f".{MARK_FILE}-{uuid.uuid4().hex}"
    try:
        with open(part, "x", opener=lambda path, flags: os.open(path, flags, 0o600)) as stream:
            stream.write(mark.name)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(mark.file)
    finally:
        part.unlink(missing_ok=True)
