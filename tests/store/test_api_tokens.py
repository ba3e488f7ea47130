"""What programs come in with."""

import pytest
from sqlalchemy import select

from firstread.store import accounts, api_tokens, tables
from firstread.store.api_tokens import ApiToken
from firstread.store.bearer_secrets import fingerprint
from firstread.store.database import Database
from firstread.store.scopes import Scope
from firstread.terms import Role

NOW = 1_800_000_000.0
DAY = 86_400.0


def added(
    database: Database,
    name: str = "gateway",
    *scopes: Scope,
    owner: str = "gateway",
    days: float = 1,
    now: float = NOW,
) -> str:
    with database.write() as connection:
        secret = api_tokens.add(
            connection,
            name,
            scopes or (Scope.FILMS_WRITE,),
            owner=owner,
            expires_at=now + days * DAY,
            now=now,
        )
    assert secret is not None
    return secret


def found(database: Database, secret: str) -> ApiToken | None:
    with database.read() as connection:
        return api_tokens.by_secret(connection, secret)


def test_a_token_is_found_by_its_secret_and_by_nothing_else(database: Database) -> None:
    secret = added(database, "gateway", Scope.FILMS_READ, Scope.FILMS_WRITE)

    expected = ApiToken(
        "gateway", "gateway", frozenset((Scope.FILMS_READ, Scope.FILMS_WRITE)), NOW, NOW + DAY
    )
    assert expected == found(database, secret)
    assert found(database, secret[:-1]) is None
    assert found(database, fingerprint(secret)) is None


def test_the_token_itself_is_not_stored_and_can_be_told_from_other_text(database: Database) -> None:
    secret = added(database)

    with database.read() as connection:
        rows = connection.execute(select(tables.api_token)).all()
    assert fingerprint(secret) == rows[0].token_sha256
    assert secret not in repr(rows)
    assert secret.startswith("firstread_")


def test_a_token_runs_out_and_is_revoked(database: Database) -> None:
    token = found(database, secret := added(database))
    assert token is not None
    with database.write() as connection:
        assert api_tokens.revoke(connection, "gateway", now=NOW + 5)
        assert not api_tokens.revoke(connection, "gateway", now=NOW + 6)
    revoked = found(database, secret)

    assert revoked is not None
    assert [None, "expired", "revoked"] == [
        token.why_not(NOW + DAY - 1),
        token.why_not(NOW + DAY),
        revoked.why_not(NOW + 6),
    ]


def test_a_name_is_used_once_at_a_time(database: Database) -> None:
    added(database)
    with database.write() as connection:
        again = api_tokens.add(connection, "gateway", [], owner="x", expires_at=NOW + DAY, now=NOW)
        assert again is None
        api_tokens.revoke(connection, "gateway", now=NOW)

    assert found(database, added(database)) is not None


@pytest.mark.parametrize(("role", "allowed"), [(Role.READER, False), (Role.ADMIN, True)])
def test_an_owner_lends_no_right_that_is_not_the_owners(
    database: Database, role: Role, allowed: bool
) -> None:
    with database.write() as connection:
        accounts.add(connection, "anna", role, password_hash=None, now=NOW)
    token = found(database, added(database, "script", Scope.ADMIN, Scope.FILMS_READ, owner="anna"))

    assert token is not None
    assert allowed == (Scope.ADMIN in token.allowed)
    assert Scope.FILMS_READ in token.allowed


def test_a_token_of_a_closed_account_opens_nothing(database: Database) -> None:
    secret = added(database, "script", owner="anna")
    with database.write() as connection:
        accounts.add(connection, "anna", Role.READER, password_hash=None, now=NOW)
        accounts.disable(connection, "anna", now=NOW)
    token = found(database, secret)

    assert token is not None
    assert "disabled" == token.why_not(NOW)


def test_every_token_is_listed_newest_first(database: Database) -> None:
    added(database, "one")
    added(database, "two")

    with database.read() as connection:
        assert ["two", "one"] == [token.name for token in api_tokens.every(connection)]


def test_what_ended_long_ago_is_deleted_and_nothing_else(database: Database) -> None:
    added(database, "in use", days=100)
    added(database, "ran out", days=1)
    added(database, "revoked", days=100)
    with database.write() as connection:
        api_tokens.revoke(connection, "revoked", now=NOW + 2 * DAY)
        assert 0 == api_tokens.delete_ended(connection, before=NOW + DAY)
        assert 2 == api_tokens.delete_ended(connection, before=NOW + 3 * DAY)
        assert ["in use"] == [token.name for token in api_tokens.every(connection)]
