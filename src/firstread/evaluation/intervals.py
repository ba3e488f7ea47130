"""How far a number could be off because only so many films were read."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from firstread.errors import UndefinedMetricError

__all__ = ["Figure", "Interval", "NotDefined", "bootstrap_by_patient", "wilson", "wilson_limits"]

Statistic = Callable[[npt.NDArray[np.bool_], npt.NDArray[np.float64]], float]


@dataclass(frozen=True, slots=True)
class Interval:
    """A number with its confidence interval.

    Args:
        estimate: On the films as they are.
        low: Lower confidence limit.
        high: Upper confidence limit.
        level: Confidence, in (0, 1).
        redrawn: Resamples that were thrown away because the number did not exist on them.
    """

    estimate: float
    low: float
    high: float
    level: float
    redrawn: int = 0


@dataclass(frozen=True, slots=True)
class NotDefined:
    """A number that does not exist on these films; it is never written as 0.

    Args:
        reason: What would have to hold, and what came.
    """

    reason: str


Figure = Interval | NotDefined
"""One cell of a report."""


def wilson(k: int, n: int, level: float = 0.95) -> Interval:
    """Return the score interval of a proportion (Wilson, JASA 1927).

    It stays inside [0, 1] and is honest for 0 of n, where the textbook interval has no width.

    Args:
        k: Films that have the property.
        n: Films in all.
        level: Confidence, in (0, 1).

    Raises:
        UndefinedMetricError: If there is no film.
    """
    from scipy.stats import binomtest

    _require_level(level)
    if n == 0:
        raise UndefinedMetricError("A proportion needs at least one film; received 0.")
    if not 0 <= k <= n:
        raise ValueError(f"k must be in [0, n]; received {k} of {n}.")
    limits = binomtest(k, n).proportion_ci(level, method="wilson")
    return Interval(estimate=k / n, low=float(limits.low), high=float(limits.high), level=level)


def wilson_limits(share: float, worth: float, level: float = 0.95) -> tuple[float, float]:
    """Return the limits of `wilson` for films that, being alike, are worth a number that need not be whole.

    Args:
        share: Fraction of the films that have the property, in [0, 1].
        worth: Independent films that would tell as much, above 0.
        level: Confidence, in (0, 1).
    """
    from scipy.stats import norm

    _require_level(level)
    squared = float(norm.isf((1 - level) / 2)) ** 2 / worth
    centre = (share + squared / 2) / (1 + squared)
    reach = math.sqrt(squared * (share * (1 - share) + squared / 4)) / (1 + squared)
    # At 0 and 1 a limit is the share itself, which rounding must not push out.
    return min(share, max(0.0, centre - reach)), max(share, min(1.0, centre + reach))


def bootstrap_by_patient(
    statistic: Statistic,
    diseased: npt.NDArray[np.bool_],
    score: npt.NDArray[np.floating],
    patient: Sequence[str] | npt.NDArray[np.generic],
    *,
    rng: np.random.Generator,
    level: float = 0.95,
    repeats: int = 2000,
) -> Interval:
    """Return the percentile interval of a statistic when whole patients are drawn again.

    Films of one patient look alike, so drawing films would promise too narrow an interval (cluster
    bootstrap: Davison and Hinkley, 1997, section 3.8). A resample on which the statistic does not exist
    (one class only) is drawn again, so the interval holds for samples that have both classes; how many
    were drawn again is told, and more than half of all draws is an error.

    Args:
        statistic: Takes (diseased, score) of a resample; raises UndefinedMetricError where it has no value.
        diseased: Reference standard, shape (n_films,).
        score: Higher is more suspicious, shape (n_films,).
        patient: The patient of each film, shape (n_films,).
        rng: Source of chance.
        level: Confidence, in (0, 1).
        repeats: Resamples.

    Raises:
        UndefinedMetricError: If the statistic does not exist on the films, or on most resamples.
    """
    _require_level(level)
    if repeats < 1:
        raise ValueError(f"repeats must be at least 1; received {repeats}.")
    scores = np.asarray(score, np.float64)
    names, patient_of = np.unique(np.asarray([str(key) for key in patient]), return_inverse=True)
    if not patient_of.shape == diseased.shape == scores.shape:
        raise ValueError(
            "Each film needs a reference standard, a score and a patient; "
            f"received {diseased.size}, {scores.size} and {patient_of.size}."
        )
    estimate = statistic(diseased, scores)
    values: list[float] = []
    redrawn = 0
    while len(values) < repeats:
        times = np.bincount(rng.integers(names.size, size=names.size), minlength=names.size)
        films = np.repeat(np.arange(diseased.size), times[patient_of])
        try:
            values.append(statistic(diseased[films], scores[films]))
        except UndefinedMetricError as error:
            redrawn += 1
            if redrawn > repeats:
                raise UndefinedMetricError(
                    "An interval needs patients enough that most resamples have both classes; "
                    f"received {names.size} patients, {int(diseased.sum())} diseased of {diseased.size} films."
                ) from error
    tail = (1 - level) / 2
    low, high = np.quantile(values, [tail, 1 - tail])
    return Interval(estimate=estimate, low=float(low), high=float(high), level=level, redrawn=redrawn)


def _require_level(level: float) -> None:
    if not 0 < level < 1:
        raise ValueError(f"level must be in (0, 1); received {level}.")
