"""Patients drawn again and again, once for all figures of an account."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from firstread.errors import UndefinedMetricError
from firstread.evaluation.intervals import Figure, Interval, NotDefined, wilson_limits
from firstread.evaluation.scored_films import ScoredFilms

__all__ = ["Resamples"]

Values = npt.NDArray[np.float64]

# Weights of half a million films at once stay in a processor's cache; all of them would be 80 MB and more.
CHUNK = 500_000
# How many patients the belief that films of one patient are right or wrong together weighs; see `proportions`.
PRIOR_PATIENTS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Resamples:
    """How often each patient is in each resample (cluster bootstrap: Davison and Hinkley, 1997, section 3.8).

    Films of one patient look alike, so whole patients are drawn. Row 0 is the films as they are: whatever is computed
    has the estimate there, and its resamples below it.

    Args:
        times: Times each patient was drawn, shape (1 + repeats, n_patients).
        patient_row: Column of each film's patient, shape (n_films,).
        redrawn: Resamples that lacked a class and were drawn again.
        level: Confidence of the intervals, in (0, 1).
    """

    times: npt.NDArray[np.uint16]
    patient_row: npt.NDArray[np.intp]
    redrawn: int
    level: float

    @staticmethod
    def draw(
        films: ScoredFilms, *, rng: np.random.Generator, repeats: int = 2000, level: float = 0.95
    ) -> "Resamples":
        """Draw patients with replacement; a resample that lacks a class that the films have is drawn again.

        Args:
            films: Whose patients are drawn.
            rng: Source of chance.
            repeats: Resamples.
            level: Confidence of the intervals, in (0, 1).

        Raises:
            UndefinedMetricError: If there are fewer than two patients, or more than half of the draws lack a class.
        """
        if repeats < 1 or not 0 < level < 1:
            raise ValueError(f"repeats must be at least 1 and level in (0, 1); received {repeats}, {level}.")
        n = films.n_patients
        if n < 2:
            raise UndefinedMetricError(f"An interval needs at least two patients; received {n}.")
        classes = [
            np.bincount(films.patient_row[of_class], minlength=n) > 0
            for of_class in (films.diseased, ~films.diseased)
            if of_class.any()
        ]
        times = np.ones((1 + repeats, n), np.uint16)
        drawn = redrawn = 0
        while drawn < repeats:
            row = np.bincount(rng.integers(n, size=n), minlength=n)
            if all(row[has_films].any() for has_films in classes):
                drawn += 1
                times[drawn] = row
            else:
                redrawn += 1
            if redrawn > repeats:
                raise UndefinedMetricError(
                    "An interval needs patients enough that most resamples have both classes; received "
                    f"{n} patients, {int(films.diseased.sum())} diseased of {len(films)} films."
                )
        return Resamples(times, films.patient_row, redrawn, level)

    def sums(self, of_film: npt.ArrayLike) -> Values:
        """Return the sum over each resample's films of a number that each film has.

        Args:
            of_film: Shape (n_films,) or (n_films, k).

        Returns:
            Shape (1 + repeats,) or (1 + repeats, k).
        """
        columns = np.asarray(of_film, np.float64)
        # All films of a patient come together, so their numbers may be added before.
        of_patient = np.zeros((self.times.shape[1], *columns.shape[1:]))
        np.add.at(of_patient, self.patient_row, columns)
        return np.asarray(self.times.astype(np.float64) @ of_patient, np.float64)

    def each(self, statistic: Callable[[Values], Values], films: npt.NDArray[np.intp]) -> Values:
        """Return a statistic of each resample.

        Args:
            statistic: Takes how often each film counts, shape (m, films.size), to values of shape (m,) or (m, k).
            films: Rows of the films it is about, in the order in which it wants them.

        Returns:
            Shape (1 + repeats,) or (1 + repeats, k).
        """
        columns = self.patient_row[films]
        rows = max(1, CHUNK // columns.size)
        return np.concatenate(
            [
                statistic(self.times[start : start + rows, columns].astype(np.float64))
                for start in range(0, self.times.shape[0], rows)
            ]
        )

    def figure(self, values: Values, *, undefined: str) -> Figure:
        """Return the percentile interval of a statistic.

        A resample on which the statistic does not exist is left out and counted.

        Args:
            values: Of the films as they are, then of each resample; NaN where there is none; shape (1 + repeats,).
            undefined: Why the statistic may not exist.
        """
        exists = values[1:][np.isfinite(values[1:])]
        missing = values.size - 1 - exists.size
        if not np.isfinite(values[0]):
            return NotDefined(undefined)
        if missing > exists.size:
            return NotDefined(
                f"{undefined} So it is on {missing} of {values.size - 1} resamples of the patients."
            )
        tail = (1 - self.level) / 2
        low, high = np.quantile(exists, [tail, 1 - tail])
        return Interval(float(values[0]), float(low), float(high), self.level, self.redrawn + missing)

    def proportions(
        self, which: npt.NDArray[np.bool_], among: npt.NDArray[np.bool_], *, undefined: str
    ) -> list[Figure]:
        """Return fractions of films with Wilson's interval for as many films as they are worth.

        Near 0 and 1 the percentile interval promises too much: for a true .98 in 150 patients its lower limit lay above
        the truth in 5 to 10 of 100 simulations instead of 2.5, and after 153 of 154 it lies higher than after 154 of
        154. So the resamples give the variance, the variance the design effect: how many times fewer independent films
        would vary as much (never below 1). With their number comes Wilson's interval (Rao and Scott, Biometrics 1992).

        Few patients in the rarer outcome show little of how alike their films are, and none show nothing. So the
        design effect is averaged with that of films that are right or wrong together, as if four more patients had
        shown it: for a true .99 in 300 patients of 2.7 films the lower limit lay above the truth in up to 9 of 100
        simulations without, in none with it; and one film wrong never looks better than none.

        Args:
            which: Films that have the property, shape (n_films, k).
            among: Films that are asked, shape (n_films, k).
            undefined: Why a fraction may not exist: no film is asked.
        """
        which, among = np.broadcast_arrays(which, among)
        with np.errstate(invalid="ignore", divide="ignore"):
            values = self.sums(which & among) / self.sums(among)
        return [
            self._fraction(values[:, column], which[:, column], among[:, column], undefined=undefined)
            for column in range(values.shape[1])
        ]

    def _fraction(
        self, values: Values, which: npt.NDArray[np.bool_], among: npt.NDArray[np.bool_], *, undefined: str
    ) -> Figure:
        figure = self.figure(values, undefined=undefined)
        if isinstance(figure, NotDefined):
            return figure
        share = figure.estimate
        rarer = self._patients(among & (which if share < 0.5 else ~which))
        n_films, alike = int(among.sum()), int(among.sum()) / self._patients(among)
        shown = 1.0
        if rarer and values.size > 2:
            shown = max(1.0, float(np.nanvar(values[1:], ddof=1)) * n_films / (share * (1 - share)))
        design_effect = (rarer * shown + PRIOR_PATIENTS * alike) / (rarer + PRIOR_PATIENTS)
        low, high = wilson_limits(share, n_films / design_effect, self.level)
        return replace(figure, low=low, high=high)

    def _patients(self, films: npt.NDArray[np.bool_]) -> int:
        return int(np.unique(self.patient_row[films]).size)

    def proportion(
        self, which: npt.NDArray[np.bool_], among: npt.NDArray[np.bool_], *, undefined: str
    ) -> Figure:
        """Return one fraction of films; see `proportions`."""
        return self.proportions(which[:, np.newaxis], among[:, np.newaxis], undefined=undefined)[0]

    def band(self, values: Values) -> tuple[Values, Values, Values]:
        """Return estimates with their pointwise percentile limits.

        Args:
            values: As for `figure`, shape (1 + repeats, k).

        Returns:
            Estimates, lower limits, upper limits; each of shape (k,), NaN where there is no figure.
        """
        figures = [self.figure(values[:, column], undefined="") for column in range(values.shape[1])]
        nothing = Interval(np.nan, np.nan, np.nan, self.level)
        shown = [figure if isinstance(figure, Interval) else nothing for figure in figures]
        return (
            np.array([figure.estimate for figure in shown]),
            np.array([figure.low for figure in shown]),
            np.array([figure.high for figure in shown]),
        )
