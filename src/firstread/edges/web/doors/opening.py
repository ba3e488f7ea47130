"""The doors are set into an app."""

import time
from collections.abc import Callable

from fastapi import FastAPI

from firstread.config import Doors, Web
from firstread.edges.web.doors.entrance import make_entrance
from firstread.edges.web.doors.launch import Launch
from firstread.edges.web.doors.middleware import DoorsMiddleware
from firstread.edges.web.doors.pages import login_router
from firstread.edges.web.doors.start_up import require_safe
from firstread.store.store import Store

__all__ = ["set_doors"]


def set_doors(
    app: FastAPI,
    store: Store,
    *,
    web: Web,
    doors: Doors,
    launch: Launch | None,
    now: Callable[[], float] = time.time,
) -> None:
    """Let nobody reach an app but through the doors; to be called last, so that nothing stands before them.

    Args:
        app: With `problems.install` done.
        store: Accounts, sessions, tokens and the audit log.
        web: Where the server listens.
        doors: Which doors are open.
        launch: The secrets of this start, of `draw_launch(web)`.
        now: Seconds since 1970.

    Raises:
        ConfigError: If others can reach the server and no door is open, or one is open by half.
    """
    require_safe(web, doors)
    entrance = make_entrance(store, web, doors, launch=launch, now=now)
    app.include_router(login_router(entrance))
    if doors.oidc_issuer is not None:
        from firstread.edges.web.doors.oidc import oidc_router

        app.include_router(oidc_router(entrance))
    app.add_middleware(DoorsMiddleware, entrance=entrance)
