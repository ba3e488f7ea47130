"""The reading worklist on a terminal, and as plain lines in a pipe."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from firstread.edges.cli.film_files import FilmFiles
from firstread.edges.cli.reading_worklist import ReadingWorklist, printable
from firstread.records import Outcome, Scored, WorklistEntry
from firstread.terms import Band

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

__all__ = ["show"]

_STYLE = {Band.URGENT: "bold red", Band.REVIEW: "yellow", Band.ROUTINE: "green"}
_FILM_WIDTH = 34
# Nothing is cut short in a pipe: the next program reads it.
_PIPE_WIDTH = 100_000


def show(worklist: ReadingWorklist, console: "Console", *, top: int, files: FilmFiles) -> None:
    """Print the first films of the worklist, the counts, and what the numbers mean.

    Args:
        worklist: The ranked films.
        console: Where to print.
        top: How many films at most; 0 prints all.
        files: What was found, and what was left out.
    """
    shown = worklist.entries[: top or None]
    base = None
    if console.is_terminal:
        base = _common_folder([entry.outcome.path for entry in shown])
    else:
        console.width = _PIPE_WIDTH
    if shown:
        console.print(_table(shown, base))
    left = len(worklist.entries) - len(shown)
    if left:
        console.print(
            f"… and {left:,} more: --top 0 prints all; --csv, --json and --html hold all.", style="dim"
        )
    console.print(_summary(worklist, files))
    for line in worklist.in_words():
        console.print(line, style="dim", highlight=False)


def _table(entries: Sequence[WorklistEntry], base: Path | None) -> "Table":
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("Rank", justify="right", no_wrap=True)
    table.add_column("Band", no_wrap=True)
    table.add_column("Prob.", justify="right", no_wrap=True)
    rows = [(str(entry.rank), *_cells(entry.outcome, base)) for entry in entries]
    film = f"Film in {printable(base)}" if base and base.parts else "Film"
    # Where both do not fit, notes are broken into lines before names are.
    widest = max(row[3].cell_len for row in rows)
    table.add_column(Text(film), overflow="fold", min_width=min(widest, _FILM_WIDTH))
    table.add_column("Notes", overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def _cells(outcome: Outcome, base: Path | None) -> "tuple[Text, Text, Text, Text]":
    from rich.text import Text

    film = Text(printable(outcome.path.relative_to(base) if base else outcome.path))
    if isinstance(outcome, Scored):
        notes = Text(printable("; ".join(outcome.warnings)), style="dim")
        return (
            Text(outcome.band.value, style=_STYLE[outcome.band]),
            Text(_rounded(outcome.probability)),
            film,
            notes,
        )
    return Text("not scored", style="magenta"), Text("-"), film, Text(printable(outcome.reason.message))


def _rounded(probability: float) -> str:
    """Return three digits; what is not certain is never rounded to certainty."""
    if probability > 0.9995:
        return ">.999"
    return "<.001" if probability < 0.0005 else f"{probability:.3f}"


def _common_folder(paths: Sequence[Path]) -> Path | None:
    """Return the folder all films are in, to print only what tells them apart."""
    folders = {path.parent for path in paths}
    try:
        common = Path(os.path.commonpath(folders))
    except ValueError:  # relative and absolute paths, or two drives
        return None
    return common if all(path.is_relative_to(common) for path in paths) else None


def _summary(worklist: ReadingWorklist, files: FilmFiles) -> "Text":
    from rich.text import Text

    counts = worklist.counts()
    words = Text(f"{_counted(len(worklist.entries), 'film')}: ", style="bold")
    for band in Band:
        words.append(f"{counts[band.value]:,} {band.value}", style=_STYLE[band]).append(", ")
    words.append(f"{counts['not scored']:,} not scored")
    if worklist.n_no_films:
        words.append(f", {worklist.n_no_films:,} of them no film and listed last", style="dim")
    for n, what in ((files.hidden, "hidden file"), (files.own_folders, "heat-map folder")):
        if n:
            words.append(f"; {_counted(n, what)} left out", style="dim")
    return words


def _counted(n: int, noun: str) -> str:
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"
