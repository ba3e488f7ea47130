"""A form with films, as browsers and programs send it."""

import re
import tempfile
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio.to_thread
from fastapi import Request

from firstread.config import Web
from firstread.config_sections import MIB
from firstread.edges.web.examples import FILMS_FORM
from firstread.edges.web.film_spool import Spool
from firstread.edges.web.form_reader import Form, FormFile, FormReader
from firstread.edges.web.problems import Problem
from firstread.edges.web.room import Room
from firstread.errors import StoreFullError
from firstread.reading.intake import SentFile, place_of
from firstread.store.film_folder import FilmFolder, is_full

__all__ = ["DESCRIPTION", "FilmForm", "read"]

_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ASKED_EVERY = MIB

DESCRIPTION: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["films", "delivery"],
                    "additionalProperties": False,
                    "properties": {
                        "delivery": {
                            "type": "string",
                            "pattern": f"^{_KEY.pattern}$",
                            "description": "The same for every request of one drop: its films are ranked as one group.",
                        },
                        "films": {
                            "type": "array",
                            "minItems": 1,
                            "maxItems": Web().max_films_per_request,
                            "items": {"type": "string", "format": "binary"},
                            "description": "Each with its path as its file name, as ward/3/film.dcm.",
                        },
                    },
                },
                "example": FILMS_FORM,
            }
        },
    }
}
"""What the OpenAPI document says of the form."""


@dataclass(frozen=True, slots=True)
class FilmForm:
    """What was sent.

    Args:
        delivery: What the sender calls the drop.
        files: The films, open.
    """

    delivery: str
    files: list[SentFile]


@asynccontextmanager
async def read(request: Request, room: Room) -> AsyncIterator[FilmForm]:
    """Read a form with films; they are gone when the block ends.

    Raises:
        Problem: If it is no such form, or holds too much.
        StoreFullError: If there is no room for it, or none is left while it comes.
    """
    web, films = room.config.web, room.store.films
    films.require_room(_n_bytes_needed(request, films, most_bytes=web.max_request_bytes))
    with closing(Spool(room.spool_memory)) as spool:
        reader = FormReader(
            request.headers.get("content-type", ""), spool, most_files=web.max_films_per_request
        )
        form = await _received(request, reader, films)
        yield FilmForm(_key(form.fields.get("delivery")), _files(form))


def _n_bytes_needed(request: Request, films: FilmFolder, *, most_bytes: int) -> int:
    """Return the room that a form takes; one that does not say how large it is may be the largest."""
    announced = request.headers.get("content-length", "")
    n_bytes = int(announced) if announced.isdecimal() else most_bytes
    return n_bytes * (2 if films.shares_disk_with(Path(tempfile.gettempdir())) else 1)


async def _received(request: Request, reader: FormReader, films: FilmFolder) -> Form:
    n_unasked = 0
    async with aclosing(request.stream()) as body:
        async for data in body:
            n_unasked += len(data)
            if n_unasked >= _ASKED_EVERY:
                # What fitted when it began may not fit any more, since others come too.
                await anyio.to_thread.run_sync(films.require_room, n_unasked)
                n_unasked = 0
            try:
                await reader.take(data)
            except OSError as error:
                if not is_full(error):
                    raise
                raise StoreFullError(
                    "TMPDIR must have room for the films of a request; it is full."
                ) from error
    return reader.end()


def _key(value: str | None) -> str:
    if value is None or not _KEY.fullmatch(value):
        raise Problem(422, detail="delivery must be 1 to 64 letters, digits, - or _.")
    return value


def _files(form: Form) -> list[SentFile]:
    films = [file for file in form.files if file.field == "films"]
    if not films or "films" in form.fields:
        raise Problem(422, detail="films must hold at least one file, and only files.")
    return [_sent(film) for film in films]


def _sent(film: FormFile) -> SentFile:
    folder, name = place_of(film.filename)
    return SentFile(film, name, folder)
