"""A server's life: the store opens, a worker starts beside it, requests are answered, and all ends together."""

import contextlib
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from firstread.config import Config, Web, Workers
from firstread.edges.web.app import create_app
from firstread.edges.web.connection_deadline import DeadlineProtocol
from firstread.edges.web.doors.launch import Launch, draw_launch, launch_url
from firstread.edges.web.doors.start_up import public_origin, require_safe
from firstread.edges.web.room import Room
from firstread.errors import ConfigError
from firstread.imaging.display import Reduction
from firstread.imaging.display_pool import DisplayPool
from firstread.inference.bundle import Bundle
from firstread.inference.session import processors
from firstread.reading import current_bundle
from firstread.reading.standing_worklist import StandingWorklist
from firstread.reading.worker_process import WorkerProcesses
from firstread.store.store import open_store
from firstread.store.store_mark import put_mark

__all__ = ["Serving", "serve"]

# A film that is being sent may finish.
_GRACE_S = 5
_BACKLOG = 512
# Who takes nothing of an answer for so long is gone.
_UNREAD_MS = 60_000
# One process shows films: a reader looks at one at a time, and scoring needs the processors.
_DISPLAY = Workers(processes=1)
# Films that come, and the browser they come from, keep two busy; with more than this scoring need not wait for them.
_FEW_PROCESSORS = 4


@dataclass(frozen=True, slots=True)
class Serving:
    """What a server that is ready says of itself.

    Args:
        url: The address to open.
        url_for_one_visit: Another one, which opens once: for the command that starts a browser.
        room: What it serves.
    """

    url: str
    url_for_one_visit: str
    room: Room


def serve(
    config: Config,
    bundle: Bundle,
    *,
    bundle_folder: Path | None,
    n_workers: int,
    ready: Callable[[Serving], None],
) -> None:
    """Serve until the process is told to stop.

    Args:
        config: Settings.
        bundle: The model that scores what arrives.
        bundle_folder: Where workers find it; None means that of firstread itself.
        n_workers: Processes that score films; 0 leaves that to `firstread worker` elsewhere.
        ready: Called once, when requests are about to be answered.

    Raises:
        ConfigError: If others can reach the server and no door is open, or the port is taken.
        StoreError: If the store cannot be opened.
    """
    require_safe(config.web, config.doors)
    with (
        _listening(config.web) as listener,
        open_store(config.store) as store,
        DisplayPool(Reduction(), limits=config.read, workers=_DISPLAY) as display,
    ):
        # Workers ask whose the films are and which model scores them.
        put_mark(store.database, store.films)
        current = current_bundle.take_over(store, bundle, now=time.time())
        worklist = StandingWorklist(store.database, config.worklist.wait_cap)
        room = Room(store, worklist, current, config, display)
        launch = draw_launch(config.web)
        settings = uvicorn.Config(
            create_app(room, launch=launch),
            http=DeadlineProtocol,
            # Addresses hold what readers search for; the log must not.
            access_log=False,
            log_level="warning",
            ws="none",
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=_GRACE_S,
        )
        server = _Server(settings, room)
        # Last, for they take a processor while they load.
        with WorkerProcesses(config, bundle_folder=bundle_folder, count=n_workers) as workers:
            if processors() <= _FEW_PROCESSORS:
                room.make_way = workers.make_way
            ready(Serving(*_urls(config.web, launch, listener), room))
            server.run(sockets=[listener])


class _Server(uvicorn.Server):
    """Ends the streams of events before it waits for what is under way: an open page must not keep it."""

    def __init__(self, config: uvicorn.Config, room: Room) -> None:
        super().__init__(config)
        self._room = room

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._room.close()
        await super().shutdown(sockets)


@contextlib.contextmanager
def _listening(web: Web) -> Iterator[socket.socket]:
    """Take the port before anything else starts."""
    family = socket.AF_INET6 if ":" in web.host else socket.AF_INET
    # Named a TCP socket, it sends small answers at once: asyncio asks that of no other.
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux: connections have it of their listener
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNREAD_MS)
        try:
            listener.bind((web.host, web.port))
            # From here on whoever calls waits, and is not refused: the address is printed before all is loaded.
            listener.listen(_BACKLOG)
        except OSError as error:
            raise ConfigError(
                f"web.port must be free at web.host; {web.host}:{web.port}: {error.strerror}. "
                "Choose another with --port, or 0 for any that is free."
            ) from error
        yield listener


def _urls(web: Web, launch: Launch | None, listener: socket.socket) -> tuple[str, str]:
    if launch is None:
        return public_origin(web), public_origin(web)
    port = listener.getsockname()[1]
    return launch_url(web, launch.token, port=port), launch_url(web, launch.for_one_visit(), port=port)
