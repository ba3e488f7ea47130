"""Films: sent, asked for, removed."""

import os
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path as FilePath
from typing import Annotated, Any, TypeVar

import anyio.to_thread
import numpy.typing as npt
from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import FileResponse, Response
from starlette.types import Receive, Scope, Send

from firstread.edges.web import film_form, film_headers, film_picture, heat_map_picture, replies, schemas
from firstread.edges.web.documented import problems
from firstread.edges.web.doors.dependencies import Admin, Reader, scope
from firstread.edges.web.doors.identity import Identity
from firstread.edges.web.examples import SHA256
from firstread.edges.web.header_schemas import HeaderFactsOut
from firstread.edges.web.naming_schemas import NamedFilm, NamedFilms, ReceivedNames
from firstread.edges.web.problems import Problem
from firstread.edges.web.room import Room, ServedRoom
from firstread.imaging import content
from firstread.imaging.display import Displayed
from firstread.imaging.header_facts import HeaderFacts
from firstread.reading import intake, reasons_for_rank, removal
from firstread.store import audit_log, copies, films, outcomes, readings
from firstread.store.deliveries import NamedFile
from firstread.store.films import KeptFilm

__all__ = ["router"]

_T = TypeVar("_T")

router = APIRouter(prefix="/films", tags=["films"], responses=problems())

Sha256 = Annotated[str, Path(pattern="^[0-9a-f]{64}$", examples=[SHA256], description="SHA-256 of the file.")]
Blinded = Annotated[bool, Query(description="Hide scores of films that the caller has not read.")]
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_BYTES: dict[int | str, dict[str, Any]] = {200: {"content": {"application/octet-stream": _BINARY}}}
_SAMPLES: dict[int | str, dict[str, Any]] = {200: {**_BYTES[200], "headers": film_headers.DESCRIBED}}
_PNG: dict[int | str, dict[str, Any]] = {200: {"content": {"image/png": _BINARY}}}

Sender = Annotated[Identity, Depends(scope("films:write"))]


@router.post("", status_code=201, openapi_extra=film_form.DESCRIPTION, responses=problems(413, 507))
async def send_films(request: Request, room: ServedRoom, sender: Sender) -> schemas.ReceivedFilms:
    """Store films and queue them for the model; what is answered for survives whatever comes."""
    with room.make_way():
        async with film_form.read(request, room) as form:
            received = await anyio.to_thread.run_sync(
                lambda: intake.receive(
                    room.store,
                    form.files,
                    delivery=form.delivery,
                    sender=sender.name,
                    bundle_id=room.bundle.bundle_id,
                    now=room.clock(),
                ),
                limiter=room.storing,
            )
    return replies.received_films(received, sender)


@router.post("/known")
def known_films(asked: schemas.KnownFilms, room: ServedRoom, _reader: Reader) -> schemas.Known:
    """Say which films are here already and need not be sent."""
    with room.store.database.read() as connection:
        return schemas.Known(known=sorted(films.those_here(connection, asked.films)))


@router.post("/names", responses=problems(507))
def name_films(asked: NamedFilms, room: ServedRoom, sender: Sender) -> ReceivedNames:
    """Write down under which other names films came that are here already, and say which need not be sent."""
    received = intake.receive_names(
        room.store, [_named(file) for file in asked.files], sender=sender.name, now=room.clock()
    )
    return replies.named(received, sender)


@router.post("/synthetic", status_code=201, responses=problems(507))
async def synthetic_films(room: ServedRoom, sender: Sender) -> schemas.ReceivedFilms:
    """Make films that show nobody, and send them: to see what the page does."""
    received = await anyio.to_thread.run_sync(
        lambda: intake.receive_synthetic(
            room.store, sender=sender.name, bundle_id=room.bundle.bundle_id, now=room.clock()
        ),
        limiter=room.making,
    )
    return replies.received_films(received, sender)


@router.get("/{film}", responses=problems(404))
def film(film: Sha256, room: ServedRoom, reader: Reader, blinded: Blinded = False) -> schemas.FilmOut:
    """Return all that is known of a film."""
    with room.store.database.read() as connection:
        kept = _require(films.by_sha256(connection, film))
        heat = outcomes.heat_map(connection, kept.film_id)
        said = readings.of_film(connection, kept.film_id)
        others = copies.of_films(connection, [kept.film_id], at_most=schemas.MOST_COPIES)
        read_by_caller = readings.read_by(connection, reader.name, [kept.film_id])
    place = room.worklist.ranked.place(kept.film_id)
    hidden = replies.hidden_from(kept.film_id, blinded=blinded, read_by_caller=read_by_caller)
    rank = None if place is None else place.rank
    named = others.get(kept.film_id, [])
    return replies.film(kept, rank, said, named, has_heat_map=heat is not None, hidden=hidden)


@router.get("/{film}/place", responses=problems(404))
def place_of_film(film: Sha256, room: ServedRoom, _reader: Reader) -> schemas.PlaceOut:
    """Say where a film stands in the reading worklist, and why."""
    kept = _kept(room, film)
    place = room.worklist.ranked.place(kept.film_id)
    if place is None:
        raise Problem(404, detail="The film has no place yet; it arrived a moment ago.")
    return schemas.PlaceOut(
        rank=place.rank,
        arrival=place.arrival,
        latest=place.latest,
        unread=place.n_unread,
        why=reasons_for_rank.why(kept, place),
        rule=reasons_for_rank.rule(room.config.worklist.wait_cap),
    )


