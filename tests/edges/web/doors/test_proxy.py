"""A proxy is believed when it is listed, and nobody else is."""

import ipaddress

import pytest
from starlette.datastructures import Headers

from firstread.edges.web.doors.proxy import caller_address, named_by_proxy

NETWORKS = tuple(map(ipaddress.ip_network, ("10.0.0.5", "10.1.0.0/24", "fd00::/64")))
HEADER = "X-Remote-User"


def named(peer: str | None, *values: str) -> str | None:
    headers = Headers(raw=[(b"x-remote-user", value.encode()) for value in values])
    return named_by_proxy(peer, headers, header=HEADER, networks=NETWORKS)


@pytest.mark.parametrize("peer", ["10.0.0.5", "10.1.0.77", "fd00::1", "::ffff:10.0.0.5"])
def test_a_listed_proxy_names_a_reader(peer: str) -> None:
    assert "anna" == named(peer, " anna ")


@pytest.mark.parametrize(
    "peer", ["10.0.0.6", "10.1.1.1", "127.0.0.1", "::1", "fd00:0:0:1::1", "", "10.0.0.5, x", None, "unix"]
)
def test_nobody_else_names_anybody(peer: str | None) -> None:
    assert named(peer, "anna") is None


def test_a_name_that_came_twice_is_nobodys() -> None:
    """One came from before the proxy."""
    assert named("10.0.0.5", "anna", "admin") is None


def test_no_name_is_nobodys() -> None:
    assert [None, None] == [named("10.0.0.5"), named("10.0.0.5", "  ")]


def test_names_are_utf_8() -> None:
    not_utf_8 = Headers(raw=[(b"x-remote-user", b"J\xfcrgen")])

    assert "J\u00fcrgen" == named("10.0.0.5", "J\u00fcrgen")
    assert named_by_proxy("10.0.0.5", not_utf_8, header=HEADER, networks=NETWORKS) is None


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("192.0.2.1", [], "192.0.2.1"),
        ("192.0.2.1", ["198.51.100.7"], "192.0.2.1"),  # nobody listed said so
        ("10.0.0.5", ["198.51.100.7"], "198.51.100.7"),
        ("10.0.0.5", ["203.0.113.9, 198.51.100.7"], "198.51.100.7"),  # the first was said by the second
        ("10.0.0.5", ["198.51.100.7, 10.1.0.3"], "198.51.100.7"),
        ("10.0.0.5", ["203.0.113.9", "198.51.100.7"], "198.51.100.7"),
        ("10.0.0.5", ["10.1.0.3"], "10.1.0.3"),
        ("10.0.0.5", ["anything"], "10.0.0.5"),
        ("10.0.0.5", [], "10.0.0.5"),
        ("2001:db8::1:2:3:4", [], "2001:db8::/64"),
        (None, ["198.51.100.7"], "unknown"),
    ],
)
def test_callers_are_counted_by_the_address_before_the_proxies(
    peer: str | None, forwarded: list[str], expected: str
) -> None:
    headers = Headers(raw=[(b"x-forwarded-for", line.encode()) for line in forwarded])

    assert expected == caller_address(peer, headers, networks=NETWORKS)
