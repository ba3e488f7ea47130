"""The sections of the configuration that a server needs: where films are kept, how they wait, who is let in."""

import ipaddress
from dataclasses import dataclass, field
from pathlib import PurePath
from urllib.parse import SplitResult, urlsplit

from firstread.config_sections import MIB, require

__all__ = ["Doors", "Queue", "Store", "Web"]

_LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Store:
    """Where films and all that is known of them are kept.

    Args:
        folder: Holds the films and, unless a URL is given, the database; None means the folder that this system
            has for data of programs.
        url: `postgresql://USER@HOST/NAME` for several servers; None means one SQLite file in the folder.
        reserve_bytes: What has to stay free on the disk of the films; below it nothing is accepted.
        patience_s: Seconds that a writer waits for the others before the sender is told to try again.
    """

    folder: str | None = None
    url: str | None = None
    reserve_bytes: int = 512 * MIB
    patience_s: float = 10.0

    def __post_init__(self) -> None:
        require(self.reserve_bytes >= 0, "store.reserve_bytes must not be negative", self.reserve_bytes)
        require(0 < self.patience_s <= 600, "store.patience_s must be in (0, 600]", self.patience_s)


@dataclass(frozen=True, slots=True)
class Queue:
    """How films wait for the model.

    Args:
        lease_s: Seconds after which a film in the hands of a worker that went silent is given to another.
        max_attempts: How often a film may end its worker, or not be opened, before it is given up, visibly.
        poll_s: Seconds between two looks at an empty queue.
    """

    lease_s: float = 30.0
    max_attempts: int = 3
    poll_s: float = 0.2

    def __post_init__(self) -> None:
        require(1 <= self.lease_s <= 3600, "queue.lease_s must be in [1, 3600]", self.lease_s)
        require(self.max_attempts >= 1, "queue.max_attempts must be at least 1", self.max_attempts)
        require(0 < self.poll_s <= 60, "queue.poll_s must be in (0, 60]", self.poll_s)


@dataclass(frozen=True, slots=True)
class Web:
    """Where the web app listens, and how much it takes at once.

    Args:
        host: Address to listen on. Beyond this computer only with one of the doors open.
        port: Port to listen on.
        public_url: Where browsers find the app when that is not the address above, as `https://films.example.org`
            behind a proxy that ends TLS; None means the address above.
        max_request_bytes: Largest request with films; other requests may have 1 MiB.
        max_films_per_request: Most films in one request.
        requests_per_s: Requests a second that one caller may make for long.
        burst: Requests that one caller may make at once.
        body_timeout_s: Seconds that a request may keep the server waiting for its body, beyond what a line of
            16 KiB/s needs.
        roots: Folders of this computer that administrators may take films from on the page, folders in them too:
            `["/archive/chest"]`. Each is called by the last of its names; links in them are not followed.
    """

    host: str = "127.0.0.1"
    port: int = 8321
    public_url: str | None = None
    max_request_bytes: int = 1024 * MIB
    max_films_per_request: int = 64
    requests_per_s: float = 50.0
    burst: int = 200
    body_timeout_s: float = 30.0
    roots: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require(bool(self.host.strip()), "web.host must be an address or a name", self.host)
        require(0 <= self.port <= 65535, "web.port must be in [0, 65535]", self.port)
        require(
            self.public_url is None or _is_origin(self.public_url),
            "web.public_url must be https://NAME or http://NAME, with a port or without, and no path",
            self.public_url,
        )
        require(
            self.max_request_bytes >= MIB,
            "web.max_request_bytes must be at least 1 MiB",
            self.max_request_bytes,
        )
        require(
            1 <= self.max_films_per_request <= 1000,
            "web.max_films_per_request must be in [1, 1000]",
            self.max_films_per_request,
        )
        require(
            0 < self.requests_per_s <= 1e6, "web.requests_per_s must be in (0, 1000000]", self.requests_per_s
        )
        require(self.burst >= 1, "web.burst must be at least 1", self.burst)
        require(
            0 < self.body_timeout_s <= 3600, "web.body_timeout_s must be in (0, 3600]", self.body_timeout_s
        )
        names = [PurePath(root).name for root in self.roots]
        require(
            all(names) and all(PurePath(root).is_absolute() for root in self.roots),
            "web.roots must be whole paths of folders",
            self.roots,
        )
        require(len(set(names)) == len(names), "web.roots must end in different names", self.roots)


