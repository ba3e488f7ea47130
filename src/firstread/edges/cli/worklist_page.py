"""The reading worklist as one self-contained page: it needs no network and no other file."""

import base64
import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote

from firstread import __version__
from firstread.edges.cli.destinations import STDOUT
from firstread.edges.cli.picture_spool import PictureSpool
from firstread.edges.cli.reading_worklist import ReadingWorklist, printable
from firstread.edges.web.words import percent
from firstread.records import Scored, WorklistEntry
from firstread.terms import DISCLAIMER

__all__ = ["write_page"]

_TEMPLATES = Path(__file__).parent / "templates"
_SHAPE_WHEN_UNKNOWN = (1, 1)


@dataclass(frozen=True, slots=True)
class _Row:
    """One film as the page shows it; every text is still to be escaped."""

    rank: int
    name: str
    folder: str
    href: str
    band: str
    scored: bool
    probability: float
    percent: str
    reason: str
    warnings: tuple[str, ...]
    synthetic: bool
    shift: float | None
    width: int
    height: int
    view_position: str
    film: str
    heat_map: str


def write_page(
    worklist: ReadingWorklist, stream: BinaryIO, *, page: Path, pictures: PictureSpool, now: datetime
) -> None:
    """Write the page, film by film.

    Args:
        worklist: The ranked films.
        stream: Receives UTF-8.
        page: Where the page will lie: its links to the films start there.
        pictures: Film and heat map of every scored film, as data URIs.
        now: The time printed on the page.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    script = (_TEMPLATES / "worklist.js").read_text(encoding="utf-8")
    folder = Path.cwd() if page == STDOUT else page.resolve().parent
    pieces = environment.get_template("worklist.html.j2").generate(
        version=__version__,
        disclaimer=DISCLAIMER,
        now=now.isoformat(" ", "minutes"),
        style=(_TEMPLATES / "worklist.css").read_text(encoding="utf-8"),
        script=script,
        # Only this script runs: not even a file name that escaped its escaping could.
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii"),
        counts=worklist.counts(),
        n=len(worklist.entries),
        point=worklist.operating_point,
        rule_out=worklist.rule_out,
        in_words=list(worklist.in_words())[:-1],
        bundle=worklist.bundle,
        facts=_readable_facts(worklist.bundle["facts"]),
        rows=_rows(worklist, folder, pictures),
    )
    for piece in pieces:
        stream.write(piece.encode("utf-8", "replace"))


def _rows(worklist: ReadingWorklist, folder: Path, pictures: PictureSpool) -> Iterator[_Row]:
    for entry in worklist.entries:
        yield _row(entry, folder, pictures.get(entry.outcome.path))


def _row(entry: WorklistEntry, folder: Path, pictures: Mapping[str, str]) -> _Row:
    outcome, facts = entry.outcome, entry.outcome.facts
    scored = outcome if isinstance(outcome, Scored) else None
    return _Row(
        rank=entry.rank,
        name=printable(outcome.path.name or outcome.path),
        folder=printable(outcome.path.parent),
        href=_link(outcome.path, folder),
        band=scored.band.value if scored else "not scored",
        scored=scored is not None,
        probability=scored.probability if scored else -1.0,
        percent=percent(scored.probability) if scored else "not scored",
        reason="" if isinstance(outcome, Scored) else printable(outcome.reason.message),
        warnings=tuple(printable(warning) for warning in outcome.warnings),
        synthetic=facts is not None and facts.synthetic,
        shift=outcome.shift,
        width=facts.width if facts else _SHAPE_WHEN_UNKNOWN[0],
        height=facts.height if facts else _SHAPE_WHEN_UNKNOWN[1],
        view_position=facts.view_position.value if facts and facts.view_position else "",
        film=pictures.get("film", ""),
        heat_map=pictures.get("heat_map", ""),
    )


def _link(path: Path, folder: Path) -> str:
    """Return a link from the page to the film, any byte of its name quoted."""
    absolute = os.path.abspath(path)  # noqa: PTH100 - a link keeps its own name
    try:
        # Path.relative_to cannot climb out of a folder before Python 3.12.
        return quote(
            os.fsencode(os.path.relpath(absolute, folder)).replace(b"\\", b"/" if os.sep == "\\" else b"\\")
        )
    except ValueError:  # another drive
        return Path(absolute).as_uri()


def _readable_facts(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the bundle's plain facts with readable names; the rest is in its own file."""
    return [
        (name.replace("_", " "), str(value))
        for name, value in facts.items()
        if isinstance(value, str | int | float) and not isinstance(value, bool)
    ]
