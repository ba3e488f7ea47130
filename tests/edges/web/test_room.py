"""A room opens on what earlier ones left, and keeps up with its store."""

import asyncio
import io
import os
from collections.abc import Callable

from firstread.edges.web.room import Room


def test_what_a_stopped_process_left_behind_is_swept_once_the_room_is_open(
    many_films: Callable[[int], Room],
) -> None:
    """Nobody else would: a film that was deleted must not stay on the disk because its process was killed."""
    room = many_films(1)
    orphan = room.store.films.put(io.BytesIO(b"left behind"))
    os.utime(room.store.films.path(orphan.sha256), (0, 0))

    async def open_until_swept() -> None:
        async with asyncio.timeout(10), room.open():
            while room.store.films.has(orphan):
                await asyncio.sleep(0.01)

    asyncio.run(open_until_swept())

    assert not room.store.films.has(orphan)
