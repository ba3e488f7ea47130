"""Who may come in."""

import pytest

from firstread.store import accounts
from firstread.store.accounts import Account
from firstread.store.database import Database
from firstread.terms import Role

NOW = 1_800_000_000.0
HASH, OTHER_HASH = "$argon2id$one", "$argon2id$two"


def test_an_account_comes_back_as_it_was_added(database: Database) -> None:
    with database.write() as connection:
        assert accounts.add(connection, "anna", Role.ADMIN, password_hash=HASH, now=NOW)

    with database.read() as connection:
        assert Account("anna", Role.ADMIN, HASH, NOW) == accounts.by_name(connection, "anna")
        assert accounts.by_name(connection, "Anna") is None


def test_a_name_is_given_once(database: Database) -> None:
    with database.write() as connection:
        accounts.add(connection, "anna", Role.READER, password_hash=HASH, now=NOW)

        assert not accounts.add(connection, "anna", Role.ADMIN, password_hash=OTHER_HASH, now=NOW)
        assert [Account("anna", Role.READER, HASH, NOW)] == accounts.everyone(connection)


def test_a_hash_is_not_shown() -> None:
    assert "argon2id" not in repr(Account("anna", Role.READER, HASH, NOW))


def test_an_account_is_closed_and_opened_again(database: Database) -> None:
    with database.write() as connection:
        accounts.add(connection, "anna", Role.READER, password_hash=None, now=NOW)
        assert accounts.disable(connection, "anna", now=NOW + 5)
        closed = accounts.by_name(connection, "anna")
        assert accounts.enable(connection, "anna")
        opened = accounts.by_name(connection, "anna")

    assert closed is not None
    assert opened is not None
    assert (NOW + 5, None) == (closed.disabled_at, opened.disabled_at)


def test_nothing_changes_for_somebody_who_is_not_there(database: Database) -> None:
    with database.write() as connection:
        assert not accounts.disable(connection, "anna", now=NOW)
        assert not accounts.enable(connection, "anna")
        assert not accounts.set_role(connection, "anna", Role.ADMIN)
        assert not accounts.set_password(connection, "anna", "x")


def test_who_comes_by_another_door_gets_an_account_and_its_role_follows(database: Database) -> None:
    with database.write() as connection:
        first = accounts.arrive(connection, "anna", role=None, now=NOW)
        promoted = accounts.arrive(connection, "anna", role=Role.ADMIN, now=NOW + 1)
        unsaid = accounts.arrive(connection, "anna", role=None, now=NOW + 2)
        demoted = accounts.arrive(connection, "anna", role=Role.READER, now=NOW + 3)

    roles = [None if each is None else each.role for each in (first, promoted, unsaid, demoted)]
    assert [Role.READER, Role.ADMIN, Role.ADMIN, Role.READER] == roles


def test_another_door_does_not_open_an_account_with_a_password(database: Database) -> None:
    """A provider where people choose their names would otherwise give them somebody else's readings."""
    with database.write() as connection:
        accounts.add(connection, "anna", Role.READER, password_hash=HASH, now=NOW)

        assert accounts.arrive(connection, "anna", role=Role.ADMIN, now=NOW) is None
        assert [Role.READER] == [each.role for each in accounts.everyone(connection)]


def test_a_name_is_composed_and_trimmed() -> None:
    assert "J\u00fcrgen" == accounts.fit_name("  Ju\u0308rgen ")


@pytest.mark.parametrize("text", ["", "  ", "a" * 201, "an\x00na", "an\nna", "\u202eanna", "an\u200bna"])
def test_a_name_has_letters_that_can_be_seen(text: str) -> None:
    with pytest.raises(ValueError, match="A name must have 1 to 200 letters that can be seen"):
        accounts.fit_name(text)


@pytest.mark.parametrize("text", ["this computer", "Nobody"])
def test_nobody_has_a_name_that_the_audit_log_uses(text: str) -> None:
    with pytest.raises(ValueError, match="A name must not be one of this computer, nobody"):
        accounts.fit_name(text)
