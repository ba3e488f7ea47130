"""The app: its routes, its pages, and the doors before them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

from firstread import __version__
from firstread.edges.web import problems
from firstread.edges.web.documented import DocumentedApp
from firstread.edges.web.doors.launch import Launch
from firstread.edges.web.doors.opening import set_doors
from firstread.edges.web.metrics import MeasuredRequests, registry_of, request_histogram
from firstread.edges.web.page import dashboard_page, reading_room_page
from firstread.edges.web.room import Room
from firstread.edges.web.routes import (
    dashboard,
    events,
    exports,
    films,
    metrics,
    readings,
    reports,
    roots,
    server,
    worklist,
)

__all__ = ["API", "create_app"]

API = "/api/v1"
_STATIC = Path(__file__).parent / "static"
_ABOUT = """Films in, a ranked reading worklist out. Research software, not a medical device.

A film is named by the SHA-256 of its file; sending it twice changes nothing. Errors are problem details (RFC 9457).
"""


def create_app(room: Room, *, launch: Launch | None) -> FastAPI:
    """Return the app of a reading room.

    Args:
        room: What it serves.
        launch: The secrets of this start; None where others than this computer can reach it.

    Raises:
        ConfigError: If others can reach it and no door is open.
    """

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with room.open():
            yield

    app = DocumentedApp(
        title="firstread",
        version=__version__,
        description=_ABOUT,
        openapi_url=f"{API}/openapi.json",
        # Their pages load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.room = room
    app.state.metrics = registry_of(room)
    for routes in (films, worklist, readings, exports, dashboard, events, metrics, roots, server):
        app.include_router(routes.router, prefix=API)
    app.include_router(reports.router)
    app.include_router(_pages())
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    problems.install(app)
    set_doors(app, room.store, web=room.config.web, doors=room.config.doors, launch=launch, now=room.clock)
    # Before the doors, since it answers nothing: what they refuse is counted.
    app.add_middleware(MeasuredRequests, histogram=request_histogram(app.state.metrics), prefix=API)
    return app


def _pages() -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    def reading_room() -> HTMLResponse:
        return HTMLResponse(reading_room_page())

    @router.get("/dashboard")
    def looking_back() -> HTMLResponse:
        return HTMLResponse(dashboard_page())

    return router
