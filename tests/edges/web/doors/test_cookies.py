"""What the cookies are called, and what browsers may do with them."""

from typing import Any

import pytest
from starlette.requests import HTTPConnection
from starlette.responses import Response

from firstread.config import Web
from firstread.edges.web.doors import cookies

PUBLIC = Web(public_url="https://films.example")


def connection(scheme: str = "http", cookie: str = "") -> HTTPConnection:
    scope: dict[str, Any] = {
        "type": "http",
        "scheme": scheme,
        "path": "/",
        "query_string": b"",
        "headers": [(b"host", b"localhost"), (b"cookie", cookie.encode())],
    }
    return HTTPConnection(scope)


@pytest.mark.parametrize(
    ("scheme", "web", "secure"),
    [("http", Web(), False), ("https", Web(), True), ("http", PUBLIC, True), ("https", PUBLIC, True)],
)
def test_over_https_a_cookie_is_for_https_alone(scheme: str, web: Web, secure: bool) -> None:
    """Behind a proxy that ends TLS the server itself sees plain HTTP."""
    response = Response()
    cookies.give(response, cookies.SESSION, "x", connection=connection(scheme), web=web)
    name, _, flags = response.headers["set-cookie"].partition("=x; ")

    assert secure == ("Secure" in flags.split("; "))
    assert secure == name.startswith("__Host-")
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(flags.split("; "))
    assert "Domain" not in flags


def test_servers_on_one_computer_have_cookies_of_their_own() -> None:
    """Browsers do not tell ports apart where cookies are concerned (RFC 6265, 8.5)."""
    names = {cookies.cookie_name(cookies.SESSION, connection(), Web(port=port)) for port in (8321, 8322)}

    assert {"firstread-session-8321", "firstread-session-8322"} == names


def test_a_cookie_is_read_where_it_was_given() -> None:
    held = connection(cookie="firstread-session-8321=abc; firstread-launch-8321=")

    assert ["abc", None, None] == [
        cookies.held(kind, held, Web()) for kind in (cookies.SESSION, cookies.LAUNCH, cookies.OIDC)
    ]
    assert cookies.held(cookies.SESSION, held, PUBLIC) is None


def test_a_cookie_is_taken_back_under_the_same_flags() -> None:
    response = Response()
    cookies.clear(response, cookies.SESSION, connection=connection("https"), web=Web())

    assert {"Max-Age=0", "Secure", "HttpOnly", "SameSite=lax", "Path=/"} <= set(
        response.headers["set-cookie"].split("; ")
    )
