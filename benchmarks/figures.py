"""Measured figures, and the Markdown table that shows them beside their goals."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

__all__ = ["Figure", "Goal", "Report", "ratio_of"]

_HEAD = "| what | n | median | min–max | ratio | goal | met |\n|---|---|---|---|---|---|---|"


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure should reach.

    Args:
        words: As the table shows it.
        met: Whether it was reached.
    """

    words: str
    met: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """One row: a quantity measured several times.

    Args:
        what: In words.
        unit: Of the values.
        values: One for each round.
        ratio: Median over the rounds of this quantity over the one it is paired with.
        goal: None for a quantity that only others are compared with.
    """

    what: str
    unit: str
    values: tuple[float, ...]
    ratio: float | None = None
    goal: Goal | None = None

    def row(self) -> str:
        """Return the row of the table."""
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        goal, met = ("", "") if self.goal is None else (self.goal.words, "yes" if self.goal.met else "**no**")
        middle = f"{_number(median(self.values))} {self.unit}"
        span = f"{_number(min(self.values))}–{_number(max(self.values))}"
        return f"| {self.what} | {len(self.values)} | {middle} | {span} | {ratio} | {goal} | {met} |"


@dataclass(frozen=True, slots=True)
class Report:
    """What one part of the suite found.

    Args:
        figures: Rows of its table.
        note: What was measured on, in words.
    """

    figures: tuple[Figure, ...]
    note: str

    def table(self) -> str:
        """Return the Markdown table."""
        return "\n".join([_HEAD, *(figure.row() for figure in self.figures)])


def ratio_of(values: Sequence[float], others: Sequence[float]) -> float:
    """Return the median of the ratios within each round: what slows a round slows both sides of it."""
    return median(value / other for value, other in zip(values, others, strict=True))


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
