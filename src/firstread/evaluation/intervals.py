"""How far a number could be off because only so many films were read."""

import math
from dataclasses import dataclass
from statistics import NormalDist

from firstread.errors import UndefinedMetricError

__all__ = ["Figure", "Interval", "NotDefined", "share", "wilson", "wilson_limits"]


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


def share(count: int, n: int, *, fewest: int, level: float = 0.95) -> Interval | None:
    """Return a proportion with the interval of `wilson`; None when there are fewer films than should be spoken of.

    Args:
        count: Films that have the property.
        n: Films in all.
        fewest: Of fewer nothing is said.
        level: Confidence, in (0, 1).
    """
    if n < max(1, fewest):
        return None
    low, high = wilson_limits(count / n, n, level)
    return Interval(count / n, low, high, level)


def wilson_limits(share: float, worth: float, level: float = 0.95) -> tuple[float, float]:
    """Return the limits of `wilson` for films that, being alike, are worth a number that need not be whole.

    Args:
        share: Fraction of the films that have the property, in [0, 1].
        worth: Independent films that would tell as much, above 0.
        level: Confidence, in (0, 1).
    """
    _require_level(level)
    # Not scipy's: a server that states intervals need not load it.
    squared = NormalDist().inv_cdf((1 + level) / 2) ** 2 / worth
    centre = (share + squared / 2) / (1 + squared)
    reach = math.sqrt(squared * (share * (1 - share) + squared / 4)) / (1 + squared)
    # At 0 and 1 a limit is the share itself, which rounding must not push out.
    return min(share, max(0.0, centre - reach)), max(share, min(1.0, centre + reach))


def _require_level(level: float) -> None:
    if not 0 < level < 1:
        raise ValueError(f"level must be in (0, 1); received {level}.")
