"""A server that others can reach does not start without a door."""

import ipaddress
from urllib.parse import urlsplit

from firstread.config import Doors, Web
from firstread.edges.web.doors.identity import Door
from firstread.errors import ConfigError

__all__ = ["cautions", "is_loopback", "only_this_computer", "open_doors", "public_origin", "require_safe"]


def is_loopback(host: str) -> bool:
    """Tell whether an address, or a name, can only be this computer's own."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        # Any other name means what somebody's name server says.
        return host.lower() == "localhost"


def only_this_computer(web: Web) -> bool:
    """Tell whether nobody beyond this computer can reach the server, also not through a proxy on this computer."""
    public = None if web.public_url is None else urlsplit(web.public_url).hostname
    return is_loopback(web.host) and (public is None or is_loopback(public))


def public_origin(web: Web) -> str:
    """Return where browsers find the app: scheme, name and port."""
    if web.public_url is not None:
        return web.public_url.rstrip("/")
    host = f"[{web.host}]" if ":" in web.host else web.host
    return f"http://{host}:{web.port}"


def open_doors(doors: Doors) -> tuple[Door, ...]:
    """Return the doors that the settings open to people beyond this computer."""
    asked = (
        (Door.ACCOUNT, doors.local_accounts),
        (Door.OIDC, doors.oidc_issuer is not None),
        (Door.PROXY, doors.proxy_header is not None),
    )
    return tuple(door for door, is_open in asked if is_open)


def require_safe(web: Web, doors: Doors) -> None:
    """Refuse to start a server that would let in whoever reaches it, or that has half a door.

    Raises:
        ConfigError: With what to set.
    """
    client = (doors.oidc_issuer, doors.oidc_client_id, doors.oidc_client_secret)
    if any(client) and not all(client):
        raise ConfigError(
            "OpenID Connect needs doors.oidc_issuer, doors.oidc_client_id and doors.oidc_client_secret "
            "(FIRSTREAD_DOORS__OIDC_CLIENT_SECRET); "
            f"received {sum(map(bool, client))} of the three."
        )
    if doors.proxy_header is not None and not doors.proxy_networks():
        raise ConfigError(
            "A proxy that names readers needs doors.proxy_addresses beside doors.proxy_header, "
            "so that nobody else is believed; received none."
        )
    if only_this_computer(web):
        return
    if not open_doors(doors):
        raise ConfigError(
            "A server that others can reach needs a door: set doors.local_accounts = true and add people with "
            "`firstread account add`, or set doors.oidc_issuer, or doors.proxy_header with doors.proxy_addresses. "
            "Or keep it to this computer: web.host = '127.0.0.1', without web.public_url; "
            f"received web.host = {web.host!r}, web.public_url = {web.public_url!r} and no door."
        )
    if doors.oidc_issuer is not None and web.public_url is None:
        raise ConfigError(
            "OpenID Connect needs web.public_url, the address that the provider sends browsers back to; "
            "received none."
        )


def cautions(web: Web, doors: Doors) -> tuple[str, ...]:
    """Return what is allowed, and yet should be said when the server starts."""
    said = []
    if not only_this_computer(web) and not public_origin(web).startswith("https://"):
        said.append(
            "Films, readings and passwords can be read on their way: let a proxy add TLS, and set "
            "web.public_url to its https:// address."
        )
    if web.public_url is not None and not doors.proxy_networks():
        said.append(
            "Callers who are not logged in are counted as one when they come through a proxy: set "
            "doors.proxy_addresses."
        )
    if doors.proxy_header is not None and any(network.is_loopback for network in doors.proxy_networks()):
        said.append(
            "Every user of this computer can claim to be any reader, since doors.proxy_addresses lists the computer "
            "itself: let nobody else log in on it, or let the proxy come from an address of its own."
        )
    if doors.oidc_issuer is not None and doors.oidc_reader_group is None:
        said.append(
            "Everybody whom the OpenID Connect provider knows may read films: set doors.oidc_reader_group."
        )
    return tuple(said)
