"""What the reading room looks back on."""

from dataclasses import replace
from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Query

from firstread.edges.web.dashboard_schemas import DashboardOut
from firstread.edges.web.documented import problems
from firstread.edges.web.doors.dependencies import Reader
from firstread.edges.web.room import ServedRoom
from firstread.reading.reader_agreement import seen_by
from firstread.reading.stretch import Stretch
from firstread.store.scopes import Scope

__all__ = ["router"]

router = APIRouter(tags=["dashboard"], responses=problems())

# From Baker Island to Kiribati; every zone is a multiple of a quarter of an hour.
_WEST_MIN, _EAST_MIN, _QUARTER_MIN = -12 * 60, 14 * 60, 15


@router.get("/dashboard")
async def dashboard(
    room: ServedRoom,
    reader: Reader,
    period: Annotated[Stretch, Query(description="How far back.")] = Stretch.DAY,
    utc_offset_min: Annotated[
        int,
        Query(
            ge=_WEST_MIN,
            le=_EAST_MIN,
            multiple_of=_QUARTER_MIN,
            examples=[60],
            description="Minutes that the caller's clock is ahead of UTC: days begin at the caller's midnight.",
        ),
    ] = 0,
) -> DashboardOut:
    """Return how many films came, how long they waited, and whether films and model changed; seconds old at most."""
    seen = await anyio.to_thread.run_sync(
        lambda: room.dashboards.look(period, now=room.clock(), utc_offset_s=60.0 * utc_offset_min),
        limiter=room.looking_back,
    )
    agreements = seen_by(seen.agreements, reader=reader.name, is_admin=Scope.ADMIN in reader.scopes)
    return DashboardOut.model_validate(replace(seen, agreements=agreements))
