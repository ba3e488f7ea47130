"""Who is logged in: a secret that a browser holds, until a moment, for an account that may still come in."""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from firstread.store import tables
from firstread.store.accounts import Account
from firstread.store.bearer_secrets import draw, fingerprint
from firstread.terms import Role

__all__ = ["Session", "begin", "by_secret", "delete_expired", "end", "end_all"]

_SESSION = tables.session.c
_ACCOUNT = tables.account.c


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is logged in.

    Args:
        name: Of the account.
        role: What this one may do: no more than when the session began, and no more than now.
        has_password: The account logs in here, and not by another door.
        created_at: Seconds since 1970.
        expires_at: Seconds since 1970.
    """

    name: str
    role: Role
    has_password: bool
    created_at: float
    expires_at: float


def begin(connection: Connection, account: Account, *, expires_at: float, now: float) -> str:
    """Begin a session and return its secret, which is stored nowhere."""
    secret = draw()
    connection.execute(
        insert(tables.session),
        {
            "token_sha256": fingerprint(secret),
            "name": account.name,
            "role": account.role.value,
            "created_at": now,
            "expires_at": expires_at,
        },
    )
    return secret


def by_secret(connection: Connection, secret: str, *, now: float) -> Session | None:
    """Return the session of a secret; None when it has ended, or its account may not come in any more."""
    row = connection.execute(
        select(tables.session, _ACCOUNT.role.label("role_now"), _ACCOUNT.password_hash)
        .join(tables.account, _ACCOUNT.name == _SESSION.name)
        .where(
            _SESSION.token_sha256 == fingerprint(secret),
            _SESSION.expires_at > now,
            _ACCOUNT.disabled_at.is_(None),
        )
    ).first()
    if row is None:
        return None
    role = Role.ADMIN if Role.ADMIN == row.role == row.role_now else Role.READER
    return Session(row.name, role, row.password_hash is not None, row.created_at, row.expires_at)


def end(connection: Connection, secret: str) -> None:
    """End a session."""
    connection.execute(delete(tables.session).where(_SESSION.token_sha256 == fingerprint(secret)))


def end_all(connection: Connection, name: str) -> int:
    """End every session of an account; return how many there were."""
    return connection.execute(delete(tables.session).where(_SESSION.name == name)).rowcount


def delete_expired(connection: Connection, *, now: float) -> int:
    """Delete the sessions that have run out; return how many there were."""
    return connection.execute(delete(tables.session).where(_SESSION.expires_at <= now)).rowcount
