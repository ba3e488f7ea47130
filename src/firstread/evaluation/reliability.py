"""Whether of the films said to be 80 % likely diseased, 80 % are."""

from dataclasses import dataclass

import numpy as np

from firstread.evaluation.clustered_bootstrap import Resamples
from firstread.evaluation.intervals import Figure
from firstread.evaluation.scored_films import ScoredFilms

__all__ = ["ReliabilityBin", "in_bins", "reliability"]


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
    inside = in_bins(films, bins)
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


def in_bins(films: ScoredFilms, bins: int) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Return which films are in which bin of equal width, shape (n_films, bins)."""
    bin_of = np.minimum((films.probability * bins).astype(np.int64), bins - 1)
    return np.asarray(bin_of[:, np.newaxis] == np.arange(bins))
