"""Films and labels as files: CSV for a spreadsheet, JSON for a program; never all of them in memory."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from firstread import __version__
from firstread.edges.web import replies, schemas, spreadsheet
from firstread.edges.web.export_schemas import ExportedBundle, ExportedSelection, WorklistExport
from firstread.edges.web.room import Room
from firstread.edges.web.selection import FilmsAskedFor, films_in_full
from firstread.reading import labels
from firstread.reading.current_bundle import CurrentBundle
from firstread.reading.labels import Choice, Label
from firstread.reading.ranked_films import RankedFilms
from firstread.store import audit_log, outcomes
from firstread.store.outcomes import UsedBundle
from firstread.terms import DISCLAIMER

__all__ = ["file_name", "labels_as_csv", "record", "taken_out", "worklist_as_csv", "worklist_as_json"]

_FILM = (
    "rank", "band", "state", "read", "probability", "probability_low", "probability_high", "flagged", "folder", "name",
    "n_copies", "copies", "film", "arrived_at", "scored_at", "reason", "reason_code", "warnings", "shift", "width",
    "height", "view_position", "synthetic", "file_bytes", "bundle",
)  # fmt: skip
# Of several readers' readings each cell holds all, in the same order.
_READINGS = ("reader", "finding", "verdict", "blinded", "read_at", "note")
_LABEL = ("film", "label", "readers", "blinded")
# A part of a download: large enough that its films cost more than its way.
_PART_LETTERS = 64 * 1024


def file_name(kind: str, suffix: str, *, now: float) -> str:
    """Return what a download is called: "worklist-20260301T120000Z.csv"."""
    return f"{kind}-{datetime.fromtimestamp(now, UTC):%Y%m%dT%H%M%SZ}.{suffix}"


def record(room: Room, *, actor: str, action: str, subject: str = "", detail: dict[str, Any]) -> None:
    """Write down who took what out; what is searched for may be a name, and stays out of it."""
    with room.store.database.write() as connection:
        audit_log.append(
            connection, actor=actor, action=action, subject=subject, detail=detail, now=room.clock()
        )


def taken_out(room: Room, asked: FilmsAskedFor, actor: str, *, kind: str, named: bool) -> RankedFilms:
    """Write an export down before anything of it goes out, and return the films as they stand."""
    ranked = room.worklist.ranked
    detail = {
        "format": kind,
        "films": int(ranked.select(asked.selection).size),
        "state": asked.selection.state.value,
        "blinded": asked.blinded,
        "named": named,
    }
    record(room, actor=actor, action="worklist.export", detail=detail)
    return ranked


def worklist_as_csv(
    room: Room, ranked: RankedFilms, asked: FilmsAskedFor, *, reader: str, named: bool
) -> Iterator[str]:
    """Yield the lines of a CSV file, many at a time: one for each film, after a line of titles."""
    films = films_in_full(room, ranked, asked, reader=reader, named=named)
    return _in_parts(_table((*_FILM, *_READINGS), map(_row, films)))


def worklist_as_json(
    room: Room, ranked: RankedFilms, asked: FilmsAskedFor, *, reader: str, named: bool
) -> Iterator[str]:
    """Yield one JSON object, part by part; as `WorklistExport` says."""
    films = films_in_full(room, ranked, asked, reader=reader, named=named)
    return _in_parts(_document(_preface(room, ranked, asked, named=named), films))


def labels_as_csv(room: Room, choice: Choice, *, blinded_reader: str | None) -> Iterator[str]:
    """Yield the lines of a CSV file, many at a time: one for each film that readers agree on, by arrival.

    Args:
        room: Holds them.
        choice: Whose readings count.
        blinded_reader: One who must not learn what others said of films before reading them; None where nobody asks
            so.
    """
    agreed = (
        found
        for found in labels.labels(room.store, choice)
        if isinstance(found, Label) and (blinded_reader is None or blinded_reader in found.readers)
    )
    return _in_parts(_table(_LABEL, map(_label_row, agreed)))


def _preface(room: Room, ranked: RankedFilms, asked: FilmsAskedFor, *, named: bool) -> WorklistExport:
    selection, bundle = asked.selection, room.bundle
    with room.store.database.read() as connection:
        used = outcomes.bundles(connection)
    return WorklistExport(
        firstread=__version__,
        notice=DISCLAIMER,
        exported_at=schemas.moment(room.clock()),
        bundle=_bundle(bundle),
        bundles=[_bundle(each) for each in used],
        selection=ExportedSelection(
            state=selection.state,
            bands=sorted(selection.bands),
            # What is searched for may be a name.
            folder=selection.folder if named else None,
            q=selection.text if named else None,
            sort=selection.sort,
            descending=selection.descending,
            blinded=asked.blinded,
        ),
        version=ranked.version,
        total=int(ranked.select(selection).size),
        counts=None if asked.blinded else replies.counts(ranked, hidden=False),
        films=[],
    )


def _bundle(used: CurrentBundle | UsedBundle) -> ExportedBundle:
    points = {name: schemas.OperatingPointOut(**point) for name, point in used.operating_points.items()}
    return ExportedBundle(
        sha256=used.sha256, name=used.name, operating_points=points, prevalence=used.prevalence
    )


def _document(preface: WorklistExport, films: Iterator[schemas.FilmOut]) -> Iterator[str]:
    """Yield the text of an export, film by film."""
    yield preface.model_dump_json(exclude={"films"})[:-1] + ',"films":['
    before = "\n"
    for film in films:
        # Where there is a heat map it is fetched by itself.
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
    values["copies"] = [f"{copy['folder']}/{copy['name']}".lstrip("/") for copy in values["copies"]]
    row = [_cell(values[title]) for title in _FILM]
    return row + [spreadsheet.joined(said[title] for said in values["readings"]) for title in _READINGS]


def _cell(value: object) -> str:
    return spreadsheet.joined(value) if isinstance(value, list) else spreadsheet.cell(value)


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
