"""What readers say of films."""

from typing import Annotated

from fastapi import APIRouter, Body, Depends

from firstread.edges.web import replies, schemas
from firstread.edges.web.documented import problems
from firstread.edges.web.doors.dependencies import Reader, scope
from firstread.edges.web.doors.identity import Identity
from firstread.edges.web.examples import UNDO
from firstread.edges.web.problems import Problem
from firstread.edges.web.room import ServedRoom
from firstread.edges.web.routes.films import Sha256
from firstread.reading import opinions
from firstread.reading.opinions import Opinion
from firstread.store import films, readings

__all__ = ["router"]

router = APIRouter(tags=["readings"], responses=problems(404))

Writer = Annotated[Identity, Depends(scope("readings:write"))]


@router.post("/films/{film}/readings", status_code=201, responses=problems(404, 409))
def add_reading(
    film: Sha256, said: schemas.OpinionIn, room: ServedRoom, reader: Writer
) -> schemas.ReadingOut:
    """Record what the caller says of a film."""
    opinion = Opinion(said.verdict, said.finding, said.note, said.blinded)
    try:
        reading = opinions.record(room.store, film, opinion, reader=reader.name, now=room.clock())
    except ValueError as error:
        raise Problem(409, detail=str(error)) from error
    if reading is None:
        raise Problem(404, detail="There is no such film here.")
    return replies.reading(reading, film)


@router.get("/films/{film}/readings")
def readings_of_film(film: Sha256, room: ServedRoom, _reader: Reader) -> schemas.ReadingList:
    """Return what readers said of a film and did not take back."""
    with room.store.database.read() as connection:
        kept = films.by_sha256(connection, film)
        said = [] if kept is None else readings.of_film(connection, kept.film_id)
    if kept is None:
        raise Problem(404, detail="There is no such film here.")
    return schemas.ReadingList(readings=[replies.reading(reading, film) for reading in said])


@router.post("/readings/undo")
def undo_reading(
    room: ServedRoom, reader: Writer, asked: Annotated[schemas.UndoIn | None, Body(examples=[UNDO])] = None
) -> schemas.Undone:
    """Take back a reading of the caller: the one that is named, or the last."""
    number = None if asked is None else asked.reading
    undone = opinions.undo(room.store, reader=reader.name, now=room.clock(), number=number)
    if undone is None:
        raise Problem(404, detail="There is no such reading of yours to take back.")
    reading, film = undone
    return schemas.Undone(film=film.sha256, reading=replies.reading(reading, film.sha256))
