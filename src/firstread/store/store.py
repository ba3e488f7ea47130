"""The store as one thing: a database, and the folder of the films that its rows are about."""

from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from platformdirs import user_data_path

from firstread import config
from firstread.errors import StoreError
from firstread.store import schema
from firstread.store.database import Database
from firstread.store.film_folder import FilmFolder

__all__ = ["DATABASE_FILE", "FILM_FOLDER", "Store", "open_store"]

DATABASE_FILE, FILM_FOLDER = "firstread.db", "films"
"""What lies in the folder of a store."""


@dataclass(frozen=True, slots=True)
class Store:
    """Everything that survives a restart; use it as a context manager, which closes its connections.

    Args:
        database: Rows.
        films: Files.
    """

    database: Database
    films: FilmFolder

    def __enter__(self) -> "Store":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.database.close()


def open_store(settings: config.Store) -> Store:
    """Open the store that the settings name, and make it where there is none.

    Raises:
        StoreError: If it cannot be written, or a newer release made it.
    """
    folder = (
        user_data_path("firstread", appauthor=False) if settings.folder is None else Path(settings.folder)
    )
    films = FilmFolder(folder.absolute() / FILM_FOLDER, reserve_bytes=settings.reserve_bytes)
    url = settings.url or f"sqlite:///{folder.absolute() / DATABASE_FILE}"
    database = Database(url, patience_s=settings.patience_s)
    try:
        _make_private(database)
        schema.upgrade(database)
    except BaseException:
        database.close()
        raise
    return Store(database, films)


def _make_private(database: Database) -> None:
    """Only this user may read what files and readers are called; SQLite's other files follow the first."""
    if database.file is not None:
        try:
            database.file.touch(mode=0o600)
            database.file.chmod(0o600)
        except OSError as error:
            raise StoreError(
                f"{database.file}: the database must be this user's; {error.strerror}."
            ) from error
