"""Who may use the app: a name, a role and, for those who log in here, the hash of a password."""

import unicodedata
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from firstread.store import tables
from firstread.terms import Role

__all__ = [
    "NOBODY",
    "THIS_COMPUTER",
    "Account",
    "add",
    "arrive",
    "by_name",
    "disable",
    "enable",
    "everyone",
    "fit_name",
    "set_password",
    "set_role",
]

THIS_COMPUTER = "this computer"
"""Whoever sits at the computer that the app runs on: who opened the printed address, who runs commands."""
NOBODY = "nobody"
"""Whoever was not let in."""

_ACCOUNT = tables.account.c
_RESERVED = (THIS_COMPUTER, NOBODY, "this machine")
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may come in.

    Args:
        name: Whom readings and the audit log name.
        role: What this one may do.
        password_hash: Of argon2; None for those whom another door knows: OpenID Connect, or a proxy.
        created_at: Seconds since 1970.
        disabled_at: Since when this one may not come in; None when it may.
    """

    name: str
    role: Role
    password_hash: str | None = field(repr=False)
    created_at: float
    disabled_at: float | None = None


def fit_name(text: str) -> str:
    """Return a name as it is stored: composed (Unicode NFC), without space around it.

    Raises:
        ValueError: If no account can have it.
    """
    name = unicodedata.normalize("NFC", text).strip()
    if not name or len(name) > _LONGEST or not name.isprintable():
        raise ValueError(f"A name must have 1 to {_LONGEST} letters that can be seen.")
    if name.casefold() in _RESERVED:
        raise ValueError(f"A name must not be one of {', '.join(_RESERVED)}: the audit log uses them.")
    return name


def by_name(connection: Connection, name: str) -> Account | None:
    """Return an account; None when there is none of this name."""
    row = connection.execute(select(tables.account).where(_ACCOUNT.name == name)).first()
    return None if row is None else _from_row(row)


def everyone(connection: Connection) -> list[Account]:
    """Return every account, by name."""
    return [_from_row(row) for row in connection.execute(select(tables.account).order_by(_ACCOUNT.name))]


def add(connection: Connection, name: str, role: Role, *, password_hash: str | None, now: float) -> bool:
    """Add an account, in a transaction of `Database.write`; False when the name is taken."""
    if by_name(connection, name) is not None:
        return False
    connection.execute(
        insert(tables.account),
        {"name": name, "role": role.value, "password_hash": password_hash, "created_at": now},
    )
    return True


def arrive(connection: Connection, name: str, *, role: Role | None, now: float) -> Account | None:
    """Return the account of somebody whom another door has let in; a first arrival gets one.

    Args:
        connection: A transaction of `Database.write`.
        name: As the other door knows it.
        role: As the other door knows it; None leaves the account's own, which begins as a reader's. That of an account
            that was disabled stays.
        now: Seconds since 1970.

    Returns:
        The account; None when the name belongs to one with a password: who has it logs in here.
    """
    add(connection, name, role or Role.READER, password_hash=None, now=now)
    found = by_name(connection, name)
    if found is None or found.password_hash is not None:
        return None
    if role is not None and role is not found.role and found.disabled_at is None:
        set_role(connection, name, role)
    return by_name(connection, name)


def disable(connection: Connection, name: str, *, now: float) -> bool:
    """Keep somebody out from now on, sessions and tokens included; False when there is nobody to keep out."""
    return _change(connection, name, disabled_at=now)


def enable(connection: Connection, name: str) -> bool:
    """Let somebody in again; False when there is no such account."""
    return _change(connection, name, disabled_at=None)


def set_password(connection: Connection, name: str, password_hash: str | None) -> bool:
    """Change the password, or leave it to another door (None); False when there is no such account."""
    return _change(connection, name, password_hash=password_hash)


def set_role(connection: Connection, name: str, role: Role) -> bool:
    """Change what somebody may do; False when there is no such account."""
    return _change(connection, name, role=role.value)


def _change(connection: Connection, name: str, **values: object) -> bool:
    changed = connection.execute(update(tables.account).where(_ACCOUNT.name == name).values(**values))
    return changed.rowcount > 0


def _from_row(row: Row[Any]) -> Account:
    return Account(row.name, Role(row.role), row.password_hash, row.created_at, row.disabled_at)
