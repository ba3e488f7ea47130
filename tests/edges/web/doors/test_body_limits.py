"""How large a request may be, and how long it may take to come."""

import asyncio
import time
from collections.abc import Iterable
from typing import Any

import pytest
from starlette.datastructures import Headers
from starlette.types import Message

from firstread.edges.web.doors.body_limits import LimitedBody
from firstread.edges.web.problems import Problem


def body_of(
    parts: Iterable[tuple[float, bytes]],
    *,
    most_bytes: int = 100,
    patience_s: float = 30,
    announced: str = "",
    of_type: str = "",
) -> LimitedBody:
    """Return a body whose parts come after so many seconds each, and then a browser that stays."""
    coming = iter(list(parts))

    async def receive() -> Message:
        found = next(coming, None)
        if found is None:
            return {"type": "http.disconnect"}
        await asyncio.sleep(found[0])
        return {"type": "http.request", "body": found[1], "more_body": bool(found[1])}

    said = {"content-length": announced, "content-type": of_type}
    headers = Headers({name: value for name, value in said.items() if value})
    return LimitedBody(receive, headers, most_bytes=most_bytes, patience_s=patience_s)


def read(body: LimitedBody) -> int:
    """Read a body to its end and return its length."""

    async def all_of_it() -> int:
        length = 0
        while True:
            message = await body.receive()
            length += len(message.get("body", b""))
            if not message.get("more_body", False):
                return length

    return asyncio.run(all_of_it())


@pytest.mark.parametrize(
    ("sizes", "fits"), [((100,), True), ((50, 50), True), ((101,), False), ((60, 41), False)]
)
def test_bytes_are_counted(sizes: tuple[int, ...], fits: bool) -> None:
    body = body_of([*((0, b"x" * size) for size in sizes), (0, b"")])

    if fits:
        assert sum(sizes) == read(body)
        assert body.breach is None
        return
    with pytest.raises(Problem) as raised:
        read(body)
    assert 413 == raised.value.status
    assert body.breach is raised.value


@pytest.mark.parametrize(
    ("announced", "fits"),
    [
        ("100", True),
        ("101", False),
        ("9" * 5000, False),
        ("", True),
        ("-1", True),
        ("many", True),
        ("²", True),
    ],
)
def test_what_is_announced_is_looked_at_first(announced: str, fits: bool) -> None:
    """What it announces and is no number, the server has refused already."""
    body = body_of([], announced=announced)

    if fits:
        body.require_small()
    else:
        with pytest.raises(Problem, match="413"):
            body.require_small()


@pytest.mark.parametrize(("n_characters", "fits"), [(0, True), (256, True), (257, False)])
def test_a_type_is_no_longer_than_a_type_can_be(n_characters: int, fits: bool) -> None:
    body = body_of([], of_type="x" * n_characters)

    if fits:
        body.require_short_type()
    else:
        with pytest.raises(Problem, match="400"):
            body.require_short_type()


def test_a_body_that_stalls_is_given_up() -> None:
    body = body_of([(0, b"x"), (30, b"x")], patience_s=0.05)
    began = time.monotonic()
    with pytest.raises(Problem) as raised:
        read(body)

    assert 408 == raised.value.status
    assert time.monotonic() - began < 10


def test_a_body_that_drips_is_given_up_as_well() -> None:
    """Each part comes in time; together they keep a connection for hours."""
    body = body_of([(0.02, b"x")] * 1000, most_bytes=10_000, patience_s=0.2)

    with pytest.raises(Problem, match="408"):
        read(body)


def test_a_large_body_may_take_as_long_as_a_slow_line_needs() -> None:
    """64 KiB earn four seconds at 16 KiB/s."""
    body = body_of([(0, b"x" * 65_536), (0.3, b"x"), (0, b"")], most_bytes=100_000, patience_s=0.1)

    assert 65_537 == read(body)


def test_what_the_app_takes_is_not_counted() -> None:
    body = body_of([(0, b"x"), (0, b"x"), (0, b"")], patience_s=0.2)

    async def slow_app() -> int:
        length = 0
        while (message := await body.receive())["more_body"]:
            length += len(message["body"])
            await asyncio.sleep(0.3)
        return length

    assert 2 == asyncio.run(slow_app())


def test_after_the_body_there_is_no_limit() -> None:
    """A stream of events waits there for the browser to leave."""

    async def look() -> Any:
        left = asyncio.Event()

        async def receive() -> Message:
            if not seen:
                seen.append(1)
                return {"type": "http.request", "body": b"", "more_body": False}
            await left.wait()
            return {"type": "http.disconnect"}

        seen: list[int] = []
        body = LimitedBody(receive, Headers({}), most_bytes=1, patience_s=0.05)
        await body.receive()
        waiting = asyncio.create_task(body.receive())
        await asyncio.sleep(0.3)
        assert not waiting.done()
        left.set()
        return await waiting

    assert {"type": "http.disconnect"} == asyncio.run(look())


def test_a_browser_that_leaves_ends_the_body() -> None:
    async def look() -> Message:
        return await body_of([]).receive()

    assert {"type": "http.disconnect"} == asyncio.run(look())


def test_a_refused_body_stays_refused() -> None:
    body = body_of([(0, b"x" * 101), (0, b"")])
    for _ in range(2):
        with pytest.raises(Problem, match="413"):
            read(body)
