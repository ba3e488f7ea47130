"""Films and labels are taken out as files."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from firstread.edges.web import exports
from firstread.edges.web.doors.dependencies import Reader
from firstread.edges.web.room import Room, ServedRoom
from firstread.edges.web.selection import Asked, FilmsAskedFor
from firstread.reading.labels import Choice
from firstread.reading.ranked_films import RankedFilms

__all__ = ["router"]

router = APIRouter(prefix="/export", tags=["exports"])


class _Csv(StreamingResponse):
    media_type = "text/csv"


class _Json(StreamingResponse):
    media_type = "application/json"


@router.get("/worklist.csv", response_class=_Csv)
def worklist_as_csv(room: ServedRoom, reader: Reader, asked: Asked) -> StreamingResponse:
    """Return every film that was asked for as CSV, with its readings: one line a film, UTF-8, no formulas."""
    ranked = _taken_out(room, asked, reader.name, kind="csv")
    lines = exports.worklist_as_csv(room, ranked, asked, reader=reader.name)
    return _Csv(lines, headers=_saved_as(room, "worklist", "csv"))


@router.get("/worklist.json", response_class=_Json)
def worklist_as_json(room: ServedRoom, reader: Reader, asked: Asked) -> StreamingResponse:
    """Return every film that was asked for as JSON, with its readings and the models that scored."""
    ranked = _taken_out(room, asked, reader.name, kind="json")
    parts = exports.worklist_as_json(room, ranked, asked, reader=reader.name)
    return _Json(parts, headers=_saved_as(room, "worklist", "json"))


@router.get("/labels.csv", response_class=_Csv)
def labels_as_csv(
    room: ServedRoom,
    caller: Reader,
    reader: Annotated[str | None, Query(max_length=200, description="Only what this reader said.")] = None,
    blinded_only: Annotated[
        bool, Query(description="Only what was said before the score was shown.")
    ] = False,
) -> StreamingResponse:
    """Return the films that readers agree on, present or absent, as CSV; for training use `firstread labels`."""
    detail = {"format": "csv", "one_reader": reader is not None, "blinded_only": blinded_only}
    exports.record(room, actor=caller.name, action="labels.export", detail=detail)
    lines = exports.labels_as_csv(room, Choice(reader, blinded_only))
    return _Csv(lines, headers=_saved_as(room, "labels", "csv"))


def _taken_out(room: Room, asked: FilmsAskedFor, actor: str, *, kind: str) -> RankedFilms:
    """Write an export down before anything of it goes out, and return the films as they stand."""
    ranked = room.worklist.ranked
    detail = {
        "format": kind,
        "films": int(ranked.select(asked.selection).size),
        "state": asked.selection.state.value,
        "blinded": asked.blinded,
    }
    exports.record(room, actor=actor, action="worklist.export", detail=detail)
    return ranked


def _saved_as(room: Room, kind: str, suffix: str) -> dict[str, str]:
    name = exports.file_name(kind, suffix, now=room.clock())
    return {"Content-Disposition": f'attachment; filename="{name}"'}
