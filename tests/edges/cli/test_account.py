"""`firstread account` and `firstread token`."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from firstread.config import Store as StoreSettings
from firstread.edges.cli.account import account_commands, token_commands
from firstread.edges.web.doors import logins, passwords
from firstread.store import accounts, api_tokens, audit_log
from firstread.store.scopes import Scope
from firstread.store.store import Store, open_store
from firstread.terms import Role

PASSWORD = "a long enough password"  # noqa: S105  # of nobody
Ask = Callable[..., Any]


@pytest.fixture
def settings(tmp_path: Path, store_settings: StoreSettings) -> Path:
    """Return a settings file that names a store of the test's own."""
    file = tmp_path / "firstread.toml"
    file.write_text(f"[store]\nfolder = '{store_settings.folder}'\n")
    return file


@pytest.fixture
def store(store_settings: StoreSettings) -> Iterator[Store]:
    """Return the store that the commands work on."""
    with open_store(store_settings) as opened:
        yield opened


@pytest.fixture
def ask(settings: Path, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Return a function that runs `firstread account …` or `firstread token …`."""
    monkeypatch.setenv("COLUMNS", "200")

    def run(what: str, *words: str, typed: str = "") -> Result:
        commands = {"account": account_commands, "token": token_commands}[what]
        return CliRunner().invoke(commands, [*words, "--settings", str(settings)], input=typed)

    return run


def events_of(store: Store) -> list[tuple[str, str, str]]:
    with store.database.read() as connection:
        return [(event.actor, event.action, event.subject) for event in audit_log.events(connection)]


def account_of(store: Store, name: str) -> accounts.Account:
    with store.database.read() as connection:
        found = accounts.by_name(connection, name)
    assert found is not None
    return found


def test_an_account_is_added_with_a_password_that_is_typed_twice(ask: Ask, store: Store) -> None:
    ran = ask("account", "add", "anna", "--role", "admin", typed=f"{PASSWORD}\n{PASSWORD}\n")

    assert (0, True) == (ran.exit_code, "Added anna, admin." in ran.output)
    assert PASSWORD not in ran.output
    assert Role.ADMIN is account_of(store, "anna").role
    assert passwords.matches(account_of(store, "anna").password_hash, PASSWORD)
    assert [("this computer", "account.add", "anna")] == events_of(store)


def test_a_password_that_is_typed_in_two_ways_is_asked_again(ask: Ask) -> None:
    typed = f"{PASSWORD}\nanother one\n{PASSWORD}\n{PASSWORD}\n"

    assert 0 == ask("account", "add", "anna", typed=typed).exit_code


def test_a_password_is_read_from_standard_input(ask: Ask, store: Store) -> None:
    ask("account", "add", "anna", "--password-stdin", typed=f"{PASSWORD}\nmore\n")

    assert passwords.matches(account_of(store, "anna").password_hash, PASSWORD)


def test_an_account_for_another_door_has_no_password(ask: Ask, store: Store) -> None:
    ask("account", "add", "anna", "--role", "admin", "--no-password")

    assert account_of(store, "anna").password_hash is None


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("anna", "short\n", "12 to 512 letters"),
        ("anna", "", "12 to 512 letters"),
        ("this computer", PASSWORD, "the audit log uses them"),
        ("", PASSWORD, "letters that can be seen"),
    ],
)
def test_what_will_not_do_is_refused_and_adds_nothing(
    ask: Ask, store: Store, name: str, typed: str, said: str
) -> None:
    ran = ask("account", "add", name, "--password-stdin", typed=typed)

    assert 2 == ran.exit_code
    assert said in " ".join(ran.output.replace("│", " ").split())
    with store.database.read() as connection:
        assert [] == accounts.everyone(connection)
    assert [] == events_of(store)


@pytest.mark.usefixtures("database_url")
def test_a_name_is_added_once(ask: Ask, store: Store) -> None:
    ask("account", "add", "anna", "--no-password")
    ran = ask("account", "add", "anna", "--role", "admin", "--no-password")

    assert (2, True) == (ran.exit_code, "there is an account anna already" in ran.output)
    assert 1 == len(events_of(store))


@pytest.mark.usefixtures("database_url")
def test_accounts_are_listed_without_their_hashes(ask: Ask) -> None:
    ask("account", "add", "anna", "--password-stdin", typed=PASSWORD)
    ask("account", "add", "berta", "--no-password")
    ask("account", "disable", "berta")
    listed = ask("account", "list").output

    anna, berta = (next(line for line in listed.splitlines() if name in line) for name in ("anna", "berta"))
    assert "with a password" in anna
    assert "not since" in berta
    assert "argon2" not in listed


@pytest.mark.usefixtures("database_url")
def test_who_is_kept_out_loses_the_session(ask: Ask, store: Store) -> None:
    ask("account", "add", "anna", "--password-stdin", typed=PASSWORD)
    assert isinstance(logins.log_in(store, "anna", PASSWORD, hours=1, now=0), str)
    ask("account", "disable", "anna")

    assert account_of(store, "anna").disabled_at is not None
    assert isinstance(logins.log_in(store, "anna", PASSWORD, hours=1, now=0), accounts.Account)
    ask("account", "enable", "anna")
    assert isinstance(logins.log_in(store, "anna", PASSWORD, hours=1, now=0), str)
    assert ["account.add", "login", "account.disable", "account.enable", "login"] == [
        action for _, action, _ in events_of(store)
    ]


@pytest.mark.usefixtures("database_url")
def test_a_password_is_changed_and_taken_away(ask: Ask, store: Store) -> None:
    ask("account", "add", "anna", "--password-stdin", typed=PASSWORD)
    ask("account", "password", "anna", "--password-stdin", typed="quite another password")
    assert passwords.matches(account_of(store, "anna").password_hash, "quite another password")
    ask("account", "password", "anna", "--no-password")

    assert account_of(store, "anna").password_hash is None


def test_a_role_is_changed(ask: Ask, store: Store) -> None:
    ask("account", "add", "anna", "--no-password")
    ask("account", "role", "anna", "--role", "admin")

    assert Role.ADMIN is account_of(store, "anna").role
    assert ("this computer", "account.role", "anna") == events_of(store)[-1]


@pytest.mark.parametrize(
    "words",
    [
        ("disable", "anna"),
        ("enable", "anna"),
        ("role", "anna", "--role", "admin"),
        ("password", "anna", "--no-password"),
    ],
)
def test_who_is_not_there_is_not_changed(ask: Ask, store: Store, words: tuple[str, ...]) -> None:
    ran = ask("account", *words)

    assert (2, True) == (ran.exit_code, "there is no account anna" in ran.output)
    assert [] == events_of(store)


@pytest.mark.usefixtures("database_url")
def test_a_token_is_printed_once_and_kept_as_a_hash(ask: Ask, store: Store) -> None:
    ran = ask("token", "add", "gateway", "--scope", "films:write", "--scope", "films:read", "--days", "30")
    secret = ran.output.strip()

    with store.database.read() as connection:
        token = api_tokens.by_secret(connection, secret)
    assert token is not None
    assert {Scope.FILMS_READ, Scope.FILMS_WRITE} == token.scopes
    assert 30 * 86_400 == token.expires_at - token.created_at
    assert [("this computer", "token.add", "gateway")] == events_of(store)
    listed = ask("token", "list").output
    assert "films:read films:write" in listed
    assert secret not in listed


@pytest.mark.usefixtures("database_url")
def test_a_token_is_revoked(ask: Ask, store: Store) -> None:
    ask("token", "add", "gateway", "--scope", "films:write")
    assert 0 == ask("token", "revoke", "gateway").exit_code

    assert "revoked" in ask("token", "list").output
    again = ask("token", "revoke", "gateway")
    assert (2, True) == (again.exit_code, "there is no token gateway in use" in again.output)
    assert ["token.add", "token.revoke"] == [action for _, action, _ in events_of(store)]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("gateway",), "there is a token gateway in use"),
        (("anna",), "say --owner anna"),
        (("other", "--owner", "nobody known"), "must be an account that may come in"),
        (("other", "--owner", "anna", "--scope", "admin"), "anna is no administrator"),
    ],
)
def test_some_tokens_are_not_given(ask: Ask, store: Store, words: tuple[str, ...], said: str) -> None:
    ask("account", "add", "anna", "--no-password")
    ask("token", "add", "gateway", "--scope", "films:write")
    ran = ask("token", "add", *words, "--scope", "films:read")

    assert 2 == ran.exit_code
    assert said in " ".join(ran.output.replace("│", " ").split())
    assert 2 == len(events_of(store))


def test_a_token_has_a_scope_and_an_end(ask: Ask) -> None:
    assert 2 == ask("token", "add", "gateway").exit_code
    assert 2 == ask("token", "add", "gateway", "--scope", "everything").exit_code
    assert 2 == ask("token", "add", "gateway", "--scope", "films:read", "--days", "0").exit_code
