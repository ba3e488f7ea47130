"""An app behind its doors, on a real port."""

import socket
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI

from firstread.config import Doors, Web
from firstread.edges.web.doors.launch import Launch
from firstread.edges.web.doors.opening import set_doors
from firstread.errors import ConfigError
from firstread.store.store import Store

Browse = Callable[..., Any]
Serve = Callable[[Any], str]


def said_to(address: str, *parts: bytes, patience_s: float = 20) -> bytes:
    """Send bytes to a server and return everything it answers until it hangs up."""
    host, port = urlsplit(address).hostname, urlsplit(address).port
    with socket.create_connection((host, port), timeout=patience_s) as connection:
        for part in parts:
            connection.sendall(part)
        answer = b""
        while part := connection.recv(65_536):
            answer += part
    return answer


def test_doors_are_not_set_where_anybody_could_come_in(store: Store) -> None:
    with pytest.raises(ConfigError, match="needs a door"):
        set_doors(FastAPI(), store, web=Web(host="0.0.0.0"), doors=Doors(), launch=None)  # noqa: S104


def test_a_client_that_never_sends_its_body_is_hung_up_on(
    browse: Browse, serve: Serve, add_token: Any
) -> None:
    secret = add_token("gateway", "films:write")
    address = serve(browse(web=Web(body_timeout_s=0.2)).app)
    began = time.monotonic()
    answer = said_to(
        address,
        b"POST /api/v1/films HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n"
        b"Authorization: Bearer " + secret.encode() + b"\r\n\r\nx",
    )

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert time.monotonic() - began < 15


def test_a_client_that_is_not_known_sends_no_body(browse: Browse, serve: Serve) -> None:
    address = serve(browse().app)
    answer = said_to(
        address,
        b"POST /api/v1/films HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000000\r\n"
        b"Sec-Fetch-Site: none\r\nConnection: close\r\n\r\n",
    )

    assert answer.startswith(b"HTTP/1.1 401 ")


def test_a_large_body_is_refused_before_it_comes(browse: Browse, serve: Serve, add_token: Any) -> None:
    secret = add_token("gateway", "films:write")
    address = serve(browse().app)
    answer = said_to(
        address,
        b"POST /api/v1/films HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999999999\r\n"
        b"Authorization: Bearer " + secret.encode() + b"\r\n\r\n",
    )

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"content-security-policy" in answer


def test_the_printed_address_works_on_a_real_port(browse: Browse, serve: Serve) -> None:
    address = serve(browse(launch=Launch("token", "cookie")).app)
    closing = b"Host: localhost\r\nConnection: close\r\n"
    opened = said_to(address, b"GET /?launch=token HTTP/1.1\r\n" + closing + b"\r\n")
    inside = said_to(
        address,
        b"GET /api/v1/session HTTP/1.1\r\n" + closing + b"Cookie: firstread-launch-8321=cookie\r\n\r\n",
    )

    assert opened.startswith(b"HTTP/1.1 303 ")
    assert b"firstread-launch-8321=cookie;" in opened
    assert inside.startswith(b"HTTP/1.1 200 ")
    assert b'"this computer"' in inside
