"""Films and labels are taken out as files."""

from typing import Annotated

from fastapi import APIRouter, Form, Query
from fastapi.responses import StreamingResponse

from firstread.edges.web import exports
from firstread.edges.web.documented import problems
from firstread.edges.web.doors.dependencies import Reader
from firstread.edges.web.doors.identity import Identity
from firstread.edges.web.examples import LABELS_CSV, SEARCH, WORKLIST_CSV, in_answer, in_form
from firstread.edges.web.export_schemas import WorklistExport
from firstread.edges.web.room import Room, ServedRoom
from firstread.edges.web.selection import Asked, AskedByForm, FilmsAskedFor, Named
from firstread.reading.labels import Choice

__all__ = ["router"]

router = APIRouter(prefix="/export", tags=["exports"], responses=problems())


NamedByForm = Annotated[bool, Form(description="As in the query.")]


class _Csv(StreamingResponse):
    media_type = "text/csv"


class _Json(StreamingResponse):
    """A `WorklistExport` that is never there as a whole."""

    media_type = "application/json"


@router.get("/worklist.csv", response_class=_Csv, responses=in_answer("text/csv", WORKLIST_CSV))
def worklist_as_csv(room: ServedRoom, reader: Reader, asked: Asked, named: Named = True) -> StreamingResponse:
    """Return every film that was asked for as CSV, with its readings: one line a film, UTF-8, no formulas."""
    return _csv(room, reader, asked, named=named)


@router.post(
    "/worklist.csv",
    response_class=_Csv,
    responses=in_answer("text/csv", WORKLIST_CSV),
    openapi_extra=in_form(SEARCH | {"named": False}),
)
def worklist_as_csv_by_form(
    room: ServedRoom, reader: Reader, asked: AskedByForm, named: NamedByForm = True
) -> StreamingResponse:
    """Return the same to a form: what is searched for, which may be a name, then stands in no address."""
    return _csv(room, reader, asked, named=named)


@router.get("/worklist.json", response_model=WorklistExport)
def worklist_as_json(
    room: ServedRoom, reader: Reader, asked: Asked, named: Named = True
) -> StreamingResponse:
    """Return every film that was asked for as JSON, with its readings and the models that scored."""
    return _json(room, reader, asked, named=named)


@router.post(
    "/worklist.json", response_model=WorklistExport, openapi_extra=in_form(SEARCH | {"named": False})
)
def worklist_as_json_by_form(
    room: ServedRoom, reader: Reader, asked: AskedByForm, named: NamedByForm = True
) -> StreamingResponse:
    """Return the same to a form."""
    return _json(room, reader, asked, named=named)


@router.get("/labels.csv", response_class=_Csv, responses=in_answer("text/csv", LABELS_CSV))
def labels_as_csv(
    room: ServedRoom,
    caller: Reader,
    reader: Annotated[
        str | None, Query(max_length=200, examples=["anna"], description="Only what this reader said.")
    ] = None,
    blinded_only: Annotated[
        bool, Query(description="Only what was said before the score was shown.")
    ] = False,
    blinded: Annotated[bool, Query(description="Leave out films that the caller has not read.")] = False,
) -> StreamingResponse:
    """Return the films that readers agree on, present or absent, as CSV; for training use `firstread labels`."""
    detail = {"format": "csv", "one_reader": reader is not None, "blinded_only": blinded_only}
    exports.record(room, actor=caller.name, action="labels.export", detail=detail)
    lines = exports.labels_as_csv(
        room, Choice(reader, blinded_only), blinded_reader=caller.name if blinded else None
    )
    return _Csv(lines, headers=_saved_as(room, "labels", "csv"))


def _csv(room: Room, reader: Identity, asked: FilmsAskedFor, *, named: bool) -> StreamingResponse:
    ranked = exports.taken_out(room, asked, reader.name, kind="csv", named=named)
    lines = exports.worklist_as_csv(room, ranked, asked, reader=reader.name, named=named)
    return _Csv(lines, headers=_saved_as(room, "worklist", "csv"))


def _json(room: Room, reader: Identity, asked: FilmsAskedFor, *, named: bool) -> StreamingResponse:
    ranked = exports.taken_out(room, asked, reader.name, kind="json", named=named)
    parts = exports.worklist_as_json(room, ranked, asked, reader=reader.name, named=named)
    return _Json(parts, headers=_saved_as(room, "worklist", "json"))


def _saved_as(room: Room, kind: str, suffix: str) -> dict[str, str]:
    name = exports.file_name(kind, suffix, now=room.clock())
    return {"Content-Disposition": f'attachment; filename="{name}"'}
