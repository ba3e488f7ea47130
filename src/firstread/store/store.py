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
from firstread.store.store_mark import mark_of

__all__ = ["DATABASE_FILE", "FILM_FOLDER", "Store", "join_store", "open_store"]

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


def open_store(settings: config.Store, *, make: bool = True) -> Store:
    """Open the store that the settings name.

    Args:
        settings: Where it is.
        make: Make it where there is none; otherwise it has to be there.

    Raises:
        StoreError: If it cannot be written, is not there, or a newer release made it.
    """
    folder = _folder(settings)
    films = FilmFolder(folder / FILM_FOLDER, reserve_bytes=settings.reserve_bytes, make=make)
    return Store(_opened(settings, folder, make=make), films)


def join_store(settings: config.Store) -> Store:
    """Open a store that a server has made; for whoever needs its films and might find another disk in their place.

    Raises:
        StoreError: If its films are not there, or not this store's; or as `open_store`.
    """
    store = open_store(settings, make=False)
    try:
        mark_of(store.database, store.films).require()
    except BaseException:
        store.database.close()
        raise
    return store


def _folder(settings: config.Store) -> Path:
    named = settings.folder
    return (user_data_path("firstread", appauthor=False) if named is None else Path(named)).absolute()


def _opened(settings: config.Store, folder: Path, *, make: bool) -> Database:
    url = settings.url or f"sqlite:///{folder / DATABASE_FILE}"
    database = Database(url, patience_s=settings.patience_s)
    try:
        # Many a folder has a folder called films.
        if not make and database.file is not None and not database.file.exists():
            raise StoreError(
                f"{database.file}: the database of the store must be there; it is not. "
                "Name the folder that firstread serve keeps everything in (--folder)."
            )
        _make_private(database)
        schema.upgrade(database)
    except BaseException:
        database.close()
        raise
    return database


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
