"""The reading worklist: pages of it, and the folders that films came from."""

from typing import Annotated

from fastapi import APIRouter, Query

from firstread.edges.web import replies, schemas
from firstread.edges.web.doors.dependencies import Reader
from firstread.edges.web.room import ServedRoom
from firstread.reading.ranked_films import Selection, Sort, State
from firstread.store import films, readings
from firstread.terms import Band

__all__ = ["router"]

router = APIRouter(prefix="/worklist", tags=["reading worklist"])

# In these orders a list says nothing of scores.
_BLIND_SORTS = (Sort.ARRIVED, Sort.NAME, Sort.FOLDER)


@router.get("")
def worklist(
    room: ServedRoom,
    reader: Reader,
    state: Annotated[State, Query(description="Which films are listed.")] = State.UNREAD,
    band: Annotated[list[Band], Query(description="Only these bands; all when none is given.")] = [],  # noqa: B006 - FastAPI copies it
    folder: Annotated[
        str | None, Query(max_length=4096, description="Only this folder and those below it.")
    ] = None,
    q: Annotated[
        str, Query(max_length=200, description="Only films whose folder and name contain this.")
    ] = "",
    sort: Annotated[Sort, Query(description="By what the list is ordered.")] = Sort.RANK,
    descending: Annotated[bool, Query(description="From the last to the first.")] = False,
    offset: Annotated[int, Query(ge=0, le=10**9)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    blinded: Annotated[bool, Query(description="Hide scores, and any order made of them.")] = False,
) -> schemas.WorklistPage:
    """Return a stretch of the films that were asked for, in their order."""
    selection = Selection(state, frozenset(band), folder, q, sort, descending)
    if blinded:
        selection = Selection(
            state, frozenset(), folder, q, sort if sort in _BLIND_SORTS else Sort.ARRIVED, descending
        )
    ranked = room.worklist.ranked
    rows = ranked.select(selection)
    page = rows[offset : offset + limit]
    rank = dict(zip(ranked.film_ids(page), map(ranked.rank, page), strict=True))
    with room.store.database.read() as connection:
        found = films.by_ids(connection, list(rank))
        seen = readings.read_by(connection, reader.name, list(rank)) if blinded else set()
    return schemas.WorklistPage(
        version=ranked.version,
        total=rows.size,
        offset=offset,
        counts=schemas.Counts(**ranked.counts()),
        films=[
            replies.row(
                film,
                rank[film.film_id],
                hidden=replies.hidden_from(film.film_id, blinded=blinded, read_by_caller=seen),
            )
            for film in found
        ],
    )


@router.get("/folders")
def folders(room: ServedRoom, _reader: Reader) -> schemas.FolderList:
    """Return every folder that films came from."""
    counted = room.worklist.ranked.folders()
    return schemas.FolderList(
        folders=[schemas.Folder(folder=folder, films=n) for folder, n in counted.items()]
    )
