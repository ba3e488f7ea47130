"""The door of a proxy that names the reader it has let in; believed from listed addresses alone."""

import ipaddress
from collections.abc import Sequence

from starlette.datastructures import Headers

__all__ = ["caller_address", "named_by_proxy"]

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def named_by_proxy(
    peer: str | None, headers: Headers, *, header: str, networks: Sequence[_Network]
) -> str | None:
    """Return the name that a proxy gives; None when it names nobody, or whoever sent it is no listed proxy.

    Args:
        peer: Address that the connection comes from.
        headers: Of the request.
        header: That holds the name.
        networks: The listed proxies.
    """
    if not _is_listed(_address(peer), networks):
        return None
    values = headers.getlist(header)
    if len(values) != 1:  # one by the proxy and one by somebody before it: which is which is anybody's guess
        return None
    try:
        # Headers are bytes; what looks like Latin-1 here is UTF-8 in every proxy that sends more than ASCII.
        return values[0].encode("latin-1").decode("utf-8").strip() or None
    except UnicodeError:
        return None


def caller_address(peer: str | None, headers: Headers, *, networks: Sequence[_Network]) -> str:
    """Return whose requests are counted together: the address before the listed proxies, of IPv6 the network.

    What X-Forwarded-For says is believed from its end on, as far as listed proxies wrote it.
    """
    nearest = _address(peer)
    said = [each.strip() for line in headers.getlist("x-forwarded-for") for each in line.split(",")]
    while said and _is_listed(nearest, networks):
        before = _address(said.pop())
        if before is None:
            break
        nearest = before
    if isinstance(nearest, ipaddress.IPv6Address):
        # One subscriber has a /64 at least, and with it more addresses than anybody can count.
        return str(ipaddress.ip_network((nearest, 64), strict=False))
    return str(nearest) if nearest is not None else "unknown"


def _address(text: str | None) -> _Address | None:
    try:
        address = ipaddress.ip_address(text or "")
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _is_listed(address: _Address | None, networks: Sequence[_Network]) -> bool:
    return address is not None and any(address in network for network in networks)
