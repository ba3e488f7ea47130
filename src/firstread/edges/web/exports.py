"""Films and labels as files: CSV for a spreadsheet, JSON for a program; never all of them in memory."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from firstread import __version__
from firstread.edges.web import schemas, spreadsheet
from firstread.edges.web.room import Room
from firstread.edges.web.selection import FilmsAskedFor, films_in_full
from firstread.reading import labels
from firstread.reading.labels import Choice, Label
from firstread.reading.ranked_films import RankedFilms
from firstread.store import audit_log, outcomes
from firstread.terms import DISCLAIMER

__all__ = ["file_name", "labels_as_csv", "record", "worklist_as_csv", "worklist_as_json"]

_FILM = (
    "rank", "band", "state", "read", "probability", "probability_low", "probability_high", "flagged", "folder", "name",
    "film", "arrived_at", "scored_at", "reason", "reason_code", "warnings", "shift", "width", "height",
    "view_position", "synthetic", "file_bytes", "bundle",
)  # fmt: skip
# Of several readers' readings each cell holds all, in the same order.
_READINGS = ("reader", "finding", "verdict", "blinded", "read_at")
_LABEL = ("film", "label", "readers", "blinded")
# A part of a download: large enough that its films cost more than its way.
_PART_LETTERS = 64 * 1024


def file_name(kind: str, suffix: str, *, now: float) -> str:
    """Return what a download is called: "worklist-20260301T120000Z.csv"."""
    return f"{kind}-{datetime.fromtimestamp(now, UTC):%Y%m%dT%H%M%SZ}.{suffix}"


def record(room: Room, *, actor: str, action: str, detail: dict[str, Any]) -> None:
    """Write down who took what out; what is searched for may be a name, and stays out of it."""
    with room.store.database.write() as connection:
        audit_log.append(connection, actor=actor, action=action, detail=detail, now=room.clock())


def worklist_as_csv(room: Room, ranked: RankedFilms, asked: FilmsAskedFor, *, reader: str) -> Iterator[str]:
    """Yield the lines of a CSV file, many at a time: one for each film, after a line of titles."""
    films = films_in_full(room, ranked, asked, reader=reader)
    return _in_parts(_table((*_FILM, *_READINGS), map(_row, films)))


def worklist_as_json(room: Room, ranked: RankedFilms, asked: FilmsAskedFor, *, reader: str) -> Iterator[str]:
    """Yield one JSON object, part by part; "bundle" and "operating_points" are of the model that scores now."""
    films = films_in_full(room, ranked, asked, reader=reader)
    return _in_parts(_document(_preface(room, ranked, asked), films))


def labels_as_csv(room: Room, choice: Choice) -> Iterator[str]:
    """Yield the lines of a CSV file, many at a time: one for each film that readers agree on, by arrival."""
    agreed = (found for found in labels.labels(room.store, choice) if isinstance(found, Label))
    return _in_parts(_table(_LABEL, map(_label_row, agreed)))


def _preface(room: Room, ranked: RankedFilms, asked: FilmsAskedFor) -> dict[str, Any]:
    selection, bundle = asked.selection, room.bundle
    with room.store.database.read() as connection:
        used = outcomes.bundles(connection)
    return {
        "firstread": __version__,
        "notice": DISCLAIMER,
        "exported_at": schemas.moment(room.clock()).isoformat().replace("+00:00", "Z"),
        "bundle": {"sha256": bundle.sha256, "name": bundle.name},
        "operating_points": bundle.operating_points,
        "bundles": [
            {"sha256": each.sha256, "name": each.name, "operating_points": each.operating_points}
            for each in used
        ],
        "selection": {
            "state": selection.state,
            "bands": sorted(selection.bands),
            "folder": selection.folder,
            "q": selection.text,
            "sort": selection.sort,
            "descending": selection.descending,
            "blinded": asked.blinded,
        },
        "version": ranked.version,
        "total": int(ranked.select(selection).size),
        # How many films of each band there are would tell a blinded reader of the only one there is.
        "counts": None if asked.blinded else dict(ranked.counts()),
    }


def _document(preface: dict[str, Any], films: Iterator[schemas.FilmOut]) -> Iterator[str]:
    yield json.dumps(preface, allow_nan=False)[:-1] + ', "films": ['
    before = "\n"
    for film in films:
        yield before + film.model_dump_json(exclude={"has_heat_map"})
        before = ",\n"
    yield "\n]}\n"


def _table(titles: tuple[str, ...], rows: Iterable[list[str]]) -> Iterator[str]:
    yield spreadsheet.line(titles)
    for row in rows:
        yield spreadsheet.line(row)


def _row(film: schemas.FilmOut) -> list[str]:
    values = film.model_dump(mode="json")
    reason = values["reason"] or {"message": None, "code": None}
    values |= {"reason": reason["message"], "reason_code": reason["code"]}
    row = [spreadsheet.cell(values[title]) for title in _FILM if title != "warnings"]
    row.insert(_FILM.index("warnings"), spreadsheet.joined(values["warnings"]))
    return row + [spreadsheet.joined(said[title] for said in values["readings"]) for title in _READINGS]


def _label_row(label: Label) -> list[str]:
    return [
        label.film.sha256,
        label.finding.value,
        spreadsheet.joined(label.readers),
        spreadsheet.cell(label.blinded),
    ]


def _in_parts(pieces: Iterable[str]) -> Iterator[str]:
    """Yield many pieces as one: each thing that is yielded to a server costs a change of threads."""
    part: list[str] = []
    letters = 0
    for piece in pieces:
        part.append(piece)
        letters += len(piece)
        if letters >= _PART_LETTERS:
            yield "".join(part)
            part, letters = [], 0
    yield "".join(part)
