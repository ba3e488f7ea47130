"""The cookies: for this server alone, out of reach of scripts, and not sent along when another site posts."""

from starlette.requests import HTTPConnection
from starlette.responses import Response

from firstread.config import Web
from firstread.edges.web.doors.start_up import public_origin

__all__ = ["LAUNCH", "OIDC", "SESSION", "clear", "cookie_name", "give", "held"]

LAUNCH = "launch"
OIDC = "oidc"
SESSION = "session"


def cookie_name(kind: str, connection: HTTPConnection, web: Web) -> str:
    """Return what a cookie is called.

    Browsers take a name with `__Host-` only from the very host it is for, over HTTPS (RFC 6265bis, 4.1.3.2). Without
    HTTPS the port tells servers on one computer apart, which share their cookies.
    """
    return f"__Host-firstread-{kind}" if _is_secure(connection, web) else f"firstread-{kind}-{web.port}"


def held(kind: str, connection: HTTPConnection, web: Web) -> str | None:
    """Return the value of a cookie; None when the browser sent none."""
    return connection.cookies.get(cookie_name(kind, connection, web)) or None


def give(
    response: Response,
    kind: str,
    value: str,
    *,
    connection: HTTPConnection,
    web: Web,
    max_age_s: int | None = None,
) -> None:
    """Give the browser a cookie; it keeps it until it is closed when no age is given."""
    response.set_cookie(
        cookie_name(kind, connection, web),
        value,
        max_age=max_age_s,
        path="/",
        secure=_is_secure(connection, web),
        httponly=True,
        # Not Strict: who follows a link to the app, or comes back from a provider, would have to log in again.
        samesite="lax",
    )


def clear(response: Response, kind: str, *, connection: HTTPConnection, web: Web) -> None:
    """Take a cookie back."""
    response.delete_cookie(
        cookie_name(kind, connection, web),
        path="/",
        secure=_is_secure(connection, web),
        httponly=True,
        samesite="lax",
    )


def _is_secure(connection: HTTPConnection, web: Web) -> bool:
    return connection.url.scheme == "https" or public_origin(web).startswith("https://")
