"""Tests of two models on the same films; both take films as independent."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from firstread.errors import UndefinedMetricError
from firstread.evaluation.discrimination import require_both_classes
from firstread.evaluation.intervals import Interval

__all__ = ["DeLong", "delong", "mcnemar"]

Films = npt.NDArray[np.bool_]
Scores = npt.NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class DeLong:
    """DeLong's test of two AUROCs on the same films; it takes films as independent.

    Args:
        first: AUROC.
        second: AUROC.
        difference: First less second, with a normal interval.
        z: Difference in standard errors.
        p_value: Two-sided, that there is none.
    """

    first: float
    second: float
    difference: Interval
    z: float
    p_value: float


def delong(diseased: Films, first: Scores, second: Scores, *, level: float = 0.95) -> DeLong:
    """Test whether two scores of the same films have the same AUROC (DeLong et al., Biometrics 1988).

    By midranks, in the time of a sort (Sun and Xu, IEEE Signal Processing Letters 2014).

    Args:
        diseased: Reference standard, shape (n_films,).
        first: Scores of one model, shape (n_films,).
        second: Scores of the other, shape (n_films,).
        level: Confidence of the interval, in (0, 1).

    Raises:
        UndefinedMetricError: If a class has fewer than two films, a score is not a number, or the difference has no
            variance because both order the films alike.
    """
    from scipy.stats import norm

    for score in (first, second):
        require_both_classes(diseased, score)
    if min(diseased.sum(), (~diseased).sum()) < 2:
        raise UndefinedMetricError(
            "DeLong's test needs two films of each class; "
            f"received {int(diseased.sum())} diseased of {diseased.size}."
        )
    placements = [_placements(diseased, score) for score in (first, second)]
    aurocs = [float(of_diseased.mean()) for of_diseased, _ in placements]
    # The variance of a difference is that of the films' own differences.
    apart = [one - other for one, other in zip(*placements, strict=True)]
    error = float(np.sqrt(sum(values.var(ddof=1) / values.size for values in apart)))
    if error < 1e-12:
        raise UndefinedMetricError(
            "DeLong's test needs two models that order the films differently; the difference has no variance here."
        )
    difference = aurocs[0] - aurocs[1]
    reach = float(norm.isf((1 - level) / 2)) * error
    return DeLong(
        first=aurocs[0],
        second=aurocs[1],
        difference=Interval(difference, difference - reach, difference + reach, level),
        z=difference / error,
        p_value=float(2 * norm.sf(abs(difference) / error)),
    )


def _placements(diseased: Films, score: Scores) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return for each film the fraction of the other class that it is on the right side of, diseased films first."""
    from scipy.stats import rankdata

    rank = rankdata(score)
    below = (rank[diseased] - rankdata(score[diseased])) / (~diseased).sum()
    above = 1 - (rank[~diseased] - rankdata(score[~diseased])) / diseased.sum()
    return below, above


def mcnemar(only_first: int, only_second: int) -> float:
    """Return the two-sided P value of McNemar's exact test (Biometrika 1947): a fair coin for each disagreement.

    Args:
        only_first: Films that only the first told right.
        only_second: Films that only the second told right.
    """
    from scipy.stats import binomtest

    disagreements = only_first + only_second
    # Where the two never disagree, nothing speaks against their being alike.
    return float(binomtest(only_first, disagreements).pvalue) if disagreements else 1.0
