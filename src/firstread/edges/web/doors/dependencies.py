"""What a route asks of whoever calls it."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request

from firstread.edges.web.doors.identity import Identity
from firstread.edges.web.problems import Problem
from firstread.store.scopes import Scope

__all__ = ["Admin", "Anybody", "Reader", "admin", "anybody", "reader", "scope", "unknown"]


async def anybody(request: Request) -> Identity:
    """Return who calls; somebody who was let in, whatever for.

    Raises:
        Problem: 401 when nobody is known.
    """
    identity = getattr(request.state, "identity", None)
    if not isinstance(identity, Identity):
        raise unknown()
    return identity


def scope(wanted: str) -> Callable[[Request], Awaitable[Identity]]:
    """Return a dependency: who calls, when this one may do what is wanted, as `Depends(scope("films:write"))`."""
    needed = Scope(wanted)

    async def allowed(request: Request) -> Identity:
        identity = await anybody(request)
        if needed not in identity.scopes:
            raise Problem(403, detail=f"This needs the right {needed.value}, which this caller has not.")
        return identity

    return allowed


reader = scope(Scope.FILMS_READ)
"""Who calls and may see films: every person, and tokens for "films:read"."""
admin = scope(Scope.ADMIN)
"""Who calls and is an administrator, or has a token for "admin"."""

Anybody = Annotated[Identity, Depends(anybody)]
Reader = Annotated[Identity, Depends(reader)]
Admin = Annotated[Identity, Depends(admin)]


def unknown() -> Problem:
    """Return the problem of a request that does not say who makes it."""
    return Problem(
        401,
        detail="This needs somebody who is logged in, or an API token (Authorization: Bearer).",
        headers={"WWW-Authenticate": "Bearer"},
    )
