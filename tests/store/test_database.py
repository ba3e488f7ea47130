"""Transactions are whole, writers wait for each other, and errors say nothing of what was in a row."""

import threading
import time
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import insert, text

from firstread.errors import StoreBusyError, StoreError, StoreRefusedError
from firstread.store import audit_log, changes, tables
from firstread.store.database import Database
from firstread.terms import Change


@pytest.mark.parametrize(
    "url", ["mysql://root@localhost/x", "sqlite://", "sqlite:///:memory:", "films.db", ""]
)
def test_only_databases_that_survive_a_restart_are_opened(url: str) -> None:
    with pytest.raises(StoreError, match=r"must be sqlite:///FILE or postgresql://"):
        Database(url)


def test_a_password_is_not_part_of_the_name() -> None:
    assert "postgresql+psycopg://me:***@db/films" == Database("postgresql://me:secret@db/films").name


def test_a_folder_that_is_not_there_is_an_error_of_the_store(tmp_path: Path) -> None:
    with (
        pytest.raises(StoreError, match="The database must answer"),
        Database(f"sqlite:///{tmp_path}/no/such/films.db").read(),
    ):
        pass


def test_sqlite_writes_to_the_disk_before_it_answers(tmp_path: Path) -> None:
    """WAL and FULL: what was acknowledged survives a power cut (sqlite.org/pragma.html#pragma_synchronous)."""
    with Database(f"sqlite:///{tmp_path}/films.db").read() as connection:
        assert ("wal", 2) == (
            connection.scalar(text("PRAGMA journal_mode")),
            connection.scalar(text("PRAGMA synchronous")),
        )


def test_a_block_that_fails_writes_nothing(database: Database) -> None:

    def half_done() -> None:
        with database.write() as connection:
            changes.append(connection, [1], Change.ARRIVED, now=0.0)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_done()

    with database.read() as connection:
        assert 0 == changes.latest(connection)


def test_writers_wait_for_each_other_and_see_what_the_last_one_wrote(database: Database) -> None:
    """Read first, then write: where a transaction began too late, SQLite calls it locked and chains fork."""

    def write() -> None:
        for _ in range(20):
            with database.write() as connection:
                audit_log.append(connection, actor="a", action="b", now=0.0)

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    with database.read() as connection:
        verified = audit_log.verify(connection)
    assert isinstance(verified, audit_log.Verified)
    assert 80 == verified.n_events


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("level", ["repeatable read", "serializable"])
def test_a_writer_that_waited_sees_what_the_last_one_wrote_whatever_the_server_s_default(
    database: Database, level: str
) -> None:
    """Else the chain of the audit log forks where two writers met."""
    option = f"-c default_transaction_isolation={level}".replace(" read", "\\ read")
    first = Database(database.name + f"&options={quote(option)}")
    waiting = threading.Thread(target=lambda: append_event(first))
    with first.write() as connection:
        waiting.start()
        wait_until_somebody_waits(database)
        audit_log.append(connection, actor="a", action="first", now=0.0)
    waiting.join()
    first.close()

    with database.read() as connection:
        verified = audit_log.verify(connection)
    assert isinstance(verified, audit_log.Verified)
    assert 2 == verified.n_events


def append_event(database: Database) -> None:
    with database.write() as connection:
        audit_log.append(connection, actor="a", action="b", now=0.0)


def wait_until_somebody_waits(database: Database) -> None:
    """Return when a writer stands in the row."""
    in_the_row = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with database.read() as connection:
            if connection.scalar(in_the_row):
                return
        time.sleep(0.02)
    pytest.fail("Nobody waits.")


def test_a_database_that_another_process_holds_is_busy(database_url: str) -> None:
    held, other = (Database(database_url, patience_s=0.1) for _ in range(2))

    with held.write(), pytest.raises(StoreBusyError, match="another process holds it"):
        other.write().__enter__()
    held.close()
    other.close()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_writer_that_went_silent_does_not_stop_the_others(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that was stopped, or lost its network, would hold the lock of the writers for hours."""
    monkeypatch.setattr("firstread.store.database._SILENCE_S", 0.2)
    silent = Database(database.name, patience_s=0.1)
    transaction = silent.write()
    transaction.__enter__()

    with database.write() as connection:
        changes.append(connection, [1], Change.ARRIVED, now=0.0)

    with pytest.raises(StoreError, match="The database must answer"):
        transaction.__exit__(None, None, None)
    silent.close()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_reader_may_think_for_as_long_as_it_likes(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The audit log is shown page by page; who reads it keeps no writer from anything."""
    monkeypatch.setattr("firstread.store.database._SILENCE_S", 0.1)
    reader = Database(database.name, patience_s=0.1)

    with reader.read() as connection:
        changes.latest(connection)
        time.sleep(0.5)
        assert 0 == changes.latest(connection)
    reader.close()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_what_the_url_says_of_the_connection_counts(database_url: str) -> None:
    asked = "&keepalives_idle=77&options=-c%20search_path%3Dfirstread"
    database = Database(database_url + asked, patience_s=2.5)

    with database.read() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        assert "77" == driver.info.get_parameters()["keepalives_idle"]
        assert ("2500ms", "firstread") == (
            connection.scalar(text("SHOW lock_timeout")),
            connection.scalar(text("SHOW search_path")),
        )
    database.close()


@pytest.mark.parametrize(
    "row",
    [
        {"id": 1, "key": "k", "sender": None, "arrived_at": 0.0},
        {"id": 1, "key": "k", "sender": "somebody", "arrived_at": "DOE^JANE"},
    ],
)
def test_a_row_that_breaks_a_rule_is_refused(database: Database, row: dict[str, object]) -> None:
    """By the database, or before it comes to it; and is told from one that does not answer: trying again is vain."""
    with (
        pytest.raises(
            StoreRefusedError, match=r"^A row must keep the rules of its table; it failed with \w+\.$"
        ),
        database.write() as connection,
    ):
        connection.execute(insert(tables.delivery), row)


def test_a_table_that_is_not_there_refuses_no_row(database: Database) -> None:
    """It may be there tomorrow, when somebody has set the database right."""
    with (
        pytest.raises(StoreError, match="The database must answer") as raised,
        database.write() as connection,
    ):
        connection.execute(text("INSERT INTO nowhere VALUES (1)"))

    assert StoreError is type(raised.value)


def test_an_error_does_not_quote_what_was_written(database: Database) -> None:
    def write() -> None:
        with database.write() as connection:
            connection.execute(
                text("INSERT INTO delivery (id, key, sender, arrived_at) VALUES (1, 'k', :name, NULL)"),
                {"name": "DOE^JANE"},
            )

    with pytest.raises(StoreError) as raised:
        write()

    assert "DOE" not in str(raised.value)
