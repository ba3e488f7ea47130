"""How long each group of films waits, with and without flags, and how far chance could move that."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from firstread.triage.arrivals import Group
from firstread.triage.simulation import SimulatedFilms

__all__ = ["Estimate", "GroupWaits", "TooFewFilms", "Waits", "summarise"]

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number of minutes with its confidence limits."""

    minutes: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Waits:
    """Waiting times of one group under one discipline.

    Args:
        mean: Over the films.
        median: Half of the films wait no longer.
        percentile_95: 19 of 20 films wait no longer.
        maximum_min: Of the simulated films; it grows with their number, so it has no interval.
    """

    mean: Estimate
    median: Estimate
    percentile_95: Estimate
    maximum_min: float


@dataclass(frozen=True, slots=True)
class GroupWaits:
    """One group of films, read in order of arrival and with flags.

    Args:
        films: How many were simulated.
        fifo: In order of arrival.
        triage: With flags.
        difference: Mean with flags less mean in order of arrival, over the same films; below 0 is sooner.
    """

    films: int
    fifo: Waits
    triage: Waits
    difference: Estimate


@dataclass(frozen=True, slots=True)
class TooFewFilms:
    """A group whose waiting times are not defined."""

    reason: str


def summarise(films: SimulatedFilms, *, level: float = 0.95) -> dict[Group, GroupWaits | TooFewFilms]:
    """Return the waiting times of every group.

    Args:
        films: From `simulation.simulate`.
        level: Confidence of the intervals, in (0, 1); they are Student's over the replications.
    """
    if not 0 < level < 1:
        raise ValueError(f"level must be in (0, 1); received {level}.")
    n_replications = int(films.replication.max(initial=-1)) + 1
    return {
        group: _group(films, group.members(films.diseased, films.flagged), n_replications, level)
        for group in Group
    }


def _group(
    films: SimulatedFilms, mask: npt.NDArray[np.bool_], n_replications: int, level: float
) -> GroupWaits | TooFewFilms:
    replication = films.replication[mask]
    seen = len(np.unique(replication))
    if seen < 2:
        return TooFewFilms(
            f"an interval needs such films in at least 2 replications; they came in {seen} of {n_replications}"
        )
    fifo, triage = films.fifo_min[mask], films.triage_min[mask]
    return GroupWaits(
        films=int(mask.sum()),
        fifo=_waits(fifo, replication, level),
        triage=_waits(triage, replication, level),
        difference=_mean(triage - fifo, replication, level),
    )


def _waits(minutes: Values, replication: npt.NDArray[np.int64], level: float) -> Waits:
    return Waits(
        mean=_wait(_mean(minutes, replication, level)),
        median=_wait(_quantile(minutes, replication, 0.5, level)),
        percentile_95=_wait(_quantile(minutes, replication, 0.95, level)),
        maximum_min=float(minutes.max()),
    )


def _wait(estimate: Estimate) -> Estimate:
    """Return the estimate of a time that is never below 0 min, whatever Student says."""
    return replace(estimate, low=max(estimate.low, 0.0))


def _mean(minutes: Values, replication: npt.NDArray[np.int64], level: float) -> Estimate:
    """Return the mean over all films; replications differ in films, so it is a ratio of two sums.

    Its standard error is that of the residuals of the sums (Cochran, Sampling Techniques, 1977, section 6.4).
    """
    _, place = np.unique(replication, return_inverse=True)
    number, total = np.bincount(place), np.bincount(place, weights=minutes)
    mean = float(total.sum() / number.sum())
    error = np.std(total - mean * number, ddof=1) * np.sqrt(len(number)) / number.sum()
    return _student(mean, float(error), len(number), level)


def _quantile(minutes: Values, replication: npt.NDArray[np.int64], share: float, level: float) -> Estimate:
    """Return the quantile over all films; its standard error is that of the replications' own quantiles."""
    # Films come replication by replication, so each one's lie together.
    cuts = np.flatnonzero(np.diff(replication)) + 1
    own = [np.quantile(part, share) for part in np.split(minutes, cuts)]
    error = float(np.std(own, ddof=1) / np.sqrt(len(own)))
    return _student(float(np.quantile(minutes, share)), error, len(own), level)


def _student(estimate: float, error: float, replications: int, level: float) -> Estimate:
    from scipy.special import stdtrit

    reach = error * float(stdtrit(replications - 1, (1 + level) / 2))
    return Estimate(estimate, estimate - reach, estimate + reach)
