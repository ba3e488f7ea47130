"""Pages that are open hear of changes."""

import time
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.sse import EventSourceResponse, ServerSentEvent

from firstread.edges.web import schemas
from firstread.edges.web.documented import problems
from firstread.edges.web.doors.dependencies import Reader
from firstread.edges.web.examples import EVENTS, in_answer
from firstread.edges.web.room import ServedRoom
from firstread.reading.ranked_films import State

__all__ = ["router"]

router = APIRouter(tags=["events"], responses=problems())

_PATIENCE_S = 15.0
# Who listens is asked at the door only: then again, so that a closed account hears no more.
_LIFE_S = 300.0


@router.get("/events", response_class=EventSourceResponse, responses=in_answer("text/event-stream", EVENTS))
async def events(
    room: ServedRoom,
    _reader: Reader,
    last_event_id: Annotated[
        str | None,
        Header(
            max_length=32,
            examples=["118"],
            description="The last event that came before the stream broke off.",
        ),
    ] = None,
) -> AsyncIterator[ServerSentEvent]:
    """Say when the films have changed; a page that was cut off is told at once what it missed.

    When nothing changes, a "beat" says every 15 s that the stream still flows. After five minutes the stream ends with
    "again": whoever listens makes a new request.
    """
    ends_at = time.monotonic() + _LIFE_S
    seen = int(last_event_id) if last_event_id is not None and last_event_id.isdecimal() else -1
    while not room.closing.is_set():
        ranked = room.worklist.ranked
        told = schemas.ChangeOut(version=ranked.version, waiting=ranked.counts()[State.WAITING.value])
        if ranked.version != seen:
            seen = ranked.version
            yield ServerSentEvent(data=told, event="change", id=str(seen))
        elif time.monotonic() > ends_at:
            yield ServerSentEvent(data=told, event="again")
            return
        elif not await room.changed(seen, patience_s=_PATIENCE_S):
            # An event, not a comment: scripts do not see comments.
            yield ServerSentEvent(data=told, event="beat")
