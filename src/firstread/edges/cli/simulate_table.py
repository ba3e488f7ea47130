"""What `firstread simulate` prints."""

from typing import TYPE_CHECKING

from firstread.terms import Discipline
from firstread.triage.arrivals import Group
from firstread.triage.wait_summary import Estimate, TooFewFilms, Waits

if TYPE_CHECKING:
    from rich.table import Table

    from firstread.edges.cli.simulate_run import Told

__all__ = ["print_waits"]


def print_waits(told: "Told") -> None:
    """Print the table of waits, what was simulated, and what it does not promise."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    console.print(_table(told))
    for line in _settings(told):
        console.print(Text(line, style="dim"))
    console.print()
    for caution in told.cautions:
        console.print(Text(f"! {caution}"))


def _table(told: "Told") -> "Table":
    from rich import box
    from rich.table import Table

    title = f"Waiting time in minutes, with {told.asked.level:.0%} intervals"
    # Everything fits into 80 columns: no other padding than the box's own.
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), title=title, title_justify="left")
    table.add_column("Films", no_wrap=True)
    table.add_column("Read", no_wrap=True)
    for heading in ("mean", "theory", "median", "95th %", "max."):
        table.add_column(heading, justify="right", no_wrap=True)
    for group, waits in told.groups.items():
        if isinstance(waits, TooFewFilms):
            table.add_row(group, "", "not defined", end_section=True)
            continue
        table.add_row(
            f"{group}\n{waits.films:,}", "arrival", *_numbers(waits.fifo, told.theory[Discipline.FIFO], group)
        )
        with_flags = _numbers(waits.triage, told.theory[told.asked.room.discipline], group)
        table.add_row("", "triage", *with_flags)
        table.add_row("", "change", _limits(waits.difference, sign="+"), end_section=True)
    return table


def _numbers(waits: Waits, theory: dict[Group, float] | str, group: Group) -> list[str]:
    return [
        _limits(waits.mean),
        "–" if isinstance(theory, str) else _minutes(theory[group]),
        _limits(waits.median),
        _limits(waits.percentile_95),
        _minutes(waits.maximum_min),
    ]


def _limits(estimate: Estimate, *, sign: str = "") -> str:
    """Return an estimate with its limits below it: side by side three of them are wider than a terminal."""
    low, high = _minutes(estimate.low, sign), _minutes(estimate.high, sign)
    return f"{_minutes(estimate.minutes, sign)}\n{low}{' to ' if sign else '–'}{high}"


def _minutes(value: float, sign: str = "") -> str:
    """Return minutes; tenths of a minute are noise where hundreds are waited."""
    return f"{value:{sign}.{0 if abs(value) >= 100 else 1}f}".replace("-", "−")


def _settings(told: "Told") -> list[str]:
    asked, room = told.asked, told.asked.room
    undefined = {reason for reason in told.theory.values() if isinstance(reason, str)}
    empty = {waits.reason: group for group, waits in told.groups.items() if isinstance(waits, TooFewFilms)}
    cap = "" if room.wait_cap_min is None else f", wait cap {room.wait_cap_min:g} min"
    return [
        "arrival: in order of arrival; triage: flagged films first; 95th %: 19 of 20 films wait no longer; "
        "max.: the longest of these simulated films; it grows with their number and has no interval.",
        f"Traffic {room.traffic:.3f}, {sum(room.films_per_hour):.1f} films a day, prevalence {room.prevalence:g}, "
        f"{room.discipline}{cap}; {asked.replications} replications, seed {asked.seed}.",
        f"Sensitivity {room.sensitivity:.3f}, specificity {room.specificity:.3f} ({asked.point.origin}).",
        f"Flagged: {room.flagged:.1%} of the films.",
        *(f"Theory: {reason}" for reason in undefined),
        *(f"{group.capitalize()}: not defined, {reason}." for reason, group in empty.items()),
    ]
