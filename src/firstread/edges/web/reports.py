"""Reports to print, or to save as PDF: one of a film, one of the reading worklist.

A page is called by its kind and a moment: browsers propose its title as the name of the PDF.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from firstread import __version__
from firstread.edges.web import schemas, words
from firstread.reading import reasons_for_rank
from firstread.reading.ranked_films import Selection, Sort, State
from firstread.terms import DISCLAIMER, Band

__all__ = ["FilmReport", "WorklistReport", "film_report", "worklist_report"]

_TEMPLATES = Path(__file__).parent / "templates"
# Names of the two operating points of a bundle that bound the bands.
_EDGES = {Band.URGENT: "screening", Band.REVIEW: "rule_out"}
_MARKS = {Band.URGENT: "▲", Band.REVIEW: "◆", Band.ROUTINE: "●"}
_STATES = {
    State.UNREAD: "unread films",
    State.WAITING: "films that wait for the model",
    State.NOT_SCORED: "unread films without a score",
    State.READ: "films that were read",
    State.ALL: "all films",
}
_SORTS = {
    Sort.RANK: "by rank",
    Sort.ARRIVED: "by arrival",
    Sort.PROBABILITY: "by probability",
    Sort.NAME: "by name",
    Sort.FOLDER: "by folder",
}


@dataclass(frozen=True, slots=True)
class FilmReport:
    """What is told of one film.

    Args:
        film: The film.
        place: Where it stands, and why; None where that is hidden, or not known yet.
        bundle: The model that scored it; None while it was not scored.
        named: With names of file and folder, and readers' notes.
        reader: Who asks for the report.
        made_at: When.
    """

    film: schemas.FilmOut
    place: schemas.PlaceOut | None
    bundle: schemas.BundleOut | None
    named: bool
    reader: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class WorklistReport:
    """What is told of a reading worklist.

    Args:
        films: In their order, as many as are printed.
        n_films: As many as were asked for.
        counts: Films of each kind; None where that is hidden.
        selection: Which films were asked for.
        blinded: Scores are hidden until the reader has read the film.
        bundle: The model that scores now.
        wait_cap: Places a film may stand below its order of arrival.
        named: With names of files and folders.
        reader: Who asks for the report.
        made_at: When.
    """

    films: Sequence[schemas.FilmOut]
    n_films: int
    counts: Mapping[str, int] | None
    selection: Selection
    blinded: bool
    bundle: schemas.BundleOut
    wait_cap: int
    named: bool
    reader: str
    made_at: datetime


def film_report(report: FilmReport) -> str:
    """Return the page."""
    film = report.film
    hidden = film.state == "scored" and film.probability is None
    # Of a file that could not even be opened there is nothing to see.
    has_picture = film.state != "not_scored" or film.width is not None
    return _page(
        "film_report.html.j2",
        f"firstread-film-{report.film.film[:12]}",
        report,
        hidden=hidden,
        has_picture=has_picture,
        edges=_edges(report.bundle),
    )


def worklist_report(report: WorklistReport) -> str:
    """Return the page."""
    return _page(
        "worklist_report.html.j2",
        f"firstread-worklist-{report.made_at:%Y%m%dT%H%M%SZ}",
        report,
        which=_which(report.selection, named=report.named),
        rule=reasons_for_rank.rule(report.wait_cap),
        by_rank=report.selection.sort is Sort.RANK and not report.selection.descending,
        edges=_edges(report.bundle),
    )


def _page(template: str, title: str, report: FilmReport | WorklistReport, **more: Any) -> str:
    return (
        _environment()
        .get_template(template)
        .render(title=title, report=report, version=__version__, disclaimer=DISCLAIMER, **more)
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"marks": _MARKS, "finding_words": words.FINDING, "view_words": words.VIEW}
    said = (
        words.caution,
        words.counted,
        words.interval,
        words.moment,
        words.percent,
        words.size,
        words.threshold,
        words.wait,
    )
    environment.filters |= {each.__name__: each for each in said}
    return environment


def _edges(bundle: schemas.BundleOut | None) -> list[tuple[Band, schemas.OperatingPointOut]]:
    points = {} if bundle is None else bundle.operating_points
    return [(band, points[name]) for band, name in _EDGES.items() if name in points]


def _which(selection: Selection, *, named: bool) -> str:
    """Return which films were asked for, in words."""
    said = [_STATES[selection.state]]
    if selection.bands:
        said.append(f"only {', '.join(band.value for band in Band if band in selection.bands)}")
    if selection.folder is not None:
        said.append(f"in the folder {selection.folder}" if named else "in one folder")
    if selection.text:
        said.append(f"whose names contain “{selection.text}”" if named else "whose names contain a text")
    turned = ", from the last to the first" if selection.descending else ""
    return f"{', '.join(said)}; {_SORTS[selection.sort]}{turned}"
