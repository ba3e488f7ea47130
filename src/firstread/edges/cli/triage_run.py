"""One triage: collect, screen with progress, rank, show, write."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from firstread.config import Config
from firstread.edges.cli import destinations, film_files
from firstread.edges.cli.destinations import STDOUT
from firstread.records import NotScored, Outcome, Scored

if TYPE_CHECKING:
    from firstread.edges.cli.film_files import FilmFiles
    from firstread.edges.cli.picture_spool import PictureSpool
    from firstread.edges.cli.reading_worklist import ReadingWorklist
    from firstread.imaging.film_pool import FilmPool
    from firstread.inference.bundle import Bundle
    from firstread.screening import Screened

__all__ = ["Destinations", "run"]


@dataclass(frozen=True, slots=True)
class Destinations:
    """Where the results go; None writes none."""

    csv: Path | None = None
    json: Path | None = None
    html: Path | None = None
    heatmaps: Path | None = None

    @property
    def paths(self) -> list[Path]:
        """All that are named."""
        return [path for path in (self.csv, self.json, self.html, self.heatmaps) if path is not None]

    def check(self) -> None:
        """Refuse what cannot be written before any film is opened.

        Raises:
            OutputError: If a destination cannot be written, or is named twice.
        """
        destinations.refuse_clashes(self.paths)
        for path, suffixes in (
            (self.csv, (".csv", ".txt")),
            (self.json, (".json",)),
            (self.html, (".html", ".htm")),
        ):
            if path is not None:
                destinations.check_file(path, suffixes)
        if self.heatmaps is not None:
            destinations.check_own_folder(self.heatmaps)


def run(
    paths: Sequence[Path],
    wanted: Destinations,
    *,
    bundle: Path | None,
    settings: Config,
    top: int,
    recursive: bool,
    by_modification: bool,
) -> int:
    """Rank the films, print the worklist and write what is wanted.

    Returns:
        How many films were scored.
    """
    from firstread.imaging.film_pool import FilmPool
    from firstread.inference import bundle as bundles

    wanted.check()
    model = bundles.load(bundle or bundles.shipped())
    with ExitStack() as stack:
        # The workers start while this process loads the network and looks for films.
        pool = stack.enter_context(FilmPool(model.recipe, limits=settings.read, workers=settings.workers))
        from firstread.edges.cli.picture_spool import PictureSpool

        spool = stack.enter_context(PictureSpool())
        files = film_files.collect(paths, recursive=recursive, leave_out=wanted.paths)
        files.require_any()
        if wanted.heatmaps is not None:
            destinations.empty_own_folder(wanted.heatmaps)
        outcomes = _screened(files, model, pool, settings, wanted, spool)
        worklist = _ranked(outcomes, model, settings, by_modification=by_modification)
        _write(worklist, wanted, spool)
    _show(worklist, files, wanted, top)
    return worklist.n_scored


def _screened(
    files: "FilmFiles",
    model: "Bundle",
    pool: "FilmPool",
    settings: Config,
    wanted: Destinations,
    spool: "PictureSpool",
) -> list[Outcome]:
    from firstread.edges.cli.progress import progress
    from firstread.inference.predictor import Predictor
    from firstread.screening import screen

    predictor = Predictor(model, settings=settings.inference)
    pictures = wanted.html is not None or wanted.heatmaps is not None
    screened = screen(files.paths, predictor, config=settings, pictures=pictures, pool=pool)
    outcomes: list[Outcome] = []
    with progress(len(files.entries)) as advance:
        for entry in files.entries:
            outcomes.append(entry if isinstance(entry, NotScored) else _kept(next(screened), wanted, spool))
            advance()
    return outcomes


def _kept(screened: "Screened", wanted: Destinations, spool: "PictureSpool") -> Outcome:
    """Keep a film's pictures where they are wanted, and return its outcome."""
    outcome, picture = screened.outcome, screened.picture
    if picture is not None and isinstance(outcome, Scored):
        from firstread.edges.cli import film_pictures

        if wanted.html is not None:
            uris = {"film": film_pictures.film_uri(picture), "heat_map": film_pictures.heat_map_uri(picture)}
            spool.add(outcome.path, uris)
        if wanted.heatmaps is not None:
            film_pictures.write_overlay(wanted.heatmaps, outcome, picture)
    return outcome


def _ranked(
    outcomes: list[Outcome], model: "Bundle", settings: Config, *, by_modification: bool
) -> "ReadingWorklist":
    from firstread.edges.cli.reading_worklist import ReadingWorklist
    from firstread.triage.worklist import rank

    arrived = [_modified(outcome.path) for outcome in outcomes] if by_modification else None
    entries = rank(outcomes, wait_cap=settings.worklist.wait_cap, arrived=arrived)
    return ReadingWorklist.of(entries, model)


def _modified(path: Path) -> float:
    """Return when a file was last written; what cannot be asked arrived last."""
    try:
        return path.stat().st_mtime
    except OSError:
        return float("inf")


def _write(worklist: "ReadingWorklist", wanted: Destinations, spool: "PictureSpool") -> None:
    from firstread.edges.cli import worklist_files

    if wanted.csv is not None:
        with destinations.written(wanted.csv) as stream:
            worklist_files.write_csv(worklist, stream, heat_maps=wanted.heatmaps)
    if wanted.json is not None:
        with destinations.written(wanted.json) as stream:
            worklist_files.write_json(worklist, stream, heat_maps=wanted.heatmaps)
    if wanted.html is not None:
        from firstread.edges.cli.worklist_page import write_page

        now = datetime.now(UTC).astimezone()
        with destinations.written(wanted.html) as stream:
            write_page(worklist, stream, page=wanted.html, pictures=spool, now=now)


def _show(worklist: "ReadingWorklist", files: "FilmFiles", wanted: Destinations, top: int) -> None:
    """Print the table where no result goes: on standard error when standard output carries one."""
    from rich.console import Console

    from firstread.edges.cli import worklist_table

    console = Console(stderr=STDOUT in wanted.paths, highlight=False)
    worklist_table.show(worklist, console, top=top, files=files)
    for line in _places(wanted):
        console.print(line, markup=False, style="dim", soft_wrap=True)


def _places(wanted: Destinations) -> Iterator[str]:
    from firstread.edges.cli.reading_worklist import printable

    for path in wanted.paths:
        if path != STDOUT:
            yield f"Written: {printable(path)}"
