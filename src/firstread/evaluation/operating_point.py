"""Thresholds chosen on tuning films and judged on others."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from firstread.errors import UndefinedMetricError
from firstread.evaluation.between_blocks import PredictionInterval
from firstread.evaluation.discrimination import require_both_classes

__all__ = ["OperatingPoint", "at_sensitivity", "at_specificity", "at_threshold"]


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """A threshold with what it achieves; a film is flagged when its probability reaches the threshold.

    Args:
        name: What it is for: "screening", "rule_out" …
        threshold: Lowest flagged score; a calibrated probability in a bundle.
        sensitivity: Flagged fraction of the diseased films it was judged on.
        specificity: Not flagged fraction of the non-diseased films it was judged on.
        n_diseased: Diseased films it was judged on.
        n_non_diseased: Non-diseased films it was judged on.
        predicted_sensitivity: To expect on another stretch of patients (`between_blocks.predict`); None where nobody
            looked.
        predicted_specificity: The same of specificity.
    """

    name: str
    threshold: float
    sensitivity: float
    specificity: float
    n_diseased: int
    n_non_diseased: int
    predicted_sensitivity: PredictionInterval | None = None
    predicted_specificity: PredictionInterval | None = None


def at_sensitivity(
    diseased: npt.NDArray[np.bool_],
    score: npt.NDArray[np.floating],
    *,
    minimum: float,
    name: str = "screening",
    tolerance: float = 0.0,
) -> OperatingPoint:
    """Return the most specific operating point that is sensitive enough.

    Args:
        diseased: Reference standard, shape (n_films,).
        score: Higher is more suspicious, shape (n_films,).
        minimum: Sensitivity to reach, in (0, 1].
        name: What the operating point is for.
        tolerance: How far below the last flagged film the threshold may stand. The same film scores about
            1e-6 differently on another processor or in another framework, which must not lose it. The
            threshold never goes more than half of the way to the next film, so the same films are flagged.

    Raises:
        UndefinedMetricError: If either class is empty or a score is not a number.
    """
    if not 0 < minimum <= 1:
        raise ValueError(f"minimum must be in (0, 1]; received {minimum}.")
    if not tolerance >= 0:
        raise ValueError(f"tolerance must not be negative; received {tolerance}.")
    score = np.asarray(score, np.float64)
    require_both_classes(diseased, score)
    descending = np.sort(score[diseased])[::-1]
    # k / n, not ceil(minimum * n): 0.55 * 100 is 55.00000000000001 in floats.
    sensitivity = np.arange(1, descending.size + 1) / descending.size
    threshold = float(descending[np.argmax(sensitivity >= minimum)])
    return at_threshold(diseased, score, threshold=_lowered(threshold, score, tolerance), name=name)


def at_specificity(
    diseased: npt.NDArray[np.bool_],
    score: npt.NDArray[np.floating],
    *,
    minimum: float,
    name: str = "urgent",
    tolerance: float = 0.0,
) -> OperatingPoint:
    """Return the most sensitive operating point that is specific enough.

    Args:
        diseased: Reference standard, shape (n_films,).
        score: Higher is more suspicious, shape (n_films,).
        minimum: Specificity to reach, in (0, 1].
        name: What the operating point is for.
        tolerance: As that of `at_sensitivity`.

    Raises:
        UndefinedMetricError: If either class is empty, a score is not a number, or every threshold that is specific
            enough misses every diseased film.
    """
    if not 0 < minimum <= 1:
        raise ValueError(f"minimum must be in (0, 1]; received {minimum}.")
    score = np.asarray(score, np.float64)
    require_both_classes(diseased, score)
    ascending = np.sort(score[~diseased])
    # k / n, not floor(minimum * n): see above.
    specificity = np.arange(1, ascending.size + 1) / ascending.size
    highest_spared = float(ascending[np.argmax(specificity >= minimum)])
    above = score[diseased & (score > highest_spared)]
    if not above.size:
        raise UndefinedMetricError(
            f"The operating point {name!r} needs a diseased film above {minimum:.0%} of the non-diseased ones; "
            "received none. Scores this weak support no such point: ask for a lower specificity, or take another model."
        )
    return at_threshold(diseased, score, threshold=_lowered(float(above.min()), score, tolerance), name=name)


def at_threshold(
    diseased: npt.NDArray[np.bool_],
    score: npt.NDArray[np.floating],
    *,
    threshold: float,
    name: str,
) -> OperatingPoint:
    """Judge a threshold that was fixed before on these films.

    Args:
        diseased: Reference standard, shape (n_films,).
        score: On the scale of the threshold, shape (n_films,).
        threshold: A film is flagged when its score reaches this.
        name: What the operating point is for.

    Raises:
        UndefinedMetricError: If either class is empty or a score is not a number.
    """
    score = np.asarray(score, np.float64)
    require_both_classes(diseased, score)
    flagged = score >= threshold
    return OperatingPoint(
        name=name,
        threshold=threshold,
        sensitivity=float(flagged[diseased].mean()),
        specificity=float((~flagged[~diseased]).mean()),
        n_diseased=int(diseased.sum()),
        n_non_diseased=int((~diseased).sum()),
    )


def _lowered(threshold: float, score: npt.NDArray[np.floating], tolerance: float) -> float:
    """Return the threshold a little lower, at most half of the way to the next film."""
    lower = score[score < threshold]
    if not (tolerance and lower.size):
        return threshold
    return threshold - min(tolerance, (threshold - float(lower.max())) / 2)
