"""What tuning films promise, each figure with its interval."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from firstread.evaluation import calibration_figures
from firstread.evaluation.assessed_point import assess_point
from firstread.evaluation.assessment import null_accuracy, plain
from firstread.evaluation.clustered_bootstrap import Resamples
from firstread.evaluation.operating_point import OperatingPoint
from firstread.evaluation.ranked_films import RankedFilms, auroc_figure
from firstread.evaluation.scored_films import ScoredFilms

__all__ = ["TuningFigures"]


@dataclass(frozen=True, slots=True)
class TuningFigures:
    """Figures with intervals by patient, as plain values; made as those of an account (`assessment.assess`).

    Args:
        films: The tuning films, both classes among them.
        resamples: Of their patients.
    """

    films: ScoredFilms
    resamples: Resamples

    def auroc(self) -> dict[str, Any]:
        """Return the AUROC."""
        ranked = RankedFilms.of(self.films.diseased, self.films.logit, np.arange(len(self.films)))
        found: dict[str, Any] = plain(auroc_figure(ranked, self.resamples))
        return found

    def null_accuracy(self) -> dict[str, Any]:
        """Return the accuracy of giving every film the commoner class."""
        found: dict[str, Any] = plain(null_accuracy(self.films, self.resamples))
        return found

    def at(self, point: OperatingPoint) -> dict[str, Any]:
        """Return sensitivity, specificity and accuracy at a threshold."""
        achieved = assess_point(self.films, point, self.resamples)
        return {name: plain(getattr(achieved, name)) for name in ("sensitivity", "specificity", "accuracy")}

    def calibration(self, stated: npt.NDArray[np.float64]) -> dict[str, Any]:
        """Return how far probabilities are from the truth.

        Args:
            stated: Of each film, in [0, 1], shape (n_films,).
        """
        films = replace(self.films, probability=stated)
        intercept, slope, _ = calibration_figures.calibration_line(films, self.resamples)
        return {
            "brier": plain(calibration_figures.brier_score(films, self.resamples)),
            "ece": plain(calibration_figures.calibration_error(films, self.resamples)),
            "slope": plain(slope),
            "intercept": plain(intercept),
            "mean_probability": float(stated.mean()),
        }
