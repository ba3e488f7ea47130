"""What is fixed on tuning films once training has ended: temperature, operating points, and what they promise."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from firstread.evaluation import calibration, discrimination, intervals, operating_point
from firstread.evaluation.intervals import Interval
from firstread.evaluation.operating_point import OperatingPoint

__all__ = ["MINIMUM_SENSITIVITY", "Tuned", "tune"]

MINIMUM_SENSITIVITY = {"screening": 0.95, "rule_out": 0.99}
"""`screening` decides what is flagged; below `rule_out` a film is routine."""

# A tuning film on the threshold must stay on its side when another processor sums in another order.
_TOLERANCE = 1e-5

Statistic = intervals.Statistic


@dataclass(frozen=True, slots=True)
class Tuned:
    """What tuning films fixed.

    Args:
        temperature: Divides the logit.
        points: By name; thresholds are calibrated probabilities.
        metrics: Figures on the tuning films with 95 % intervals, as plain values.
    """

    temperature: float
    points: dict[str, OperatingPoint]
    metrics: dict[str, Any]


def tune(
    diseased: npt.NDArray[np.bool_],
    logit: npt.NDArray[np.float64],
    patient: Sequence[str],
    *,
    rng: np.random.Generator,
    repeats: int = 2000,
) -> Tuned:
    """Fix temperature and operating points on tuning films and say what they promise.

    Args:
        diseased: Reference standard, shape (n_tuning,).
        logit: Of the exported model, shape (n_tuning,).
        patient: Whose film each is.
        rng: Of the bootstrap.
        repeats: Of the bootstrap.
    """
    temperature = calibration.fit_temperature(diseased, logit)
    probability = calibration.probability(logit, temperature)
    points = {
        name: operating_point.at_sensitivity(
            diseased, probability, minimum=minimum, name=name, tolerance=_TOLERANCE
        )
        for name, minimum in MINIMUM_SENSITIVITY.items()
    }

    def by_patient(statistic: Statistic) -> dict[str, float]:
        return _interval(
            intervals.bootstrap_by_patient(
                statistic, diseased, probability, patient, rng=rng, repeats=repeats
            )
        )

    metrics: dict[str, Any] = {
        "n_films": int(diseased.size),
        "n_diseased": int(diseased.sum()),
        "n_patients": len(set(patient)),
        "null_accuracy": float(max(diseased.mean(), 1 - diseased.mean())),
        "auroc": by_patient(discrimination.auroc),
        "brier": calibration.brier_score(diseased, probability),
        "ece": calibration.expected_calibration_error(diseased, probability),
        "operating_points": {},
    }
    for name, point in points.items():
        metrics["operating_points"][name] = asdict(point) | {
            measure: by_patient(_at(point.threshold, measure))
            for measure in ("sensitivity", "specificity", "accuracy")
        }
    return Tuned(temperature, points, metrics)


def _at(threshold: float, measure: str) -> Statistic:
    """Return the statistic "this measure at this fixed threshold"."""

    def statistic(diseased: npt.NDArray[np.bool_], score: npt.NDArray[np.float64]) -> float:
        point = operating_point.at_threshold(diseased, score, threshold=threshold, name=measure)
        if measure != "accuracy":
            return float(getattr(point, measure))
        return float(np.mean((score >= threshold) == diseased))

    return statistic


def _interval(interval: Interval) -> dict[str, float]:
    return {
        "estimate": interval.estimate,
        "low": interval.low,
        "high": interval.high,
        "level": interval.level,
    }
