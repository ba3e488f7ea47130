"""The whole account of a model's scores on one part of the data, every figure with its interval."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from firstread.evaluation.assessed_point import AssessedClass, AssessedPoint, Confusion
from firstread.evaluation.decision_curve import DecisionCurve
from firstread.evaluation.intervals import Figure, Interval, NotDefined
from firstread.evaluation.operating_point import OperatingPoint
from firstread.evaluation.prevalence import PredictiveValues
from firstread.evaluation.reliability import ReliabilityBin
from firstread.evaluation.scored_films import ScoredFilms

__all__ = [
    "AssessedClass",
    "AssessedPoint",
    "Assessment",
    "Confusion",
    "DecisionCurve",
    "Figure",
    "Interval",
    "NotDefined",
    "PredictiveValues",
    "ReliabilityBin",
    "RocBand",
    "ScoreHistogram",
    "Subgroup",
    "ThresholdRow",
    "assess",
    "plain",
]

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class RocBand:
    """Sensitivity over 1 − specificity with its pointwise confidence band. All shape (n_points,).

    Args:
        false_positive_fraction: 1 − specificity, 0 to 1, ascending, finer towards 0.
        sensitivity: On the films as they are.
        low: Lower confidence limit.
        high: Upper confidence limit.
    """

    false_positive_fraction: Values
    sensitivity: Values
    low: Values
    high: Values


@dataclass(frozen=True, slots=True, eq=False)
class ScoreHistogram:
    """How many films of each class have a probability in each bin.

    Args:
        edges: Of the bins, ascending, 0 to 1, shape (n_bins + 1,).
        diseased: Diseased films in each, shape (n_bins,).
        non_diseased: Non-diseased films in each, shape (n_bins,).
    """

    edges: Values
    diseased: npt.NDArray[np.int64]
    non_diseased: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ThresholdRow:
    """What any threshold would do; for reading, never for choosing one on these films.

    Args:
        threshold: A film is flagged when its probability reaches this.
        flagged: Flagged fraction of the films.
        sensitivity: Flagged fraction of the diseased films.
        specificity: Not flagged fraction of the non-diseased films.
        ppv: Diseased fraction of the flagged films.
        npv: Non-diseased fraction of the other films.
    """

    threshold: float
    flagged: Figure
    sensitivity: Figure
    specificity: Figure
    ppv: Figure
    npv: Figure


@dataclass(frozen=True, slots=True)
class Subgroup:
    """Diseased films of one series against all non-diseased films.

    Args:
        series: Such as "bacteria" or "virus".
        n_diseased: Its diseased films.
        n_patients: Its diseased patients.
        auroc: Against all non-diseased films.
        sensitivity: By name of the operating point.
    """

    series: str
    n_diseased: int
    n_patients: int
    auroc: Figure
    sensitivity: Mapping[str, Figure]


@dataclass(frozen=True, slots=True, eq=False)
class Assessment:
    """Every figure about one model on one part.

    Args:
        n_films: Films scored.
        n_diseased: Diseased films.
        n_patients: Patients: what the intervals are wide by.
        level: Confidence of every interval.
        repeats: Resamples of patients behind every interval.
        cautions: What a reader must know before the figures: too few films of a class …
        null_accuracy: Accuracy of giving every film the commoner class.
        auroc: Area under the ROC curve.
        auprc: Average precision; the diseased fraction is what chance gives.
        brier: Mean squared difference between probability and truth.
        ece: Expected calibration error, 15 bins of equal width.
        calibration_slope: Cox (1958); 1 is right, below 1 is overconfident.
        calibration_intercept: Log-odds left over at a stated probability of one half; fitted with the slope.
        calibration_in_the_large: Intercept when the slope is held at 1; above 0: more disease than was stated.
        points: One for each operating point of the bundle.
        roc: ROC curve with its band; None when a class is empty.
        reliability: Ten bins of stated probability.
        histogram: Probabilities of both classes.
        thresholds: Threshold table.
        decision_curve: Net benefit; None when a class is empty.
        subgroups: Series of diseased films, each against all non-diseased films; empty when there is one series.
    """

    n_films: int
    n_diseased: int
    n_patients: int
    level: float
    repeats: int
    cautions: tuple[str, ...]
    null_accuracy: Figure
    auroc: Figure
    auprc: Figure
    brier: Figure
    ece: Figure
    calibration_slope: Figure
    calibration_intercept: Figure
    calibration_in_the_large: Figure
    points: tuple[AssessedPoint, ...]
    roc: RocBand | None
    reliability: tuple[ReliabilityBin, ...]
    histogram: ScoreHistogram
    thresholds: tuple[ThresholdRow, ...]
    decision_curve: DecisionCurve | None
    subgroups: tuple[Subgroup, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return what JSON can hold; a figure that does not exist is {"not_defined": reason}."""
        return {field.name: plain(getattr(self, field.name)) for field in fields(self)}


def plain(value: object) -> Any:
    """Return a value of this room as JSON has it: dicts, lists, numbers, and null for what is not a number."""
    if isinstance(value, NotDefined):
        return {"not_defined": value.reason}
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(inside) for key, inside in value.items()}
    if isinstance(value, np.ndarray | list | tuple):
        return [plain(inside) for inside in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    return None if isinstance(value, float) and not np.isfinite(value) else value


def assess(
    films: ScoredFilms,
    *,
    points: Mapping[str, OperatingPoint],
    rng: np.random.Generator,
    repeats: int = 2000,
    level: float = 0.95,
) -> Assessment:
    """Return every figure about these scores, with intervals from one draw of patients.

    Args:
        films: The films of one part with their scores.
        points: Operating points that were fixed before, by name.
        rng: Source of chance.
        repeats: Resamples of patients.
        level: Confidence of every interval, in (0, 1).

    Raises:
        UndefinedMetricError: If there are fewer than two patients, or most resamples of patients lack a class.
    """
    raise NotImplementedError
