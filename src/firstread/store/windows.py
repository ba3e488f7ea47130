"""What statistics are about: a stretch of time in bins, and of each film the outcome and the readings that count."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Exists, Integer, case, cast, select

from firstread.store import tables

__all__ = ["Window", "bin_of", "first_outcome", "newest_outcome", "was_read", "within"]

_OUTCOME, _READING = tables.outcome.c, tables.reading.c


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time in equal bins; what happens at its end is outside.

    Args:
        begin: Seconds since 1970.
        step_s: Length of a bin.
        n_bins: How many there are.
    """

    begin: float
    step_s: float
    n_bins: int

    @property
    def end(self) -> float:
        """Seconds since 1970."""
        return self.begin + self.step_s * self.n_bins


def within(at: ColumnElement[float], window: Window) -> ColumnElement[bool]:
    """Return whether a moment lies in a window."""
    return (at >= window.begin) & (at < window.end)


def bin_of(at: ColumnElement[float], window: Window) -> ColumnElement[int]:
    """Return the number of the bin that a moment of the window lies in, from 0."""
    place = (at - window.begin) / window.step_s
    whole = cast(place, Integer)
    # CAST cuts off in SQLite and rounds in PostgreSQL; FLOOR is not in every SQLite.
    return whole - case((whole > place, 1), else_=0)


def newest_outcome() -> ColumnElement[bool]:
    """Return whether an outcome is the newest of its film."""
    newer = tables.outcome.alias("newer")
    return ~select(1).where(newer.c.film_id == _OUTCOME.film_id, newer.c.id > _OUTCOME.id).exists()


def first_outcome() -> ColumnElement[bool]:
    """Return whether an outcome is the first of its film."""
    older = tables.outcome.alias("older")
    return ~select(1).where(older.c.film_id == _OUTCOME.film_id, older.c.id < _OUTCOME.id).exists()


def was_read(film_id: ColumnElement[int]) -> Exists:
    """Return whether a film has a reading that was not taken back."""
    return select(1).where(_READING.film_id == film_id, _READING.undone_at.is_(None)).exists()
