"""How well scores tell diseased from non-diseased films."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from firstread.errors import UndefinedMetricError

__all__ = ["RocCurve", "auroc", "require_both_classes", "roc_curve"]


@dataclass(frozen=True, slots=True)
class RocCurve:
    """Every operating point the scores allow, from flagging nobody to flagging everybody.

    Args:
        false_positive_fraction: 1 − specificity, ascending, shape (n_points,).
        sensitivity: Ascending, shape (n_points,).
        threshold: Flagged means score ≥ threshold; descending, the first is infinite, shape (n_points,).
    """

    false_positive_fraction: npt.NDArray[np.float64]
    sensitivity: npt.NDArray[np.float64]
    threshold: npt.NDArray[np.float64]


def require_both_classes(diseased: npt.NDArray[np.bool_], score: npt.NDArray[np.floating]) -> None:
    """Refuse films on which sensitivity or specificity does not exist.

    Args:
        diseased: Reference standard, shape (n_films,).
        score: Any score, shape (n_films,).

    Raises:
        UndefinedMetricError: If a class is empty, a score is not a number, or the shapes differ.
    """
    if diseased.dtype != np.bool_ or diseased.ndim != 1 or score.shape != diseased.shape:
        raise UndefinedMetricError(
            "The reference standard and the scores must be two lists of the same length, the first boolean; "
            f"received {diseased.dtype} {diseased.shape} and {score.dtype} {score.shape}."
        )
    if diseased.all() or not diseased.any():
        raise UndefinedMetricError(
            "This number needs diseased and non-diseased films; "
            f"received {int(diseased.sum())} diseased of {diseased.size}."
        )
    if np.isnan(score).any():
        raise UndefinedMetricError(
            f"Every score must be a number; received {int(np.isnan(score).sum())} NaN of {score.size}."
        )


def auroc(diseased: npt.NDArray[np.bool_], score: npt.NDArray[np.floating]) -> float:
    """Return the probability that a diseased film scores above a non-diseased one; ties count half.

    It is the Mann-Whitney statistic of the ranks (Hanley and McNeil, Radiology 1982). scikit-learn gives the
    same number in 17 times the time, which a bootstrap of 2,000 repeats cannot spare.

    Args:
        diseased: Reference standard, shape (n_films,).
        score: Higher is more suspicious, shape (n_films,).

    Raises:
        UndefinedMetricError: If a class is empty or a score is not a number.
    """
    from scipy.stats import rankdata

    require_both_classes(diseased, score)
    n_diseased = int(diseased.sum())
    above = rankdata(score)[diseased].sum() - n_diseased * (n_diseased + 1) / 2
    return float(above / (n_diseased * (diseased.size - n_diseased)))


def roc_curve(diseased: npt.NDArray[np.bool_], score: npt.NDArray[np.floating]) -> RocCurve:
    """Return sensitivity against 1 − specificity at every threshold.

    Args:
        diseased: Reference standard, shape (n_films,).
        score: Higher is more suspicious, shape (n_films,).

    Raises:
        UndefinedMetricError: If a class is empty or a score is not a number.
    """
    from sklearn.metrics import roc_curve as curve_of

    require_both_classes(diseased, score)
    # Points on a straight line are kept: a reader may ask for any threshold, not only for the corners.
    false_positive_fraction, sensitivity, threshold = curve_of(diseased, score, drop_intermediate=False)
    return RocCurve(
        false_positive_fraction=np.asarray(false_positive_fraction, np.float64),
        sensitivity=np.asarray(sensitivity, np.float64),
        threshold=np.asarray(threshold, np.float64),
    )
