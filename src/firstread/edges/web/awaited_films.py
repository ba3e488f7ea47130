"""Films that somebody waits to see: a few for each caller, and none is opened for who has left."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

import anyio.to_thread
from fastapi import Request
from starlette.requests import ClientDisconnect

from firstread.edges.web.doors.dependencies import anybody
from firstread.edges.web.problems import Problem

__all__ = ["AwaitedFilms"]

_T = TypeVar("_T")
_RETRY_AFTER_S = 2


class AwaitedFilms:
    """The films that are being opened, by who waits for them; to be used on one event loop.

    Args:
        most_each: Films that one caller may wait for at a time.
    """

    def __init__(self, *, most_each: int = 16) -> None:
        self._most_each = most_each
        self._callers: list[str] = []

    async def wait_for(self, request: Request, opening: Callable[[], "Future[_T]"]) -> _T:
        """Return what is made of a film.

        No thread waits for it: films are opened one after the other, and the threads are those of all requests.

        Args:
            request: Of who waits.
            opening: Begins it; called in a thread.

        Raises:
            Problem: 429 if the caller waits for too many.
            ClientDisconnect: If the caller has left; what had not begun is given up.
        """
        caller = (await anybody(request)).caller
        if self._callers.count(caller) >= self._most_each:
            detail = f"At most {self._most_each} films are opened for one caller at a time."
            raise Problem(429, detail=detail, headers={"Retry-After": str(_RETRY_AFTER_S)})
        self._callers.append(caller)
        try:
            return await _while_there(request, await anyio.to_thread.run_sync(opening))
        finally:
            self._callers.remove(caller)


async def _while_there(request: Request, outcome: "Future[_T]") -> _T:
    waiting = asyncio.wrap_future(outcome)
    leaving = asyncio.create_task(_left(request))
    try:
        await asyncio.wait((waiting, leaving), return_when=asyncio.FIRST_COMPLETED)
        if waiting.done():
            return waiting.result()
        leaving.result()
        raise ClientDisconnect
    finally:
        leaving.cancel()
        # One that has begun goes on, and nobody hears of it.
        waiting.cancel()


async def _left(request: Request) -> None:
    """Return once a caller has left.

    Raises:
        Problem: 408 if a body was announced that does not come.
    """
    while (await request.receive())["type"] != "http.disconnect":
        pass
