"""The database: SQLite in one file, or PostgreSQL by its URL; the same code for both."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    IntegrityError,
    NoSuchModuleError,
    SQLAlchemyError,
    StatementError,
)

from firstread.errors import StoreBusyError, StoreError, StoreFullError, StoreRefusedError

__all__ = ["Database", "Transaction"]

# What rooms above the store hand on; what it is made of is the store's.
Transaction: TypeAlias = Connection

# Of the lock that puts PostgreSQL's writers in a row; any number that nobody else uses.
_WRITERS_LOCK = 0x66697273
_WRITES = "firstread_writes"
# A writer that is silent for so long, however short the patience of the others, was stopped or lost its network.
_SILENCE_S = 10.0
# libpq's: whoever is at the other end of a dead line hears of it within half a minute, not in two hours.
_LINE = {
    "keepalives": 1,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
# PostgreSQL's lock_not_available.
_LOCK_TIMEOUT = "55P03"


class Database:
    """Where rows are kept.

    Args:
        url: `sqlite:///FILE` or `postgresql://…`.
        patience_s: How long a writer waits for the others before it gives up.

    Raises:
        StoreError: If the URL is none of these, or the database does not answer.
    """

    def __init__(self, url: str, *, patience_s: float = 10.0) -> None:
        self._url, self._patience_s = _supported(url), patience_s
        self.is_sqlite = self._url.get_backend_name() == "sqlite"
        try:
            self.engine = create_engine(self._url, **self._options())
        except (ModuleNotFoundError, NoSuchModuleError) as error:
            raise StoreError("PostgreSQL needs its driver: pip install 'firstread[postgres]'.") from error
        if self.is_sqlite:
            _prepare_sqlite(self.engine)

    @property
    def name(self) -> str:
        """The URL without its password."""
        return self._url.render_as_string(hide_password=True)

    @property
    def file(self) -> Path | None:
        """SQLite's file; None for a server."""
        return Path(self._url.database or "") if self.is_sqlite else None

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that only reads.

        With SQLite all of it sees one moment of the database; with PostgreSQL each statement sees its own.

        Raises:
            StoreError: If the database does not answer.
        """
        with self._translated(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction that is written when the block ends, or not at all.

        Writers stand in a row, so that the numbers of changes and of audit events are seen in their order.

        Raises:
            StoreBusyError: If another writer does not end.
            StoreFullError: If there is no room left.
            StoreRefusedError: If a row breaks a rule of its table.
            StoreError: If the database does not answer.
        """
        with self.claim() as connection:
            if not self.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITERS_LOCK})
            yield connection

    @contextlib.contextmanager
    def claim(self) -> Iterator[Connection]:
        """Open a writing transaction that does not wait for other writers where rows can be locked alone.

        Raises:
            StoreError: As `write`.
        """
        # Not begin() alone: SQLite has to know before it begins that this one will write. A transaction that
        # reads first and writes then is told at once that the database is locked, whatever its patience.
        with self._translated(), self.engine.connect() as connection:
            writing = connection.execution_options(**{_WRITES: True})
            with writing.begin():
                if not self.is_sqlite:
                    self._end_when_silent(writing)
                yield writing

    def _end_when_silent(self, connection: Connection) -> None:
        """Let PostgreSQL end this transaction when its client goes silent; readers keep nobody from anything."""
        connection.execute(
            text("SELECT set_config('idle_in_transaction_session_timeout', :limit, true)"),
            {"limit": f"{_milliseconds(max(self._patience_s, _SILENCE_S))}ms"},
        )

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            raise _in_our_words(error) from error

    def _options(self) -> dict[str, Any]:
        if self.is_sqlite:
            # Requests come on many threads, each transaction has its connection for itself.
            return {"connect_args": {"timeout": self._patience_s, "check_same_thread": False}, "pool_size": 8}
        return {
            "connect_args": _postgresql_arguments(self._url, self._patience_s),
            # Whatever the server does by default: a writer whose turn it is has to see what the last one wrote, and
            # with any other level it sees the moment at which it began to wait.
            "isolation_level": "READ COMMITTED",
            "pool_size": 8,
            "max_overflow": 8,
            "pool_pre_ping": True,
        }


def _postgresql_arguments(url: URL, patience_s: float) -> dict[str, Any]:
    """Return what libpq is told of waiting; what the URL says of it counts more."""
    theirs = url.query.get("options", "")
    options = [
        f"-c lock_timeout={_milliseconds(patience_s)}",
        *([theirs] if isinstance(theirs, str) else theirs),
    ]
    line = {name: value for name, value in _LINE.items() if name not in url.query}
    return {"options": " ".join(options).strip(), **line}


def _milliseconds(seconds: float) -> int:
    # 0 would mean for ever.
    return max(1, round(1000 * seconds))


def _supported(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        # What came may hold a password.
        raise StoreError("The database must be sqlite:///FILE or postgresql://USER@HOST/NAME.") from error
    if parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:"):
        return parsed.set(drivername="sqlite+pysqlite")
    if parsed.get_backend_name() in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    raise StoreError(
        f"The database must be sqlite:///FILE or postgresql://USER@HOST/NAME; received {parsed.drivername}."
    )


class _SqliteConnection(Protocol):
    """As much of sqlite3.Connection as is used here."""

    isolation_level: str | None

    def execute(self, sql: str) -> object: ...


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _configure(connection: _SqliteConnection, _record: object) -> None:
        # Python's module would begin transactions by itself, and too late.
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode = WAL")
        # With NORMAL a power cut takes back what was acknowledged (sqlite.org/pragma.html#pragma_synchronous).
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _in_our_words(error: SQLAlchemyError) -> StoreError:
    cause = str(error.orig) if isinstance(error, DBAPIError) else ""
    if _waited_in_vain(error) or "database is locked" in cause or "database table is locked" in cause:
        return StoreBusyError("The database must be free to write; another process holds it.")
    if "disk is full" in cause or "No space left" in cause:
        return StoreFullError("The database needs room to write; the disk is full.")
    # The words of a driver may quote a row.
    if _is_refused(error):
        return StoreRefusedError(
            f"A row must keep the rules of its table; it failed with {type(error).__name__}."
        )
    return StoreError(f"The database must answer; it failed with {type(error).__name__}.")


def _is_refused(error: SQLAlchemyError) -> bool:
    """Return whether a row is to blame, and not the state of the database, which may be another one tomorrow."""
    if isinstance(error, DBAPIError):
        return isinstance(error, (IntegrityError, DataError))
    # It did not come as far as the driver: a value cannot be written as its column's type.
    return isinstance(error, StatementError)


def _waited_in_vain(error: SQLAlchemyError) -> bool:
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) == _LOCK_TIMEOUT
