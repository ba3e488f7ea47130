"""Whether of the films said to be 80 % likely diseased, 80 % are."""

from dataclasses import dataclass

import numpy as np

from firstread.evaluation.clustered_bootstrap import Resamples
from firstread.evaluation.intervals import Figure, Interval
from firstread.evaluation.scored_films import ScoredFilms

__all__ = ["ReliabilityBin", "calibration_error", "reliability"]


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Films with about the same stated probability.

    Args:
        low: Lower edge of the bin, included.
        high: Upper edge of the bin, not included (except 1).
        n_films: Films in it.
        stated: Their mean probability; NaN when there is none.
        observed: Their diseased fraction.
    """

    low: float
    high: float
    n_films: int
    stated: float
    observed: Figure


def reliability(films: ScoredFilms, resamples: Resamples, *, bins: int = 10) -> tuple[ReliabilityBin, ...]:
    """Return stated against observed probability in bins of equal width.

    Args:
        films: With their probabilities.
        resamples: Of their patients.
        bins: Number of bins.
    """
    inside = _inside(films, bins)
    observed = resamples.proportions(
        films.diseased[:, np.newaxis],
        inside,
        undefined="An observed fraction needs a film; this bin has none.",
    )
    return tuple(
        ReliabilityBin(
            low=index / bins,
            high=(index + 1) / bins,
            n_films=int(films_in.sum()),
            stated=float(films.probability[films_in].mean()) if films_in.any() else float("nan"),
            observed=observed[index],
        )
        for index, films_in in enumerate(inside.T)
    )


def calibration_error(films: ScoredFilms, resamples: Resamples, *, bins: int = 15) -> Interval:
    """Return the expected calibration error; see `calibration.expected_calibration_error`.

    The error is a sum of sizes, which chance only makes larger: the percentile interval of a calibrated model lies
    above the truth. The lower limit is therefore the estimate less the reach of the bins' differences around theirs,
    all sizes added up (the triangle inequality: it holds at least as often as the level says), or 0.

    Args:
        films: With their probabilities.
        resamples: Of their patients.
        bins: Number of bins of equal width.
    """
    surplus = (films.probability - films.diseased)[:, np.newaxis] * _inside(films, bins)
    shares = resamples.sums(surplus) / resamples.sums(np.ones((len(films), 1)))
    errors = np.abs(shares).sum(axis=1)
    upper = (1 + resamples.level) / 2
    reach = np.quantile(np.abs(shares[1:] - shares[0]).sum(axis=1), upper)
    return Interval(
        estimate=float(errors[0]),
        low=max(0.0, float(errors[0] - reach)),
        high=max(float(errors[0]), float(np.quantile(errors[1:], upper))),
        level=resamples.level,
        redrawn=resamples.redrawn,
    )


def _inside(films: ScoredFilms, bins: int) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Return which films are in which bin, shape (n_films, bins)."""
    bin_of = np.minimum((films.probability * bins).astype(np.int64), bins - 1)
    return np.asarray(bin_of[:, np.newaxis] == np.arange(bins))
