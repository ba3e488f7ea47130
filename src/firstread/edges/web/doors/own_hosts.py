"""Which names the server answers to: a page of somebody else must not reach it by a name of its own (DNS rebinding)."""

from urllib.parse import urlsplit

from firstread.config import Web
from firstread.edges.web.doors.start_up import is_loopback

__all__ = ["is_own_host"]


def is_own_host(host: str | None, web: Web) -> bool:
    """Tell whether a request names this server.

    A name that somebody else owns can be made to mean 127.0.0.1; the browser then takes that page and this server for
    one. What the browser cannot change is the name in the Host header.

    Args:
        host: The Host header, as it came.
        web: Where the server listens.
    """
    name = _name(host)
    if name is None:
        return False
    if is_loopback(name) or name == web.host.lower():
        return True
    if web.public_url is not None:
        return name == urlsplit(web.public_url).hostname
    # Beyond this computer nobody is known by an address alone, and cookies belong to a name.
    return not is_loopback(web.host)


def _name(host: str | None) -> str | None:
    try:
        parts = urlsplit(f"//{host or ''}")
        _ = parts.port  # is looked at only when it is asked for
    except ValueError:
        return None
    is_plain = not (parts.path or parts.query or parts.fragment or "@" in parts.netloc)
    return parts.hostname if is_plain else None
