"""What a route asks of whoever calls it."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyCookie, HTTPBearer

from firstread.edges.web.doors.identity import Identity
from firstread.edges.web.problems import Problem
from firstread.store.scopes import Scope

__all__ = ["Admin", "Anybody", "Reader", "admin", "anybody", "reader", "scope", "unknown"]

_TOKEN = HTTPBearer(
    scheme_name="ApiToken",
    description=(
        "What `firstread token add` prints. Beside the scheme's name, each request lists the scope that it needs."
    ),
    auto_error=False,
)
_COOKIE = APIKeyCookie(
    name="__Host-firstread-session",
    scheme_name="SessionCookie",
    description=(
        "What a browser gets that logs in at `/login`; over plain HTTP it is called `firstread-session-PORT`. The "
        "address that is printed when the server starts gives one called `firstread-launch-PORT`. A request that "
        "changes something must say, in `Sec-Fetch-Site` or `Origin`, that it comes from the server's own page."
    ),
    auto_error=False,
)


async def _ways_in(
    _token: Annotated[object, Security(_TOKEN)], _cookie: Annotated[object, Security(_COOKIE)]
) -> None:
    """Tell the OpenAPI document how somebody comes in; the doors have let in or refused by now."""


async def anybody(request: Request, _: Annotated[None, Depends(_ways_in)] = None) -> Identity:
    """Return who calls; somebody who was let in, whatever for.

    Raises:
        Problem: 401 when nobody is known.
    """
    identity = getattr(request.state, "identity", None)
    if not isinstance(identity, Identity):
        raise unknown()
    return identity


def scope(wanted: str) -> Callable[..., Awaitable[Identity]]:
    """Return a dependency: who calls, when this one may do what is wanted, as `Depends(scope("films:write"))`."""
    needed = Scope(wanted)

    async def allowed(
        request: Request, _: Annotated[None, Security(_ways_in, scopes=[needed.value])] = None
    ) -> Identity:
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
