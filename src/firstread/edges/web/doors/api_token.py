"""The door for programs: a token in the header Authorization, as Bearer (RFC 6750)."""

from collections.abc import Mapping

from starlette.concurrency import run_in_threadpool

from firstread.edges.web.doors.entrance import Entrance
from firstread.edges.web.doors.identity import Door, Identity
from firstread.edges.web.problems import Problem
from firstread.store import api_tokens
from firstread.store.api_tokens import ApiToken
from firstread.store.scopes import Scope
from firstread.terms import Role

__all__ = ["bearer", "by_token"]


def bearer(headers: Mapping[str, str]) -> str | None:
    """Return the token of a request; None when it has none."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


async def by_token(entrance: Entrance, secret: str, *, address: str) -> Identity:
    """Return who comes in with a token.

    Raises:
        Problem: If it opens nothing; the answer does not tell why.
    """
    token = await run_in_threadpool(_find, entrance, secret)
    why_not = "unknown" if token is None else token.why_not(entrance.now())
    if token is None or why_not is not None:
        await entrance.refusals.record(
            "token.refused",
            reason=why_not or "unknown",
            address=address,
            subject="" if token is None else token.name,
        )
        raise Problem(
            401,
            detail="The API token must be one that is in use.",
            headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
        )
    role = Role.ADMIN if Scope.ADMIN in token.allowed else Role.READER
    return Identity(token.owner, role, Door.TOKEN, token.allowed)


def _find(entrance: Entrance, secret: str) -> ApiToken | None:
    with entrance.store.database.read() as connection:
        return api_tokens.by_secret(connection, secret)
