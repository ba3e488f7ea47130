"""What other programs come in with: tokens that run out, for some purposes only."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, delete, insert, or_, select, update

from firstread.store import tables
from firstread.store.bearer_secrets import draw, fingerprint
from firstread.store.scopes import Scope
from firstread.terms import Role

__all__ = ["ApiToken", "add", "by_secret", "delete_ended", "every", "revoke"]

_TOKEN = tables.api_token.c
_ACCOUNT = tables.account.c
# Tools that look for secrets in code and logs know them by how they begin.
_PREFIX = "firstread_"


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token as it is kept: not the token itself.

    Args:
        name: What it is for.
        owner: Whose doings they are that it is used for: an account, or the program itself.
        scopes: What it may be used for.
        created_at: Seconds since 1970.
        expires_at: Seconds since 1970.
        revoked_at: Since when it opens nothing; None when it was not revoked.
        owner_role: Of the owner's account; None when the owner has none.
        owner_disabled: The owner's account may not come in.
    """

    name: str
    owner: str
    scopes: frozenset[Scope]
    created_at: float
    expires_at: float
    revoked_at: float | None = None
    owner_role: Role | None = None
    owner_disabled: bool = False

    def why_not(self, now: float) -> str | None:
        """Return why it opens nothing: "revoked", "expired" or "disabled"; None when it opens."""
        if self.revoked_at is not None:
            return "revoked"
        if self.expires_at <= now:
            return "expired"
        return "disabled" if self.owner_disabled else None

    @property
    def allowed(self) -> frozenset[Scope]:
        """What it may be used for now: an owner who is no administrator lends no administrator's rights."""
        return self.scopes - {Scope.ADMIN} if self.owner_role is Role.READER else self.scopes


def add(
    connection: Connection,
    name: str,
    scopes: Iterable[Scope],
    *,
    owner: str,
    expires_at: float,
    now: float,
) -> str | None:
    """Add a token and return its secret, which is stored nowhere; None when one of this name is in use."""
    in_use = select(_TOKEN.id).where(
        _TOKEN.name == name, _TOKEN.revoked_at.is_(None), _TOKEN.expires_at > now
    )
    if connection.execute(in_use).first() is not None:
        return None
    secret = _PREFIX + draw()
    connection.execute(
        insert(tables.api_token),
        {
            "token_sha256": fingerprint(secret),
            "name": name,
            "owner": owner,
            "scopes": sorted(scope.value for scope in scopes),
            "created_at": now,
            "expires_at": expires_at,
        },
    )
    return secret


def by_secret(connection: Connection, secret: str) -> ApiToken | None:
    """Return the token of a secret, also one that opens nothing any more; None when there was never one."""
    row = connection.execute(_with_owner().where(_TOKEN.token_sha256 == fingerprint(secret))).first()
    return None if row is None else _from_row(row)


def every(connection: Connection) -> list[ApiToken]:
    """Return every token that is kept, newest first."""
    return [_from_row(row) for row in connection.execute(_with_owner().order_by(_TOKEN.id.desc()))]


def revoke(connection: Connection, name: str, *, now: float) -> bool:
    """Let a token open nothing from now on; False when none of this name was in use."""
    revoked = connection.execute(
        update(tables.api_token)
        .where(_TOKEN.name == name, _TOKEN.revoked_at.is_(None), _TOKEN.expires_at > now)
        .values(revoked_at=now)
    )
    return revoked.rowcount > 0


def delete_ended(connection: Connection, *, before: float) -> int:
    """Delete the tokens that ran out or were revoked before a moment; return how many there were."""
    ended = or_(_TOKEN.expires_at < before, and_(_TOKEN.revoked_at.is_not(None), _TOKEN.revoked_at < before))
    return connection.execute(delete(tables.api_token).where(ended)).rowcount


def _with_owner() -> Select[Any]:
    return select(
        tables.api_token, _ACCOUNT.role.label("owner_role"), _ACCOUNT.disabled_at.label("owner_disabled_at")
    ).outerjoin(tables.account, _ACCOUNT.name == _TOKEN.owner)


def _from_row(row: Row[Any]) -> ApiToken:
    return ApiToken(
        name=row.name,
        owner=row.owner,
        scopes=frozenset(map(Scope, row.scopes)),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        owner_role=None if row.owner_role is None else Role(row.owner_role),
        owner_disabled=row.owner_disabled_at is not None,
    )
