"""Reports to print: pages beside the reading room, not a part of the API."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse

from firstread.edges.web import exports, replies, reports, schemas
from firstread.edges.web.doors.dependencies import Reader
from firstread.edges.web.doors.identity import Identity
from firstread.edges.web.problems import Problem
from firstread.edges.web.reports import FilmReport, WorklistReport
from firstread.edges.web.room import Room, ServedRoom
from firstread.edges.web.routes import films, server
from firstread.edges.web.routes.films import Blinded, Sha256
from firstread.edges.web.selection import AskedByForm, Named, films_in_full

__all__ = ["MOST_FILMS", "router"]

MOST_FILMS = 1000
"""Of a printed worklist: some fifty pages."""

router = APIRouter(include_in_schema=False)


@router.get("/films/{film}/report")
def report_of_film(
    film: Sha256, room: ServedRoom, reader: Reader, blinded: Blinded = False, named: Named = True
) -> HTMLResponse:
    """Return what is known of a film."""
    told = films.film(film, room, reader, blinded)
    detail = {"blinded": blinded, "named": named}
    exports.record(room, actor=reader.name, action="film.report", subject=film, detail=detail)
    report = FilmReport(
        told if named else replies.without_names(told),
        # A place would tell a blinded reader what the model thinks of a film.
        None if blinded or told.read else _place(film, room, reader),
        next((bundle for bundle in _bundles(room, reader) if bundle.sha256 == told.bundle), None),
        named=named,
        reader=reader.name,
        made_at=schemas.moment(room.clock()),
    )
    return HTMLResponse(reports.film_report(report))


@router.post("/worklist/report")
def report_of_worklist(
    room: ServedRoom, reader: Reader, asked: AskedByForm, named: Annotated[bool, Form()] = True
) -> HTMLResponse:
    """Return the films that a form asks for, as a table."""
    ranked = exports.taken_out(room, asked, reader.name, kind="report", named=named)
    told = films_in_full(room, ranked, asked, reader=reader.name, named=named, at_most=MOST_FILMS)
    report = WorklistReport(
        list(told),
        int(ranked.select(asked.selection).size),
        None if asked.blinded else ranked.counts(),
        asked.selection,
        asked.blinded,
        next(bundle for bundle in _bundles(room, reader) if bundle.current),
        wait_cap=room.config.worklist.wait_cap,
        named=named,
        reader=reader.name,
        made_at=schemas.moment(room.clock()),
    )
    return HTMLResponse(reports.worklist_report(report))


def _place(film: str, room: Room, reader: Identity) -> schemas.PlaceOut | None:
    try:
        return films.place_of_film(film, room, reader)
    except Problem:  # it arrived a moment ago
        return None


def _bundles(room: Room, reader: Identity) -> list[schemas.BundleOut]:
    return server.bundles(room, reader).bundles
