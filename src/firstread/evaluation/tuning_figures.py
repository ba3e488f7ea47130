"""What tuning films promise, each figure with its interval."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from firstread.errors import UndefinedMetricError
from firstread.evaluation import discrimination, intervals
from firstread.evaluation.intervals import Interval
from firstread.evaluation.operating_point import OperatingPoint

__all__ = ["TuningFigures"]


@dataclass(frozen=True, slots=True)
class TuningFigures:
    """Figures with 95 % intervals by patient, as plain values.

    Args:
        diseased: Reference standard, shape (n_films,).
        probability: Calibrated, shape (n_films,).
        patient: Whose film each is.
        rng: Of the bootstrap.
        repeats: Of the bootstrap.
    """

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
        """Return sensitivity, specificity and accuracy at a threshold."""
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
