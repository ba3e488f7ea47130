"""Room for a form on its way: a large file of it waits in TMPDIR until all have come, and is stored only then."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio.to_thread
from fastapi import Request
from starlette.datastructures import FormData
from starlette.types import Message, Receive

from firstread.config_sections import MIB
from firstread.errors import StoreFullError
from firstread.store.film_folder import FilmFolder, is_full

__all__ = ["spooled"]

_ASKED_EVERY = MIB
_MOST_FIELDS = 4


@asynccontextmanager
async def spooled(
    request: Request, films: FilmFolder, *, most_bytes: int, most_files: int
) -> AsyncIterator[FormData]:
    """Receive a form; its files are closed when the block ends.

    Args:
        request: What brings it.
        films: Where its files will be stored.
        most_bytes: Largest request; one that does not say how large it is may be as large as this.
        most_files: Files that it may hold.

    Raises:
        StoreFullError: If there is no room for it, or none is left while it comes.
        HTTPException: If it is no form, or holds too many files.
    """
    announced = request.headers.get("content-length", "")
    n_bytes = int(announced) if announced.isdecimal() else most_bytes
    n_copies = 2 if films.shares_disk_with(Path(tempfile.gettempdir())) else 1
    films.require_room(n_copies * n_bytes)
    watched = Request(request.scope, _WatchedBody(request.receive, films).receive)
    try:
        form = await watched.form(max_files=most_files, max_fields=_MOST_FIELDS)
    except OSError as error:
        if is_full(error):
            raise StoreFullError("TMPDIR must have room for the films of a request; it is full.") from error
        raise
    try:
        yield form
    finally:
        await watched.close()


class _WatchedBody:
    """The way of a body to the disk: what fitted when it began may not fit any more, since others come too."""

    def __init__(self, receive: Receive, films: FilmFolder) -> None:
        self._receive, self._films, self._n_unasked = receive, films, 0

    async def receive(self) -> Message:
        message = await self._receive()
        self._n_unasked += len(message.get("body", b""))
        if self._n_unasked >= _ASKED_EVERY:
            await anyio.to_thread.run_sync(self._films.require_room, self._n_unasked)
            self._n_unasked = 0
        return message
