"""What every door of one server shares: the store, the settings, and what is remembered between requests."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from anyio import CapacityLimiter
from starlette.requests import HTTPConnection

from firstread.config import Doors, Web
from firstread.edges.web.doors.guesses import Guesses
from firstread.edges.web.doors.launch import Launch
from firstread.edges.web.doors.proxy import caller_address
from firstread.edges.web.doors.refusal_log import RefusalLog
from firstread.store.store import Store

__all__ = ["Entrance", "make_entrance"]

# A hash of argon2 takes 64 MiB while it is computed.
_HASHES_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Entrance:
    """The doors of one server.

    Args:
        store: Accounts, sessions, tokens and the audit log.
        web: Where the server listens.
        doors: Which doors are open.
        launch: The secrets of this start; None where others can reach the server.
        now: Seconds since 1970.
        refusals: Who was not let in.
        guesses: How often passwords were tried.
        hashing: How many passwords are hashed at once.
    """

    store: Store
    web: Web
    doors: Doors
    launch: Launch | None
    now: Callable[[], float]
    refusals: RefusalLog
    guesses: Guesses = field(default_factory=Guesses)
    hashing: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(_HASHES_AT_ONCE))

    def address_of(self, connection: HTTPConnection) -> str:
        """Return whose requests are counted together when nobody is known by name."""
        return caller_address(peer_of(connection), connection.headers, networks=self.doors.proxy_networks())


def make_entrance(
    store: Store,
    web: Web,
    doors: Doors,
    *,
    launch: Launch | None,
    now: Callable[[], float] = time.time,
) -> Entrance:
    """Return the doors that the settings open."""
    return Entrance(store, web, doors, launch, now, RefusalLog(store, now))


def peer_of(connection: HTTPConnection) -> str | None:
    """Return the address that a connection comes from; None when it has none."""
    return None if connection.client is None else connection.client.host
