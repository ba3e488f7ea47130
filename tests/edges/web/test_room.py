"""A room opens on what earlier ones left, and keeps up with its store."""

import asyncio
import io
import os
import time
from collections.abc import Callable

import pytest
from sqlalchemy import insert

from firstread.edges.web.room import Room
from firstread.reading.ranked_films import RankedFilms
from firstread.store import changes, queue, tables
from firstread.terms import Change


def test_what_a_stopped_process_left_behind_is_swept_once_the_room_is_open(
    many_films: Callable[[int], Room],
) -> None:
    """Nobody else would: a film that was deleted must not stay on the disk because its process was killed."""
    room = many_films(1)
    film = room.store.films.put(io.BytesIO(b"left behind"))
    with room.store.database.write() as connection:
        connection.execute(insert(tables.pending_deletion), {"sha256": film.sha256, "noted_at": 0.0})

    async def open_until_swept() -> None:
        async with asyncio.timeout(10), room.open():
            while room.store.films.has(film):
                await asyncio.sleep(0.01)

    asyncio.run(open_until_swept())

    assert not room.store.films.has(film)


def test_films_that_the_database_does_not_know_are_kept_and_counted(
    many_films: Callable[[int], Room], caplog: pytest.LogCaptureFixture
) -> None:
    """Yesterday's database may have been put back, and they came since."""
    room = many_films(1)
    film = room.store.films.put(io.BytesIO(b"acknowledged today"))
    os.utime(room.store.films.path(film.sha256), (0, 0))

    async def open_until_told() -> None:
        async with asyncio.timeout(10), room.open():
            while not caplog.messages:
                await asyncio.sleep(0.01)

    asyncio.run(open_until_told())

    assert room.store.films.has(film)
    assert caplog.messages[0].startswith(
        "1 films lie in the folder that the database does not know; they were kept"
    )


def test_a_room_keeps_up_with_its_store_after_something_that_nobody_expected(
    many_films: Callable[[int], Room], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Else every page stands still until the next start, and nobody is told why."""
    room = many_films(1)
    refresh, calls = room.worklist.refresh, list[int]()

    def fails_once_it_is_open() -> RankedFilms:
        calls.append(1)
        if len(calls) == 2:
            raise ZeroDivisionError("DOE^JANE")
        return refresh()

    async def open_until_told() -> bool:
        async with asyncio.timeout(10), room.open():
            while len(calls) < 2:
                await asyncio.sleep(0.01)
            version = room.worklist.ranked.version
            with room.store.database.write() as connection:
                changes.append(connection, [1], Change.READ, now=0.0)
            return await room.changed(version, patience_s=5)

    monkeypatch.setattr(room.worklist, "refresh", fails_once_it_is_open)

    assert asyncio.run(open_until_told())
    assert "the reading worklist was not brought up to date: ZeroDivisionError" in caplog.text
    assert "DOE" not in caplog.text


def test_while_many_changes_come_pages_are_told_less_and_less_often(
    many_films: Callable[[int], Room], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each time they fetch their films anew; while hundreds are scored in a second nobody sees each of them."""
    room = many_films(30)
    monkeypatch.setattr("firstread.edges.web.room._REFRESH_S", 0.02)
    monkeypatch.setattr("firstread.edges.web.room._LONGEST_REFRESH_S", 1.5)

    async def told_within_a_second(n_changes: int) -> bool:
        version = room.worklist.ranked.version
        with room.store.database.write() as connection:
            changes.append(connection, range(1, n_changes + 1), Change.SCORED, now=0.0)
        return await room.changed(version, patience_s=1)

    async def in_turn() -> list[bool]:
        async with asyncio.timeout(30), room.open():
            return [await told_within_a_second(n) for n in (1, 1, *[30] * 8, *[1] * 6)]

    told = asyncio.run(in_turn())

    # The first of many are told at once: among them is the first score of a drop.
    assert [True] * 5 == told[:5]
    assert False in told[5:10]
    assert [True, True] == told[-2:]


def test_of_the_last_of_many_films_pages_are_told_as_soon_as_it_is_scored(
    many_films: Callable[[int], Room], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who waits for a folder would look at rows without a score for a while in which nothing is left to do."""
    room = many_films(30)
    monkeypatch.setattr("firstread.edges.web.room._REFRESH_S", 0.04)
    monkeypatch.setattr("firstread.edges.web.room._LONGEST_REFRESH_S", 60.0)

    def score_all() -> int:
        version = room.worklist.ranked.version
        with room.store.database.write() as connection:
            changes.append(connection, range(1, 31), Change.SCORED, now=0.0)
        return version

    async def told_soon_of_the_last() -> bool:
        async with asyncio.timeout(30), room.open():
            # The rest after the last of these takes 2.5 s.
            assert all([await room.changed(score_all(), patience_s=5) for _ in range(7)])
            version = score_all()
            finish_all(room)
            return await room.changed(version, patience_s=1.5)

    assert asyncio.run(told_soon_of_the_last())


def finish_all(room: Room) -> None:
    with room.store.database.claim() as connection:
        leases = queue.lease(
            connection, bundle_id=room.bundle.bundle_id, owner="one", n=100, lease_s=60, now=time.time()
        )
    with room.store.database.write() as connection:
        queue.finish(connection, leases, owner="one")
