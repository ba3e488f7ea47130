"""Who may use the web app is changed, and the audit log says so, in one transaction."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import typer

from firstread.edges.web.doors import passwords
from firstread.store import accounts, api_tokens, audit_log, sessions
from firstread.store.accounts import THIS_COMPUTER
from firstread.store.database import Transaction
from firstread.store.scopes import Scope
from firstread.store.store import Store
from firstread.terms import Role

__all__ = [
    "add_account",
    "add_token",
    "change_password",
    "change_role",
    "disable_account",
    "enable_account",
    "revoke_token",
]

_DAY_S = 86_400
_ENDED_TOKENS_DAYS = 90


def add_account(store: Store, text: str, role: Role, *, password: str | None) -> None:
    """Add an account; without a password it is for another door.

    Raises:
        typer.BadParameter: If the name or the password will not do, or the name is taken.
    """
    name = _fit(text)
    password_hash = _hashed(password, name)
    detail = {"role": role.value, "password": password is not None}
    with _audited(store, "account.add", name, detail) as (connection, now):
        if not accounts.add(connection, name, role, password_hash=password_hash, now=now):
            raise typer.BadParameter(f"there is an account {name} already.")


def disable_account(store: Store, text: str) -> None:
    """Keep somebody out; every session ends.

    Raises:
        typer.BadParameter: If there is no such account.
    """
    name = _fit(text)
    with _audited(store, "account.disable", name) as (connection, now):
        _require(accounts.disable(connection, name, now=now), name)
        sessions.end_all(connection, name)


def enable_account(store: Store, text: str) -> None:
    """Let somebody in again.

    Raises:
        typer.BadParameter: If there is no such account.
    """
    name = _fit(text)
    with _audited(store, "account.enable", name) as (connection, _):
        _require(accounts.enable(connection, name), name)


def change_role(store: Store, text: str, role: Role) -> None:
    """Change what somebody may do; every session ends.

    Raises:
        typer.BadParameter: If there is no such account.
    """
    name = _fit(text)
    with _audited(store, "account.role", name, {"role": role.value}) as (connection, _):
        _require(accounts.set_role(connection, name, role), name)
        sessions.end_all(connection, name)


def change_password(store: Store, text: str, password: str | None) -> None:
    """Change a password, or leave the account to another door; every session ends.

    Raises:
        typer.BadParameter: If the password will not do, or there is no such account.
    """
    name = _fit(text)
    password_hash = _hashed(password, name)
    with _audited(store, "account.password", name, {"password": password is not None}) as (connection, _):
        _require(accounts.set_password(connection, name, password_hash), name)
        sessions.end_all(connection, name)


def add_token(store: Store, text: str, scopes: Sequence[Scope], *, days: int, owner: str | None) -> str:
    """Add a token and return its secret; tokens that ended long ago are forgotten.

    Raises:
        typer.BadParameter: If the name is taken, or the owner may not lend what is asked for.
    """
    name = _fit(text)
    owner = None if owner is None else _fit(owner)
    detail = {"scopes": sorted(scope.value for scope in scopes), "days": days, "owner": owner or name}
    with _audited(store, "token.add", name, detail) as (connection, now):
        _require_owner(connection, name, scopes, owner)
        api_tokens.delete_ended(connection, before=now - _ENDED_TOKENS_DAYS * _DAY_S)
        secret = api_tokens.add(
            connection, name, scopes, owner=owner or name, expires_at=now + days * _DAY_S, now=now
        )
        if secret is None:
            raise typer.BadParameter(
                f"there is a token {name} in use; revoke it first, or name this one else."
            )
    return secret


def revoke_token(store: Store, text: str) -> None:
    """Let a token open nothing from now on.

    Raises:
        typer.BadParameter: If there is none of this name in use.
    """
    name = _fit(text)
    with _audited(store, "token.revoke", name) as (connection, now):
        if not api_tokens.revoke(connection, name, now=now):
            raise typer.BadParameter(f"there is no token {name} in use.")


@contextmanager
def _audited(
    store: Store, action: str, subject: str, detail: Mapping[str, object] | None = None
) -> Iterator[tuple[Transaction, float]]:
    now = time.time()
    with store.database.write() as connection:
        yield connection, now
        audit_log.append(
            connection, actor=THIS_COMPUTER, action=action, subject=subject, detail=detail, now=now
        )


def _require_owner(connection: Transaction, name: str, scopes: Sequence[Scope], owner: str | None) -> None:
    if owner is None:
        # The program would be taken for this person in readings and in the audit log.
        if accounts.by_name(connection, name) is not None:
            raise typer.BadParameter(f"{name} is an account; name the token else, or say --owner {name}.")
        return
    account = accounts.by_name(connection, owner)
    if account is None or account.disabled_at is not None:
        raise typer.BadParameter(f"--owner must be an account that may come in; received {owner}.")
    if Scope.ADMIN in scopes and account.role is not Role.ADMIN:
        raise typer.BadParameter(
            f"{owner} is no administrator and cannot lend the scope {Scope.ADMIN.value}."
        )


def _hashed(password: str | None, name: str) -> str | None:
    if password is None:
        return None
    why = passwords.why_unfit(password, name=name)
    if why is not None:
        raise typer.BadParameter(why)
    return passwords.hashed(password)


def _fit(text: str) -> str:
    try:
        return accounts.fit_name(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def _require(found: bool, name: str) -> None:
    if not found:
        raise typer.BadParameter(f"there is no account {name}.")
