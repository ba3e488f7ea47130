"""How long films waited: for the model, and for a reader."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, func, select

from firstread.store import tables
from firstread.store.percentiles import percentiles
from firstread.store.windows import Window, first_outcome, newest_outcome, within
from firstread.terms import Band

__all__ = ["Waits", "oldest_in_queue", "waits_for_model", "waits_for_reader"]

_FILM, _OUTCOME, _READING, _JOB = tables.film.c, tables.outcome.c, tables.reading.c, tables.job.c
_MEDIAN, _TAIL = 50, 90
_ORDER = (*Band, None)


@dataclass(frozen=True, slots=True)
class Waits:
    """How long the films of a band waited; there is at least one.

    Args:
        band: None for films without a score.
        n: How many there are.
        median_s: Half of them waited no longer.
        percentile_90_s: Nine of ten waited no longer.
    """

    band: Band | None
    n: int
    median_s: float
    percentile_90_s: float


def waits_for_model(connection: Connection, window: Window) -> list[Waits]:
    """Return the times from arrival to outcome, by band, of films whose first outcome lies in the window."""
    waited = _wait(_OUTCOME.scored_at).label("value")
    return _waits(
        connection,
        select(_OUTCOME.band.label("kind"), waited)
        .join_from(tables.outcome, tables.film)
        .where(within(_OUTCOME.scored_at, window), first_outcome()),
    )


def waits_for_reader(connection: Connection, window: Window) -> list[Waits]:
    """Return the times from arrival to the first reading that was not taken back, of films first read in the window."""
    earlier = tables.reading.alias("earlier")
    was_read_before = (
        select(1)
        .where(
            earlier.c.film_id == _READING.film_id, earlier.c.undone_at.is_(None), earlier.c.id < _READING.id
        )
        .exists()
    )
    first = (
        select(_READING.film_id, _READING.read_at)
        .where(within(_READING.read_at, window), _READING.undone_at.is_(None), ~was_read_before)
        .subquery()
    )
    joined = tables.film.join(first, first.c.film_id == _FILM.id).outerjoin(
        tables.outcome, (_OUTCOME.film_id == _FILM.id) & newest_outcome()
    )
    waited = _wait(first.c.read_at).label("value")
    return _waits(connection, select(_OUTCOME.band.label("kind"), waited).select_from(joined))


def oldest_in_queue(connection: Connection) -> float | None:
    """Return since when the film in the queue waits that has waited longest; None when none waits."""
    oldest: float | None = connection.scalar(select(func.min(_JOB.queued_at)).where(_JOB.state != "done"))
    return oldest


def _wait(until: ColumnElement[float]) -> ColumnElement[float]:
    """Return how long a film waited; nothing where the clock was set back meanwhile by more than that."""
    waited = until - _FILM.arrived_at
    return case((waited > 0.0, waited), else_=0.0)


def _waits(connection: Connection, which: Select[Any]) -> list[Waits]:
    found = percentiles(connection, which, [_MEDIAN, _TAIL])
    waits = [
        Waits(_band(band), n, median_s=median, percentile_90_s=tail)
        for band, (n, (median, tail)) in found.items()
    ]
    return sorted(waits, key=lambda films: _ORDER.index(films.band))


def _band(stored: str | None) -> Band | None:
    return None if stored is None else Band(stored)
