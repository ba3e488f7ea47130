"""Which names the server answers to."""

import pytest

from firstread.config import Web
from firstread.edges.web.doors.own_hosts import is_own_host

PUBLIC = Web(public_url="https://Films.example")


@pytest.mark.parametrize(
    ("host", "web", "own"),
    [
        ("127.0.0.1:8321", Web(), True),
        ("127.9.9.9", Web(), True),
        ("localhost:9999", Web(), True),  # a tunnel has a port of its own
        ("[::1]:8321", Web(), True),
        ("films.example", Web(), False),
        ("localhost.", Web(), False),
        ("localhost:port", Web(), False),
        ("localhost:99999", Web(), False),
        ("[::1", Web(), False),
        ("localhost/x", Web(), False),
        ("a@localhost", Web(), False),
        ("", Web(), False),
        (None, Web(), False),
        # Behind a proxy on this computer.
        ("films.example", PUBLIC, True),
        ("FILMS.example:443", PUBLIC, True),
        ("127.0.0.1:8321", PUBLIC, True),
        ("evil.example", PUBLIC, False),
        # Beyond this computer.
        ("evil.example", Web(host="0.0.0.0"), True),  # noqa: S104  # a host for a test
        ("evil.example", Web(host="0.0.0.0", public_url="https://films.example"), False),  # noqa: S104
        ("10.0.0.5", Web(host="10.0.0.5", public_url="https://films.example"), True),
    ],
)
def test_a_request_names_this_server(host: str | None, web: Web, own: bool) -> None:
    assert own == is_own_host(host, web)
