"""Counts over films and outcomes, worked out by the database: what a dashboard shows.

A film arrives when its delivery begins. Where several models scored a film, its newest outcome is the one that counts,
as everywhere; only the outcomes themselves are all counted, since each was work.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, func, select

from firstread.store import tables
from firstread.store.percentiles import percentiles
from firstread.store.windows import Window, bin_of, newest_outcome, was_read, within
from firstread.terms import Band, Refusal

__all__ = ["BANDS", "OutcomeCounts", "ReadSoFar", "arrivals", "film_bytes", "median_shifts", "outcomes"]

BANDS = tuple(Band)
"""The order of the rows of `OutcomeCounts.bands`."""

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
_FILM, _OUTCOME = tables.film.c, tables.outcome.c
# Half of the tuning films have a lower shift, which is a percentage of them.
_MIDDLE = 50.0


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


@dataclass(frozen=True, slots=True)
class _Alike:
    """So many outcomes are alike in all that is counted."""

    bin: int
    scored: bool
    band: str | None
    flagged: bool
    reason_code: str | None
    far: bool | None
    unlike: bool | None
    is_newest: bool
    is_read: bool
    n: int


@dataclass(frozen=True, slots=True)
class OutcomeCounts:
    """The outcomes of a window, counted once in the database and added up here.

    Args:
        window: When they were written.
        alike: Every kind with its number.
    """

    window: Window
    alike: tuple[_Alike, ...]

    def scored(self) -> Integers:
        """Return how many outcomes have a score, shape (n_bins,)."""
        return self._add_up([kind for kind in self.alike if kind.scored])

    def not_scored(self) -> Integers:
        """Return how many outcomes have none, shape (n_bins,)."""
        return self._add_up([kind for kind in self.alike if not kind.scored])

    def bands(self) -> Integers:
        """Return how many films were scored, shape (3, n_bins), a row for each of `BANDS`."""
        films = self._films()
        return np.stack([self._add_up([kind for kind in films if kind.band == band]) for band in BANDS])

    def with_shift(self) -> Integers:
        """Return how many scored films have a shift, shape (n_bins,)."""
        return self._add_up([kind for kind in self._films() if kind.unlike is not None])

    def far(self) -> Integers:
        """Return how many of those are less ordinary than the tuning film in the middle, shape (n_bins,)."""
        return self._add_up([kind for kind in self._films() if kind.far])

    def unlike(self) -> Integers:
        """Return how many of those are called unlike the tuning films, shape (n_bins,)."""
        return self._add_up([kind for kind in self._films() if kind.unlike])

    def refusals(self) -> Mapping[Refusal, int]:
        """Return how many films were not scored for each reason, the most frequent first."""
        counts: Counter[Refusal] = Counter()
        for kind in self.alike:
            if kind.is_newest and kind.reason_code is not None:
                counts[Refusal(kind.reason_code)] += kind.n
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

    def read_so_far(self, *, flagged: bool) -> ReadSoFar:
        """Return how many scored films with, or without, a flag have been read."""
        films = [kind for kind in self._films() if kind.flagged == flagged]
        return ReadSoFar(
            flagged, sum(kind.n for kind in films), sum(kind.n for kind in films if kind.is_read)
        )

    def _films(self) -> list[_Alike]:
        return [kind for kind in self.alike if kind.is_newest and kind.scored]

    def _add_up(self, kinds: Iterable[_Alike]) -> Integers:
        counts = np.zeros(self.window.n_bins, np.int64)
        for kind in kinds:
            counts[kind.bin] += kind.n
        return counts


def arrivals(connection: Connection, window: Window) -> Integers:
    """Return how many films arrived, shape (n_bins,)."""
    films = select(bin_of(_FILM.arrived_at, window).label("bin")).where(within(_FILM.arrived_at, window))
    rows = films.subquery().c
    counts = np.zeros(window.n_bins, np.int64)
    for row in connection.execute(select(rows.bin, func.count().label("n")).group_by(rows.bin)):
        counts[row.bin] = row.n
    return counts


def outcomes(connection: Connection, window: Window, *, unlike_from: float) -> OutcomeCounts:
    """Count the outcomes of a window by all that is asked of them, in one pass.

    Args:
        connection: Where to ask.
        window: When they were written.
        unlike_from: The shift from which a film is called unlike the tuning films, a percentage.
    """
    each = select(
        bin_of(_OUTCOME.scored_at, window).label("bin"),
        _OUTCOME.scored,
        _OUTCOME.band,
        _OUTCOME.flagged,
        _OUTCOME.reason_code,
        (_OUTCOME.shift > _MIDDLE).label("far"),
        (_OUTCOME.shift >= unlike_from).label("unlike"),
        newest_outcome().label("is_newest"),
        was_read(_OUTCOME.film_id).label("is_read"),
    ).where(within(_OUTCOME.scored_at, window))
    kinds = list(each.subquery().c)
    counted = connection.execute(select(*kinds, func.count().label("n")).group_by(*kinds))
    return OutcomeCounts(window, tuple(_Alike(**row._asdict()) for row in counted))


def median_shifts(connection: Connection, window: Window) -> Floats:
    """Return the median shift of the films that were scored, shape (n_bins,), 0 to 100; NaN without a film."""
    shifts = select(bin_of(_OUTCOME.scored_at, window).label("kind"), _OUTCOME.shift.label("value")).where(
        within(_OUTCOME.scored_at, window), _OUTCOME.scored, _OUTCOME.shift.is_not(None), newest_outcome()
    )
    medians = np.full(window.n_bins, np.nan)
    for place, (_, (median,)) in percentiles(connection, shifts, [50]).items():
        medians[place] = median
    return medians


def film_bytes(connection: Connection) -> int:
    """Return how many bytes the files of all films have."""
    return int(connection.scalar(select(func.sum(_FILM.file_bytes))) or 0)
