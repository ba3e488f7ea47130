"""What the server tells Prometheus: each app has a registry of its own, and no label holds a name or a film."""

import time

from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from firstread.edges.web.room import Room
from firstread.edges.web.room_collector import RoomCollector

__all__ = ["MeasuredRequests", "registry_of", "request_histogram"]

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_OTHER = "other"
# Readers feel 0.1 s, and give up after some seconds; an upload may take a minute.
_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_STATIC = "/static"


def registry_of(room: Room) -> CollectorRegistry:
    """Return the registry of an app that serves a room: what stands there, and how the process is."""
    registry = CollectorRegistry()
    registry.register(RoomCollector(room))
    # Memory, processor time and open files, where the system tells (Linux does).
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    return registry


def request_histogram(registry: CollectorRegistry) -> Histogram:
    """Return the histogram that counts requests and times their answers."""
    return Histogram(
        "firstread_http_request_seconds",
        "Time from a request to the first byte of its answer, by route and status.",
        ("method", "route", "status"),
        buckets=_BUCKETS_S,
        registry=registry,
    )


class MeasuredRequests:
    """Measures requests on their way; plain ASGI, so that streams pass as they come.

    An answer is timed to its first byte: a stream of events ends only with its page.

    Args:
        app: What answers, its doors included: what they refuse is counted too.
        histogram: Where to count.
        prefix: What the addresses of all routes of the API begin with.
    """

    def __init__(self, app: ASGIApp, *, histogram: Histogram, prefix: str) -> None:
        self._app = app
        self._histogram = histogram
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and note how it was answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                labels = (_method(scope), self._route(scope), str(message["status"]))
                self._histogram.labels(*labels).observe(time.perf_counter() - began)
            await send(message)

        await self._app(scope, receive, noting)

    def _route(self, scope: Scope) -> str:
        """Return the route's template: an address may name a film, and anybody may invent addresses."""
        template = getattr(scope.get("route"), "path", None)
        if isinstance(template, str):
            # Newer releases of FastAPI leave out here what a router was included with.
            is_cut = scope["path"].startswith(self._prefix) and not template.startswith(self._prefix)
            return f"{self._prefix}{template}" if is_cut else template
        return _STATIC if scope["path"].startswith(f"{_STATIC}/") else _OTHER


def _method(scope: Scope) -> str:
    return scope["method"] if scope["method"] in _METHODS else _OTHER