@router.get("/{film}/file", response_class=FileResponse, responses=_BYTES | problems(404))
def file_of_film(film: Sha256, room: ServedRoom, reader: Reader) -> FileResponse:
    """Return a film's file as it came; it may hold what its maker wrote into it, a patient's name too."""
    _kept(room, film)
    with room.store.database.write() as connection:
        audit_log.append(connection, actor=reader.name, action="film.file", subject=film, now=room.clock())
    path = room.store.films.path(film)
    try:
        with path.open("rb") as stream:
            end = content.file_end(stream.read(content.NEEDED))
    except FileNotFoundError:
        raise _file_not_here() from None
    return _FilmFile(path, media_type="application/octet-stream", filename=f"{film[:16]}{end}")


@router.get("/{film}/facts", responses=problems(404, 409))
async def facts_of_film(film: Sha256, request: Request, room: ServedRoom, _reader: Reader) -> HeaderFactsOut:
    """Say how a film's file was made and stored; nothing that names patient, physician, institution or device."""
    facts = await _opened(request, room, film, room.headers.submit)
    if not isinstance(facts, HeaderFacts):
        raise Problem(409, "The header cannot be read", facts.message)
    return replies.header_facts(facts)


@router.get("/{film}/pixels", response_class=Response, responses=_SAMPLES | problems(404, 409))
async def pixels_of_film(film: Sha256, request: Request, room: ServedRoom, _reader: Reader) -> Response:
    """Return what a reader sees: little-endian grey levels, row by row, dense tissue bright.

    They hold what the window hides that a film is first shown with; headers say which window that is.
    """
    shown = await _shown(request, room, film)
    samples = await anyio.to_thread.run_sync(_little_endian, shown.pixels)
    return Response(samples, media_type="application/octet-stream", headers=film_headers.of_film(shown))


@router.get("/{film}/picture.png", response_class=Response, responses=_PNG | problems(404, 409))
async def picture_of_film(
    film: Sha256,
    request: Request,
    room: ServedRoom,
    _reader: Reader,
    max_side: Annotated[
        int,
        Query(
            ge=film_picture.SMALLEST_SIDE,
            le=film_picture.LARGEST_SIDE,
            examples=[512],
            description="Pixels that its longest side has at most.",
        ),
    ] = 1024,
) -> Response:
    """Return a film as a picture of 8 bits, to print or to send; what a reader reads is in its pixels."""
    shown = await _shown(request, room, film)
    picture = await anyio.to_thread.run_sync(lambda: film_picture.png(shown, max_side=max_side))
    return Response(picture, media_type="image/png")


@router.get("/{film}/heat-map.png", response_class=Response, responses=_PNG | problems(404))
def heat_map_of_film(film: Sha256, room: ServedRoom, _reader: Reader) -> Response:
    """Return where the network saw pneumonia, as a picture to lay over the film."""
    with room.store.database.read() as connection:
        heat = outcomes.heat_map(connection, _require(films.by_sha256(connection, film)).film_id)
    if heat is None:
        raise Problem(404, detail="This film has no heat map: it was not scored, or not yet.")
    return Response(heat_map_picture.png(heat), media_type="image/png")


@router.delete("/{film}", status_code=204, responses=problems(404))
def remove_film(film: Sha256, room: ServedRoom, admin: Admin) -> None:
    """Delete a film, its file and all that is known of it."""
    if not removal.remove(room.store, film, actor=admin.name, now=room.clock()):
        raise _not_here()


class _FilmFile(FileResponse):
    """A film's file; one that is removed before the answer begins is a problem like any other."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            self.stat_result = await anyio.to_thread.run_sync(os.stat, self.path)
        except FileNotFoundError:
            raise _file_not_here() from None
        self.set_stat_headers(self.stat_result)
        await super().__call__(scope, receive, send)


def _named(file: NamedFilm) -> NamedFile:
    folder, name = intake.place_of(file.path)
    return NamedFile(file.film, name, folder)


def _kept(room: Room, sha256: str) -> KeptFilm:
    with room.store.database.read() as connection:
        return _require(films.by_sha256(connection, sha256))


async def _shown(request: Request, room: Room, sha256: str) -> Displayed:
    shown = await _opened(request, room, sha256, room.display.submit)
    if not isinstance(shown, Displayed):
        raise Problem(409, "The film cannot be shown", shown.message)
    return shown


async def _opened(
    request: Request, room: Room, sha256: str, submit: Callable[[FilePath], "Future[_T]"]
) -> _T:
    """Return what a process makes of a film's file."""

    def opening() -> "Future[_T]":
        _kept(room, sha256)
        return submit(room.store.films.path(sha256))

    return await room.awaited.wait_for(request, opening)


def _little_endian(pixels: npt.NDArray[Any]) -> bytes:
    return pixels.astype(pixels.dtype.newbyteorder("<"), copy=False).tobytes()


def _require(kept: KeptFilm | None) -> KeptFilm:
    if kept is None:
        raise _not_here()
    return kept


def _not_here() -> Problem:
    return Problem(404, detail="There is no such film here.")


def _file_not_here() -> Problem:
    return Problem(404, detail="The film's file is not here (any more).")
