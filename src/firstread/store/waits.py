"""How long films wait: for the model, for a reader, and those that nobody has read yet."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, select

from firstread.store import tables
from firstread.store.percentiles import percentiles
from firstread.store.windows import Window, first_outcome, newest_outcome, was_read, within
from firstread.terms import Band

__all__ = ["Unread", "Waits", "oldest_in_queue", "unread", "waits_for_model", "waits_for_reader"]

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


@dataclass(frozen=True, slots=True)
class Unread:
    """Films that nobody has read, as they stand now; there is at least one.

    Args:
        band: None for films without a score.
        is_waiting: They still wait for the model.
        n: How many there are.
        oldest_at: When the first of them arrived (seconds since 1970).
    """

    band: Band | None
    is_waiting: bool
    n: int
    oldest_at: float


def waits_for_model(connection: Connection, window: Window) -> list[Waits]:
    """Return the times from arrival to outcome, by band, of films whose first outcome lies in the window."""
    waited = (_OUTCOME.scored_at - _FILM.arrived_at).label("value")
    return _waits(
        connection,
        select(_OUTCOME.band.label("kind"), waited)
        .join_from(tables.outcome, tables.film)
        .where(within(_OUTCOME.scored_at, window), first_outcome()),
    )


def waits_for_reader(connection: Connection, window: Window) -> list[Waits]:
    """Return the times from arrival to the first reading that was not taken back, of films first read in the window."""
    first_at = func.min(_READING.read_at)
    first = (
        select(_READING.film_id, first_at.label("read_at"))
        .where(_READING.undone_at.is_(None))
        .group_by(_READING.film_id)
        .having(first_at >= window.begin, first_at < window.end)
        .subquery()
    )
    joined = tables.film.join(first, first.c.film_id == _FILM.id).outerjoin(
        tables.outcome, (_OUTCOME.film_id == _FILM.id) & newest_outcome()
    )
    waited = (first.c.read_at - _FILM.arrived_at).label("value")
    return _waits(connection, select(_OUTCOME.band.label("kind"), waited).select_from(joined))


def unread(connection: Connection) -> list[Unread]:
    """Count the films that nobody has read, by what is known of them."""
    joined = tables.film.outerjoin(tables.outcome, (_OUTCOME.film_id == _FILM.id) & newest_outcome())
    films = (
        select(_OUTCOME.band, _OUTCOME.id.is_(None).label("is_waiting"), _FILM.arrived_at)
        .select_from(joined)
        .where(~was_read(_FILM.id))
        .subquery()
        .c
    )
    n, oldest_at = func.count().label("n"), func.min(films.arrived_at).label("oldest_at")
    rows = connection.execute(
        select(films.band, films.is_waiting, n, oldest_at).group_by(films.band, films.is_waiting)
    )
    found = [Unread(_band(row.band), bool(row.is_waiting), row.n, row.oldest_at) for row in rows]
    return sorted(found, key=lambda films: (_ORDER.index(films.band), not films.is_waiting))


def oldest_in_queue(connection: Connection) -> float | None:
    """Return since when the film in the queue waits that has waited longest; None when none waits."""
    oldest: float | None = connection.scalar(select(func.min(_JOB.queued_at)).where(_JOB.state != "done"))
    return oldest


def _waits(connection: Connection, which: Select[Any]) -> list[Waits]:
    found = percentiles(connection, which, [_MEDIAN, _TAIL])
    waits = [
        Waits(_band(band), n, median_s=median, percentile_90_s=tail)
        for band, (n, (median, tail)) in found.items()
    ]
    return sorted(waits, key=lambda films: _ORDER.index(films.band))


def _band(stored: str | None) -> Band | None:
    return None if stored is None else Band(stored)