@dataclass(frozen=True, slots=True)
class Doors:
    """Who is let in from beyond this computer; from here the address with a token opens, which is printed at the start.

    Args:
        local_accounts: Names and passwords that `firstread account add` keeps.
        oidc_issuer: An OpenID Connect provider, `https://…`; with the id and the secret of a client of it, whose
            redirect URI is `PUBLIC_URL/oidc/callback`.
        oidc_client_id: Of that client.
        oidc_client_secret: Of that client; best given as FIRSTREAD_DOORS__OIDC_CLIENT_SECRET, so that it stands in no
            file.
        oidc_scope: What the client asks for; some providers send groups only to who asks for "groups" as well.
        oidc_name_claim: Claim of the ID token that names a reader. Readers must not be able to change it; "sub" never
            changes.
        oidc_group_claim: Claim of the ID token that lists a reader's groups.
        oidc_reader_group: Who is let in; None means everybody whom the provider knows.
        oidc_admin_group: Who is let in as an administrator; None means that `firstread account role` decides.
        proxy_header: Header in which a proxy names the reader it has let in.
        proxy_addresses: Addresses and networks of such proxies, with commas between: "10.0.0.5, 10.1.0.0/24". The
            header is believed from these alone, and X-Forwarded-For as well.
        session_hours: Hours after which a reader logs in again.
    """

    local_accounts: bool = False
    oidc_issuer: str | None = None
    oidc_client_id: str | None = None
    oidc_client_secret: str | None = field(default=None, repr=False)
    oidc_scope: str = "openid profile email"
    oidc_name_claim: str = "preferred_username"
    oidc_group_claim: str = "groups"
    oidc_reader_group: str | None = None
    oidc_admin_group: str | None = None
    proxy_header: str | None = None
    proxy_addresses: str = ""
    session_hours: float = 12.0

    # What settings must hold together is asked when a server starts: they come in layers, one after the other.
    def __post_init__(self) -> None:
        require(
            self.oidc_issuer is None or _is_issuer(self.oidc_issuer),
            "doors.oidc_issuer must be https://…, or http:// on this computer",
            self.oidc_issuer,
        )
        require("openid" in self.oidc_scope.split(), "doors.oidc_scope must hold openid", self.oidc_scope)
        for name in ("oidc_name_claim", "oidc_group_claim"):
            require(bool(getattr(self, name)), f"doors.{name} must name a claim", getattr(self, name))
        require(
            self.proxy_header is None or self.proxy_header.replace("-", "").isalnum(),
            "doors.proxy_header must be the name of a header: letters, digits and hyphens",
            self.proxy_header,
        )
        self.proxy_networks()
        require(0 < self.session_hours <= 720, "doors.session_hours must be in (0, 720]", self.session_hours)

    def proxy_networks(self) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
        """Return the networks of `proxy_addresses`.

        Raises:
            ConfigError: If one is no address and no network, or is everybody.
        """
        rule = "doors.proxy_addresses must be addresses and networks with commas between, and not everybody"
        found = []
        for text in filter(None, map(str.strip, self.proxy_addresses.split(","))):
            try:
                network = ipaddress.ip_network(text)
            except ValueError:
                require(False, rule, text)
            else:
                require(network.prefixlen > 0, rule, text)
                found.append(network)
        return tuple(found)


def _is_origin(url: str) -> bool:
    parts = _split(url)
    return (
        parts is not None
        and parts.scheme in ("http", "https")
        and bool(parts.hostname)
        and "@" not in parts.netloc
        and (parts.path, parts.query, parts.fragment) in (("", "", ""), ("/", "", ""))
    )


def _is_issuer(url: str) -> bool:
    parts = _split(url)
    if parts is None or not parts.hostname or parts.query or parts.fragment or "@" in parts.netloc:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK_NAMES)


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # is looked at only when it is asked for
    except ValueError:
        return None
    return parts
