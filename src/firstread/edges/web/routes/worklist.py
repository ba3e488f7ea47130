"""The reading worklist: pages of it, and the folders that films came from."""

from typing import Annotated

from fastapi import APIRouter, Form, Query

from firstread.edges.web import replies, schemas
from firstread.edges.web.documented import problems
from firstread.edges.web.doors.dependencies import Reader
from firstread.edges.web.doors.identity import Identity
from firstread.edges.web.examples import SEARCH, in_form
from firstread.edges.web.room import Room, ServedRoom
from firstread.edges.web.selection import Asked, AskedByForm, FilmsAskedFor
from firstread.store import films, readings

__all__ = ["router"]

router = APIRouter(prefix="/worklist", tags=["reading worklist"], responses=problems())


@router.get("")
def worklist(
    room: ServedRoom,
    reader: Reader,
    asked: Asked,
    offset: Annotated[
        int, Query(ge=0, le=10**9, examples=[100], description="So many films are left out first.")
    ] = 0,
    limit: Annotated[int, Query(ge=1, le=500, examples=[100], description="So many films at most.")] = 100,
) -> schemas.WorklistPage:
    """Return a stretch of the films that were asked for, in their order."""
    return _page(room, reader, asked, offset=offset, limit=limit)


@router.post("/search", openapi_extra=in_form(SEARCH | {"offset": 0, "limit": 100}))
def search(
    room: ServedRoom,
    reader: Reader,
    asked: AskedByForm,
    offset: Annotated[int, Form(ge=0, le=10**9)] = 0,
    limit: Annotated[int, Form(ge=1, le=500)] = 100,
) -> schemas.WorklistPage:
    """Return the same to a form: what is searched for, which may be a name, then stands in no address."""
    return _page(room, reader, asked, offset=offset, limit=limit)


@router.get("/folders")
def folders(room: ServedRoom, _reader: Reader) -> schemas.FolderList:
    """Return every folder that films came from."""
    counted = room.worklist.ranked.folders()
    return schemas.FolderList(
        folders=[schemas.Folder(folder=folder, films=n) for folder, n in counted.items()]
    )


def _page(
    room: Room, reader: Identity, asked: FilmsAskedFor, *, offset: int, limit: int
) -> schemas.WorklistPage:
    ranked = room.worklist.ranked
    rows = ranked.select(asked.selection)
    page = rows[offset : offset + limit]
    rank = dict(zip(ranked.film_ids(page), map(ranked.rank, page), strict=True))
    with room.store.database.read() as connection:
        found = films.by_ids(connection, list(rank))
        seen = readings.read_by(connection, reader.name, list(rank)) if asked.blinded else set()
    return schemas.WorklistPage(
        version=ranked.version,
        total=rows.size,
        offset=offset,
        counts=replies.counts(ranked, hidden=asked.blinded),
        films=[
            replies.row(
                film,
                rank[film.film_id],
                hidden=replies.hidden_from(film.film_id, blinded=asked.blinded, read_by_caller=seen),
            )
            for film in found
        ],
    )
