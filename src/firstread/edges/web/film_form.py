"""A form with films, as browsers and programs send it."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from firstread.config import Web
from firstread.edges.web.film_spool import spooled
from firstread.edges.web.problems import Problem
from firstread.edges.web.room import Room
from firstread.reading.intake import SentFile, place_of

__all__ = ["DESCRIPTION", "FilmForm", "read"]

_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")

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
                            "example": "2026-03-01-night",
                        },
                        "films": {
                            "type": "array",
                            "minItems": 1,
                            "maxItems": Web().max_films_per_request,
                            "items": {"type": "string", "format": "binary"},
                            "description": "Each with its path as its file name, as ward/3/film.dcm.",
                        },
                    },
                }
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
    """Read a form with films; they are closed when the block ends.

    Raises:
        Problem: If it is no such form, or holds too much.
        StoreFullError: If there is no room for it.
    """
    most = room.config.web.max_films_per_request
    most_bytes = room.config.web.max_request_bytes
    try:
        async with spooled(request, room.store.films, most_bytes=most_bytes, most_files=most) as form:
            yield FilmForm(_key(form.get("delivery")), _files(form.getlist("films")))
    except HTTPException as error:
        raise _what_does_not_fit(error, most) from error


def _key(value: object) -> str:
    if not isinstance(value, str) or not _KEY.fullmatch(value):
        raise Problem(422, detail="delivery must be 1 to 64 letters, digits, - or _.")
    return value


def _files(values: list[Any]) -> list[SentFile]:
    files = [value for value in values if isinstance(value, UploadFile)]
    if not files or len(files) != len(values):
        raise Problem(422, detail="films must hold at least one file, and only files.")
    return [_sent(file) for file in files]


def _sent(file: UploadFile) -> SentFile:
    folder, name = place_of(file.filename or "")
    return SentFile(file.file, name, folder)


def _what_does_not_fit(error: HTTPException, most: int) -> Problem:
    if "Too many files" in str(error.detail):
        return Problem(
            413, detail=f"A request may hold at most {most} films; more came. Send them in several."
        )
    return Problem(error.status_code, detail="The body must be a form with films (multipart/form-data).")
