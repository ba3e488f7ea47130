"""What `firstread data check` prints."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from firstread.data.leakage import LeakKind
from firstread.terms import LabelState

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table

    from firstread.data.check import FolderCheck

__all__ = ["print_check", "print_json"]

_MOST_RANGES = 40
_MOST_GROUPS = 8
_MOST_FILES = 5
_FOLDER_OF = {LabelState.PRESENT: "PNEUMONIA", LabelState.ABSENT: "NORMAL"}
_WORDS = {
    LeakKind.OFFICIAL_TEST: "official test films outside the test folder (left out when films are read)",
    LeakKind.PATIENT_IN_TWO_PARTS: "patients in two parts",
    LeakKind.FILM_IN_TWO_PARTS: "films in two parts",
    LeakKind.FILM_IN_TWO_CLASSES: "films in two classes",
    LeakKind.FILM_OF_TWO_PATIENTS: "films under two patients",
}


def print_json(found: "FolderCheck") -> None:
    """Print everything, for programs."""
    typer.echo(json.dumps(found.as_dict(), indent=2))


def print_check(found: "FolderCheck", folder: Path) -> None:
    """Print what was found, for people: tables, then what is wrong, then one line that sums it up."""
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=False)
    for block in (_parts(found), _ranges(found), _files(found)):
        console.print(block)
        console.print()
    _print_copies(console, found, folder)
    _print_unreadable(console, found, folder)
    _print_leaks(console, found, folder)


def _parts(found: "FolderCheck") -> "RenderableType":
    table = _table("Films", "part", "films", "PNEUMONIA", "NORMAL", "patients", "prevalence", "null accuracy")
    for row in found.parts:
        table.add_row(
            row.part,
            f"{row.films:,}",
            f"{row.diseased:,}",
            f"{row.non_diseased:,}",
            f"{row.patients:,}",
            f"{row.prevalence:.1%}",
            f"{row.null_accuracy:.1%}",
        )
    table.caption = "Null accuracy: always giving the more frequent answer. A model has to beat it."
    if found.synthetic:
        table.caption += f" {found.synthetic:,} films are synthetic: they show no patient."
    return table


def _ranges(found: "FolderCheck") -> "RenderableType":
    table = _table("Patient numbers", "series", "part", "numbers", "patients", "films")
    for row in found.ranges[:_MOST_RANGES]:
        numbers = f"{row.first}–{row.last}" if row.first != row.last else str(row.first)
        table.add_row(row.series, row.part, numbers, f"{row.patients:,}", f"{row.films:,}")
    table.caption = "A number means one patient only within its series."
    if len(found.ranges) > _MOST_RANGES:
        table.caption += f" {len(found.ranges) - _MOST_RANGES} more with --json."
    return table


def _files(found: "FolderCheck") -> "RenderableType":
    table = _table("Files, by class (medians)", "class", "width", "height", "width / height", "size")
    for row in found.file_facts:
        table.add_row(
            _FOLDER_OF[row.finding],
            f"{row.median_width:.0f}",
            f"{row.median_height:.0f}",
            f"{row.median_aspect:.2f}",
            f"{row.median_file_kb:.0f} kB",
        )
    table.caption = "Where these differ, a model can tell the classes apart without looking at lungs."
    return table


def _table(title: str, *columns: str) -> "Table":
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(
        title=title, title_justify="left", caption_justify="left", box=SIMPLE_HEAD, title_style="bold"
    )
    for column in columns:
        words = column in ("part", "series", "class")
        table.add_column(column, justify="left" if words else "right", no_wrap=words)
    return table


def _print_copies(console: "Console", found: "FolderCheck", folder: Path) -> None:
    for name, groups in (("identical files", found.identical), ("near-copies", found.near)):
        films = sum(len(group) for group in groups)
        console.print(f"[bold]Groups of {name}[/]: {len(groups)}" + (f", {films} films" if groups else ""))
        _print_some(console, (_names(group, folder) for group in groups[:_MOST_GROUPS]), len(groups))


def _print_unreadable(console: "Console", found: "FolderCheck", folder: Path) -> None:
    console.print(f"[bold]Unreadable films[/]: {len(found.unreadable)}")
    lines = (
        f"{_short(film.path, folder)}: {film.reason.message}" for film in found.unreadable[:_MOST_GROUPS]
    )
    _print_some(console, lines, len(found.unreadable))


def _print_leaks(console: "Console", found: "FolderCheck", folder: Path) -> None:
    leaks = defaultdict(list)
    for leak in found.leaks:
        leaks[leak.kind].append(leak.paths)
    if not leaks:
        console.print("[bold]Leakage[/]: none found")
    for kind, groups in leaks.items():
        console.print(f"[bold red]LEAKAGE[/]: {len(groups)} {_WORDS[kind]}")
        _print_some(console, (_names(group, folder) for group in groups[:_MOST_GROUPS]), len(groups))


def _print_some(console: "Console", lines: Iterable[str], total: int) -> None:
    from rich.padding import Padding
    from rich.text import Text

    for line in lines:
        console.print(Padding(Text(line), (0, 0, 0, 2)))
    if total > _MOST_GROUPS:
        console.print(f"  … and {total - _MOST_GROUPS} more (--json lists them all)")


def _names(paths: Sequence[Path], folder: Path) -> str:
    more = f" and {len(paths) - _MOST_FILES} more" if len(paths) > _MOST_FILES else ""
    first, *others = paths[:_MOST_FILES]
    names = [path.name if path.parent == first.parent else _short(path, folder) for path in others]
    return ", ".join([_short(first, folder), *names]) + more


def _short(path: Path, folder: Path) -> str:
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else str(path)
