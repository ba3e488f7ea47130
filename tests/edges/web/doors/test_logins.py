"""A session begins and ends."""

import argon2
import pytest

from firstread.edges.web.doors import logins, passwords
from firstread.edges.web.doors.identity import Door
from firstread.store import accounts, audit_log, sessions
from firstread.store.accounts import Account
from firstread.store.database import Database
from firstread.store.film_folder import FilmFolder
from firstread.store.store import Store
from firstread.terms import Role

NOW = 1_800_000_000.0
PASSWORD = "a long enough password"  # noqa: S105  # of nobody


@pytest.fixture
def both(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Return an empty store, on each kind of database."""
    return Store(database, FilmFolder(tmp_path_factory.mktemp("films")))


def test_a_login_begins_a_session_and_is_audited(both: Store, password_hash: str) -> None:
    with both.database.write() as connection:
        accounts.add(connection, "anna", Role.ADMIN, password_hash=password_hash, now=NOW)

    secret = logins.log_in(both, "anna", PASSWORD, hours=2, now=NOW)

    assert isinstance(secret, str)
    with both.database.read() as connection:
        session = sessions.by_secret(connection, secret, now=NOW)
        events = list(audit_log.events(connection))
    assert session is not None
    assert ("anna", Role.ADMIN, NOW + 7200) == (session.name, session.role, session.expires_at)
    assert [("anna", "login", {"door": "account", "role": "admin"})] == [
        (event.actor, event.action, event.detail) for event in events
    ]


def test_a_login_that_fails_begins_nothing(both: Store, password_hash: str) -> None:
    with both.database.write() as connection:
        accounts.add(connection, "anna", Role.READER, password_hash=password_hash, now=NOW)

    tried = logins.log_in(both, "anna", "wrong", hours=2, now=NOW)
    assert isinstance(tried, Account)
    assert logins.log_in(both, "berta", PASSWORD, hours=2, now=NOW) is None
    with both.database.read() as connection:
        assert [] == list(audit_log.events(connection))


def test_an_outdated_hash_is_made_anew(both: Store) -> None:
    weak = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with both.database.write() as connection:
        accounts.add(connection, "anna", Role.READER, password_hash=weak, now=NOW)

    assert isinstance(logins.log_in(both, "anna", PASSWORD, hours=2, now=NOW), str)
    with both.database.read() as connection:
        account = accounts.by_name(connection, "anna")
    assert account is not None
    assert account.password_hash is not None
    assert not passwords.is_outdated(account.password_hash)
    assert passwords.matches(account.password_hash, PASSWORD)


def test_a_login_takes_old_sessions_out(both: Store, password_hash: str) -> None:
    with both.database.write() as connection:
        accounts.add(connection, "anna", Role.READER, password_hash=password_hash, now=NOW)
    old = logins.log_in(both, "anna", PASSWORD, hours=1, now=NOW)
    logins.log_in(both, "anna", PASSWORD, hours=1, now=NOW + 7200)

    assert isinstance(old, str)
    with both.database.write() as connection:
        assert 1 == sessions.end_all(connection, "anna")


def test_another_door_begins_a_session_with_its_role(both: Store) -> None:
    secret = logins.open_by_other_door(both, "anna", role=Role.ADMIN, door=Door.OIDC, hours=1, now=NOW)

    assert isinstance(secret, str)
    with both.database.read() as connection:
        session = sessions.by_secret(connection, secret, now=NOW)
    assert session is not None
    assert (Role.ADMIN, False) == (session.role, session.has_password)


def test_a_logout_is_audited_once(both: Store) -> None:
    secret = logins.open_by_other_door(both, "anna", role=None, door=Door.OIDC, hours=1, now=NOW)
    assert isinstance(secret, str)
    logins.log_out(both, secret, now=NOW + 1)
    logins.log_out(both, secret, now=NOW + 2)

    with both.database.read() as connection:
        assert ["account.add", "login", "logout"] == [event.action for event in audit_log.events(connection)]


def test_what_a_provider_changes_stands_in_the_log(both: Store) -> None:
    for role in (Role.READER, Role.READER, Role.ADMIN):
        logins.open_by_other_door(both, "anna", role=role, door=Door.OIDC, hours=2, now=NOW)

    with both.database.read() as connection:
        events = [event.action for event in audit_log.events(connection)]
    assert ["account.add", "login", "login", "account.role", "login"] == events


def test_a_closed_account_is_not_changed_by_a_provider(both: Store) -> None:
    with both.database.write() as connection:
        accounts.add(connection, "anna", Role.READER, password_hash=None, now=NOW)
        accounts.disable(connection, "anna", now=NOW)

    refused = logins.open_by_other_door(both, "anna", role=Role.ADMIN, door=Door.OIDC, hours=2, now=NOW)

    assert isinstance(refused, Account)
    assert Role.READER is refused.role
    with both.database.read() as connection:
        assert [] == list(audit_log.events(connection))
