"""The log shows every change that was made to it."""

import pytest
from sqlalchemy import text

from firstread.errors import StoreError
from firstread.store import audit_log
from firstread.store.audit_log import Broken, Verified
from firstread.store.database import Database

UNGUARD = {
    "sqlite": ["DROP TRIGGER audit_event_update", "DROP TRIGGER audit_event_delete"],
    "postgresql": ["DROP TRIGGER audit_event_guard ON audit_event"],
}


@pytest.fixture
def logged(database: Database) -> Database:
    """Return a database with three events."""
    with database.write() as connection:
        for number, action in enumerate(("account.add", "film.delete", "reading.add")):
            audit_log.append(
                connection, actor="Ä. Meier", action=action, detail={"x": 0.1 + number}, now=number + 0.1
            )
    return database


def tamper(database: Database, statement: str) -> None:
    """Change the log as somebody would who owns the database."""
    with database.write() as connection:
        for trigger in UNGUARD[database.engine.dialect.name]:
            connection.execute(text(trigger))
        connection.execute(text(statement))


def verify(database: Database, head: str | None = None) -> Verified | Broken:
    with database.read() as connection:
        return audit_log.verify(connection, head=head)


def test_an_untouched_log_holds_and_names_its_head(logged: Database) -> None:
    with logged.read() as connection:
        last = list(audit_log.events(connection))[-1]

    assert Verified(3, last.sha256) == verify(logged)
    assert Verified(3, last.sha256) == verify(logged, head=last.sha256)


def test_an_empty_log_holds(database: Database) -> None:
    assert Verified(0, "0" * 64) == verify(database)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET actor = 'somebody else' WHERE id = 2",
        "DELETE FROM audit_event WHERE id = 2",
        # PostgreSQL does not know this way at all.
        "INSERT OR REPLACE INTO audit_event SELECT id, at, 'somebody else', action, subject, detail, "
        "previous_sha256, sha256 FROM audit_event WHERE id = 2",
    ],
)
def test_the_database_itself_refuses_to_change_an_event(logged: Database, statement: str) -> None:
    with pytest.raises(StoreError), logged.write() as connection:
        connection.execute(text(statement))

    assert isinstance(verify(logged), Verified)


@pytest.mark.parametrize(
    ("statement", "number", "why"),
    [
        ("UPDATE audit_event SET actor = 'x' WHERE id = 2", 2, "changed after it was written"),
        ("UPDATE audit_event SET at = at + 1 WHERE id = 1", 1, "changed after it was written"),
        ("DELETE FROM audit_event WHERE id = 1", 2, "does not follow"),
        ("DELETE FROM audit_event WHERE id = 2", 3, "does not follow"),
    ],
)
def test_a_changed_event_is_found(logged: Database, statement: str, number: int, why: str) -> None:
    tamper(logged, statement)

    found = verify(logged)

    assert isinstance(found, Broken)
    assert number == found.number
    assert why in found.why


def test_a_log_that_was_cut_short_is_found_by_its_head(logged: Database) -> None:
    """The chain alone cannot tell: what is left of it is whole."""
    head = verify(logged)
    assert isinstance(head, Verified)
    tamper(logged, "DELETE FROM audit_event WHERE id = 3")

    assert isinstance(verify(logged), Verified)
    assert Broken(3, "the event with the given hash is gone: the log was cut short") == verify(
        logged, head=head.head
    )
