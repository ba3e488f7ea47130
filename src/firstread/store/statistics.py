"""Counts over all films, worked out by the database: what a dashboard shows.

A film arrives when its delivery begins. Where several models scored a film, its newest outcome is the one that
counts, as everywhere; only `flow` counts every outcome, since each was work.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import ColumnElement, Connection, Select, case, func, literal, select

from firstread.store import tables
from firstread.store.percentiles import percentiles
from firstread.store.windows import Window, bin_of, newest_outcome, was_read, within
from firstread.terms import Band, Refusal

__all__ = [
    "BANDS",
    "Flow",
    "ReadSoFar",
    "Shifts",
    "bands",
    "film_bytes",
    "flow",
    "read_so_far",
    "refusals",
    "shifts",
]

BANDS = tuple(Band)
"""The order of the rows that `bands` returns."""

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
_FILM, _OUTCOME = tables.film.c, tables.outcome.c


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """How many films came and went through the model.

    Args:
        arrived: Films, shape (n_bins,).
        scored: Outcomes with a score, shape (n_bins,).
        not_scored: Outcomes without one, shape (n_bins,).
    """

    arrived: Integers
    scored: Integers
    not_scored: Integers


@dataclass(frozen=True, slots=True, eq=False)
class Shifts:
    """How unlike the tuning films the scored films are.

    Args:
        n: Scored films whose shift is known, shape (n_bins,).
        n_unlike: Those of them that would be warned of, shape (n_bins,).
        median: Percentage of tuning films that are more ordinary, shape (n_bins,), 0 to 100; NaN without a film.
    """

    n: Integers
    n_unlike: Integers
    median: Floats


@dataclass(frozen=True, slots=True)
class ReadSoFar:
    """How many of the scored films have been read.

    Args:
        flagged: Of those with this flag.
        n: Scored.
        n_read: Read.
    """

    flagged: bool
    n: int
    n_read: int


def flow(connection: Connection, window: Window) -> Flow:
    """Count the films that arrived and the outcomes that were written."""
    arrived = _in_bins(_FILM.arrived_at, literal(1), window)
    scored = _in_bins(_OUTCOME.scored_at, _OUTCOME.scored, window)
    (n_arrived,) = _counts(connection, arrived, [1], window)
    n_scored, n_not_scored = _counts(connection, scored, [True, False], window)
    return Flow(n_arrived, n_scored, n_not_scored)


def bands(connection: Connection, window: Window) -> Integers:
    """Count the films that were scored, shape (3, n_bins), a row for each of `BANDS`."""
    which = _in_bins(_OUTCOME.scored_at, _OUTCOME.band, window).where(_OUTCOME.scored, newest_outcome())
    return _counts(connection, which, [band.value for band in BANDS], window)


def shifts(connection: Connection, window: Window, *, unlike_from: float) -> Shifts:
    """Describe the shift of the films that were scored.

    Args:
        connection: Where to ask.
        window: When they were scored.
        unlike_from: The percentage from which a film is called unlike the tuning films.
    """
    known = (_OUTCOME.scored, _OUTCOME.shift.is_not(None), newest_outcome())
    unlike = _in_bins(_OUTCOME.scored_at, _OUTCOME.shift >= unlike_from, window).where(*known)
    n_unlike, n_like = _counts(connection, unlike, [True, False], window)
    values = select(bin_of(_OUTCOME.scored_at, window).label("kind"), _OUTCOME.shift.label("value"))
    medians = percentiles(connection, values.where(within(_OUTCOME.scored_at, window), *known), [50])
    median = np.full(window.n_bins, np.nan)
    for place, (_, values_at) in medians.items():
        median[place] = values_at[0]
    return Shifts(n_unlike + n_like, n_unlike, median)


def refusals(connection: Connection, window: Window) -> Mapping[Refusal, int]:
    """Count the films that were not scored by their reason, the most frequent first."""
    n = func.count().label("n")
    rows = connection.execute(
        select(_OUTCOME.reason_code, n)
        .where(within(_OUTCOME.scored_at, window), ~_OUTCOME.scored, newest_outcome())
        .group_by(_OUTCOME.reason_code)
        .order_by(n.desc(), _OUTCOME.reason_code)
    )
    return {Refusal(row.reason_code): row.n for row in rows}


def read_so_far(connection: Connection, window: Window) -> list[ReadSoFar]:
    """Count the films that were scored in the window and those of them that have been read, flagged ones first."""
    films = (
        select(_OUTCOME.flagged, case((was_read(_OUTCOME.film_id), 1), else_=0).label("is_read"))
        .where(within(_OUTCOME.scored_at, window), _OUTCOME.scored, newest_outcome())
        .subquery()
        .c
    )
    rows = connection.execute(
        select(films.flagged, func.count().label("n"), func.sum(films.is_read).label("n_read")).group_by(
            films.flagged
        )
    )
    counted = {bool(row.flagged): ReadSoFar(bool(row.flagged), row.n, int(row.n_read)) for row in rows}
    return [counted.get(flagged, ReadSoFar(flagged, 0, 0)) for flagged in (True, False)]


def film_bytes(connection: Connection) -> int:
    """Return how many bytes the files of all films have."""
    return int(connection.scalar(select(func.sum(_FILM.file_bytes))) or 0)


def _in_bins(at: ColumnElement[float], kind: ColumnElement[Any], window: Window) -> Select[Any]:
    return select(bin_of(at, window).label("bin"), kind.label("kind")).where(within(at, window))


def _counts(connection: Connection, which: Select[Any], kinds: Sequence[object], window: Window) -> Integers:
    """Return how many rows each kind and bin has, shape (n_kinds, n_bins)."""
    rows = which.subquery().c
    counted = select(rows.bin, rows.kind, func.count().label("n")).group_by(rows.bin, rows.kind)
    counts = np.zeros((len(kinds), window.n_bins), np.int64)
    for row in connection.execute(counted):
        counts[kinds.index(row.kind), row.bin] = row.n
    return counts
