"""Forms on their way take little memory together, however many there are and whatever their clients do."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest

from firstread.edges.web.film_spool import Spool, SpoolMemory

MakeSpool = Callable[[SpoolMemory], Spool]


@pytest.fixture
def make_spool() -> Iterator[MakeSpool]:
    with ExitStack() as opened:
        yield lambda memory: opened.enter_context(closing(Spool(memory)))


def append(spool: Spool, *parts: bytes) -> None:
    async def run() -> None:
        for part in parts:
            await spool.append(part)

    asyncio.run(run())


def left(memory: SpoolMemory) -> int:
    """Return how much of it is free."""
    n = 0
    while memory.take(1):
        n += 1
    memory.give_back(n)
    return n


def is_in_memory(spool: Spool) -> bool:
    return not spool._file._rolled  # type: ignore[attr-defined]  # where it lies is seen nowhere else


@pytest.mark.parametrize("most", [0, 5, 1000])
def test_what_was_appended_is_read_from_any_place(make_spool: MakeSpool, most: int) -> None:
    spool = make_spool(SpoolMemory(most))
    append(spool, b"abc", b"", b"defg", b"hi")

    assert 9 == spool.n_bytes
    assert (b"abcdefghi", b"cdef", b"i", b"") == (
        spool.read_at(0, 100),
        spool.read_at(2, 4),
        spool.read_at(8, 4),
        spool.read_at(9, 4),
    )
    assert (most == 1000) == is_in_memory(spool)


def test_all_together_take_no_more_than_there_is(make_spool: MakeSpool) -> None:
    memory = SpoolMemory(100)
    first, second, third = (make_spool(memory) for _ in range(3))
    append(first, bytes(60))
    append(second, bytes(30))
    append(second, bytes(30))
    append(third, bytes(40))

    assert [True, False, True] == [is_in_memory(spool) for spool in (first, second, third)]
    assert 0 == left(memory)

    first.close()
    assert 60 == left(memory)
    for spool in (second, third):
        spool.close()
    assert 100 == left(memory)


def test_one_that_is_on_the_disk_stays_there(make_spool: MakeSpool) -> None:
    memory = SpoolMemory(100, most_bytes_of_one=20)
    spool = make_spool(memory)
    append(spool, bytes(15), bytes(15), b"more")

    assert not is_in_memory(spool)
    assert 100 == left(memory)
    assert b"more" == spool.read_at(30, 10)
