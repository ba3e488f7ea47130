"""Who is logged in, and for how long."""

from sqlalchemy import select

from firstread.store import accounts, sessions, tables
from firstread.store.accounts import Account
from firstread.store.bearer_secrets import fingerprint
from firstread.store.database import Database
from firstread.store.sessions import Session
from firstread.terms import Role

NOW = 1_800_000_000.0
HOUR = 3600.0


def begun(
    database: Database, name: str = "anna", role: Role = Role.READER, *, hash_: str | None = "x"
) -> str:
    with database.write() as connection:
        accounts.add(connection, name, role, password_hash=hash_, now=NOW)
        account = Account(name, role, hash_, NOW)
        return sessions.begin(connection, account, expires_at=NOW + HOUR, now=NOW)


def found(database: Database, secret: str, now: float = NOW + 1) -> Session | None:
    with database.read() as connection:
        return sessions.by_secret(connection, secret, now=now)


def test_a_session_is_found_by_its_secret_and_by_nothing_else(database: Database) -> None:
    secret = begun(database)

    assert Session("anna", Role.READER, True, NOW, NOW + HOUR) == found(database, secret)
    assert found(database, secret[:-1]) is None
    assert found(database, fingerprint(secret)) is None


def test_the_secret_itself_is_not_stored(database: Database) -> None:
    secret = begun(database)

    with database.read() as connection:
        rows = connection.execute(select(tables.session)).all()
    assert fingerprint(secret) == rows[0].token_sha256
    assert secret not in repr(rows)


def test_a_session_runs_out(database: Database) -> None:
    secret = begun(database)

    assert found(database, secret, now=NOW + HOUR - 1) is not None
    assert found(database, secret, now=NOW + HOUR) is None


def test_a_session_goes_on_when_the_clock_was_set_back(database: Database) -> None:
    secret = begun(database)

    assert found(database, secret, now=NOW - HOUR) is not None


def test_a_closed_account_has_no_session(database: Database) -> None:
    secret = begun(database)
    with database.write() as connection:
        accounts.disable(connection, "anna", now=NOW)

    assert found(database, secret) is None


def test_a_role_is_the_lesser_of_then_and_now(database: Database) -> None:
    """Who loses a role loses it at once; who gets one logs in again."""
    demoted, promoted = begun(database, "anna", Role.ADMIN), begun(database, "berta", Role.READER)
    with database.write() as connection:
        accounts.set_role(connection, "anna", Role.READER)
        accounts.set_role(connection, "berta", Role.ADMIN)

    roles = [session.role for secret in (demoted, promoted) if (session := found(database, secret))]
    assert [Role.READER, Role.READER] == roles


def test_a_session_knows_whether_its_account_logs_in_here(database: Database) -> None:
    session = found(database, begun(database, hash_=None))

    assert session is not None
    assert not session.has_password


def test_a_session_ends_and_others_do_not(database: Database) -> None:
    one, other = begun(database), begun(database)
    with database.write() as connection:
        sessions.end(connection, one)

    assert found(database, one) is None
    assert found(database, other) is not None


def test_all_sessions_of_one_account_end(database: Database) -> None:
    secrets, other = [begun(database) for _ in range(3)], begun(database, "berta")
    with database.write() as connection:
        assert 3 == sessions.end_all(connection, "anna")

    assert [None] * 3 == [found(database, secret) for secret in secrets]
    assert found(database, other) is not None


def test_what_ran_out_is_deleted_and_nothing_else(database: Database) -> None:
    begun(database)
    with database.write() as connection:
        assert 0 == sessions.delete_expired(connection, now=NOW + HOUR - 1)
        assert 1 == sessions.delete_expired(connection, now=NOW + HOUR)
