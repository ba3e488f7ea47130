"""What is fixed on tuning films once training has ended: temperature, operating points, and what they promise."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from firstread.errors import UndefinedMetricError
from firstread.evaluation import calibration, discrimination, intervals, operating_point
from firstread.evaluation.calibration import Calibration
from firstread.evaluation.intervals import Interval
from firstread.evaluation.operating_point import OperatingPoint

__all__ = ["MINIMUM_SENSITIVITY", "Tuned", "tune"]

MINIMUM_SENSITIVITY = {"screening": 0.95, "rule_out": 0.99}
"""`screening` decides what is flagged; below `rule_out` a film is routine."""

# A tuning film on the threshold must stay on its side when another processor sums in another order.
_TOLERANCE = 1e-5


@dataclass(frozen=True, slots=True)
class Tuned:
    """What tuning films fixed.

    Args:
        calibration: From logit to probability.
        points: By name; thresholds are calibrated probabilities.
        metrics: Figures on the tuning films with 95 % intervals, as plain values.
    """

    calibration: Calibration
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
    fitted = Calibration(calibration.fit_temperature(diseased, logit))
    probability = fitted.probability(logit)
    points = {
        name: operating_point.at_sensitivity(
            diseased, probability, minimum=minimum, name=name, tolerance=_TOLERANCE
        )
        for name, minimum in MINIMUM_SENSITIVITY.items()
    }

    figures = _Figures(diseased, probability, patient, rng, repeats)
    metrics: dict[str, Any] = {
        "n_films": int(diseased.size),
        "n_diseased": int(diseased.sum()),
        "n_patients": len(set(patient)),
        "null_accuracy": float(max(diseased.mean(), 1 - diseased.mean())),
        "auroc": figures.auroc(),
        "brier": calibration.brier_score(diseased, probability),
        "ece": calibration.expected_calibration_error(diseased, probability),
        "operating_points": {name: asdict(point) | figures.at(point) for name, point in points.items()},
    }
    return Tuned(fitted, points, metrics)


@dataclass(frozen=True, slots=True)
class _Figures:
    """Figures on the tuning films with 95 % intervals by patient, as plain values."""

    diseased: npt.NDArray[np.bool_]
    probability: npt.NDArray[np.float64]
    patient: Sequence[str]
    rng: np.random.Generator
    repeats: int

    def auroc(self) -> dict[str, float]:
        """Return the AUROC.

        Every resample of perfectly ranked films is perfectly ranked, and a bootstrap's interval would have no width: a
        perfect one gets Wilson's for as many right answers as the smaller class has patients.
        """
        estimate = discrimination.auroc(self.diseased, self.probability)
        if estimate == 1.0:
            patients = min(self._patients(self.diseased), self._patients(~self.diseased))
            return _plain(intervals.wilson(patients, patients))
        interval = intervals.bootstrap_by_patient(
            discrimination.auroc,
            self.diseased,
            self.probability,
            self.patient,
            rng=self.rng,
            repeats=self.repeats,
        )
        return _plain(interval)

    def _patients(self, among: npt.NDArray[np.bool_]) -> int:
        return len({key for key, counts in zip(self.patient, among, strict=True) if counts})

    def at(self, point: OperatingPoint) -> dict[str, dict[str, float]]:
        right = (self.probability >= point.threshold) == self.diseased
        films = {"sensitivity": self.diseased, "specificity": ~self.diseased, "accuracy": right | ~right}
        return {measure: self._share(right, among) for measure, among in films.items()}

    def _share(self, right: npt.NDArray[np.bool_], among: npt.NDArray[np.bool_]) -> dict[str, float]:
        """Return how often the answer is right among some films.

        When it is right on all of them, or on none, no resample differs and a bootstrap's interval would have no
        width; Wilson's, with each patient counted once, has.
        """
        share = float(right[among].mean())
        if share in (0.0, 1.0):
            patients = self._patients(among)
            return _plain(intervals.wilson(round(share * patients), patients))
        # The films among which it is judged ride along as the class of the resample.
        interval = intervals.bootstrap_by_patient(
            lambda chosen, correct: float(correct[chosen].mean()) if chosen.any() else _undefined(),
            among,
            right.astype(np.float64),
            self.patient,
            rng=self.rng,
            repeats=self.repeats,
        )
        return _plain(interval)


def _undefined() -> float:
    raise UndefinedMetricError("A resample holds none of the films that a measure is about.")


def _plain(interval: Interval) -> dict[str, float]:
    return {
        "estimate": interval.estimate,
        "low": interval.low,
        "high": interval.high,
        "level": interval.level,
    }
