"""Who leaves before a film is opened leaves nothing to do; and nobody has more than a few films opened at a time."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any

import pytest
from fastapi import Request
from starlette.requests import ClientDisconnect
from starlette.types import Message

from firstread.edges.web.awaited_films import AwaitedFilms
from firstread.edges.web.doors.identity import Door, person
from firstread.edges.web.problems import Problem
from firstread.terms import Role


class Caller:
    """Somebody who asks for films, and stays until told to leave."""

    def __init__(self, name: str = "anna") -> None:
        self.left = asyncio.Event()
        identity = person(name, Role.READER, Door.ACCOUNT)
        self.request = Request({"type": "http", "state": {"identity": identity}}, self._receive)
        self._asked = False

    async def _receive(self) -> Message:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.left.wait()
        return {"type": "http.disconnect"}


async def until_awaited(work: Coroutine[Any, Any, str]) -> "asyncio.Task[str]":
    """Return a task that waits for its film."""
    task = asyncio.create_task(work)
    await asyncio.sleep(0.2)
    assert not task.done()
    return task


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(work, 30))


def test_who_stays_gets_the_film() -> None:
    async def look() -> None:
        film: Future[str] = Future()
        waiting = await until_awaited(AwaitedFilms().wait_for(Caller().request, lambda: film))
        film.set_result("shown")

        assert "shown" == await waiting

    run(look())


def test_a_film_that_nobody_waits_for_any_more_is_not_opened() -> None:
    async def look() -> None:
        film: Future[str] = Future()
        caller = Caller()
        waiting = await until_awaited(AwaitedFilms().wait_for(caller.request, lambda: film))
        caller.left.set()

        with pytest.raises(ClientDisconnect):
            await waiting
        assert film.cancelled()

    run(look())


def test_a_film_that_is_being_opened_is_not_waited_for_once_its_caller_has_left() -> None:
    """What comes of it, nobody hears; not even that it failed."""

    async def look() -> None:
        film: Future[str] = Future()
        caller = Caller()
        waiting = await until_awaited(AwaitedFilms().wait_for(caller.request, lambda: film))
        film.set_running_or_notify_cancel()
        caller.left.set()

        with pytest.raises(ClientDisconnect):
            await waiting
        assert film.running()
        film.set_exception(ValueError("nobody's"))
        await asyncio.sleep(0.05)

    run(look())


def test_a_request_that_is_given_up_gives_its_film_up() -> None:
    async def look() -> None:
        film: Future[str] = Future()
        waiting = await until_awaited(AwaitedFilms().wait_for(Caller().request, lambda: film))
        waiting.cancel()

        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert film.cancelled()

    run(look())


def test_nobody_has_more_than_a_few_films_opened_at_a_time() -> None:
    """Others may ask meanwhile; and so may who waited, once a film has come."""

    async def look() -> None:
        films = AwaitedFilms(most_each=2)
        opened: list[Future[str]] = []

        def opening() -> "Future[str]":
            opened.append(Future())
            return opened[-1]

        waiting = [await until_awaited(films.wait_for(Caller().request, opening)) for _ in range(2)]
        with pytest.raises(Problem) as raised:
            await films.wait_for(Caller().request, opening)
        waiting.append(await until_awaited(films.wait_for(Caller("bert").request, opening)))
        opened[0].set_result("shown")
        await waiting[0]
        waiting.append(await until_awaited(films.wait_for(Caller().request, opening)))
        for film in opened[1:]:
            film.set_result("shown")

        assert (429, "2") == (raised.value.status, raised.value.headers["Retry-After"])
        assert "At most 2 films are opened for one caller at a time." == raised.value.detail
        assert ["shown"] * 4 == await asyncio.gather(*waiting)

    run(look())
