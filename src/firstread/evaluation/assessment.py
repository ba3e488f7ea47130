"""The whole account of a model's scores on one part of the data, every figure with its interval."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from firstread.evaluation import calibration_figures
from firstread.evaluation.assessed_point import AssessedClass, AssessedPoint, Confusion, assess_point
from firstread.evaluation.clustered_bootstrap import Resamples
from firstread.evaluation.decision_curve import DecisionCurve, decision_curve
from firstread.evaluation.intervals import Figure, Interval, NotDefined
from firstread.evaluation.operating_point import OperatingPoint
from firstread.evaluation.prevalence import PredictiveValues
from firstread.evaluation.ranked_films import RankedFilms, auroc_figure
from firstread.evaluation.reliability import ReliabilityBin, reliability
from firstread.evaluation.roc_band import RocBand, roc_band
from firstread.evaluation.scored_films import ScoredFilms
from firstread.evaluation.subgroups import Subgroup, subgroups
from firstread.evaluation.threshold_table import ThresholdRow, threshold_table

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
    "null_accuracy",
    "plain",
]

# With fewer films of a class, or films of fewer patients, a percentile interval promises more than it keeps.
FEW = 20


@dataclass(frozen=True, slots=True, eq=False)
class ScoreHistogram:
    """How many films of each class have a probability in each bin.

    Args:
        edges: Of the bins, ascending, 0 to 1, shape (n_bins + 1,).
        diseased: Diseased films in each, shape (n_bins,).
        non_diseased: Non-diseased films in each, shape (n_bins,).
    """

    edges: npt.NDArray[np.float64]
    diseased: npt.NDArray[np.int64]
    non_diseased: npt.NDArray[np.int64]


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
        roc: ROC curve with its band.
        reliability: Ten bins of stated probability.
        histogram: Probabilities of both classes.
        thresholds: Threshold table.
        decision_curve: Net benefit.
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
    roc: RocBand | NotDefined
    reliability: tuple[ReliabilityBin, ...]
    histogram: ScoreHistogram
    thresholds: tuple[ThresholdRow, ...]
    decision_curve: DecisionCurve | NotDefined
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
    resamples = Resamples.draw(films, rng=rng, repeats=repeats, level=level)
    ranked = RankedFilms.of(films.diseased, films.logit, np.arange(len(films)))
    one_class = films.one_class()
    auroc = one_class or auroc_figure(ranked, resamples)
    auprc = one_class or resamples.figure(resamples.each(ranked.auprc, ranked.order), undefined="")
    intercept, slope, in_the_large = calibration_figures.calibration_line(films, resamples)
    return Assessment(
        n_films=len(films),
        n_diseased=int(films.diseased.sum()),
        n_patients=films.n_patients,
        level=level,
        repeats=repeats,
        cautions=(*_too_few(films), *_without_width({"AUPRC": auprc})),
        null_accuracy=null_accuracy(films, resamples),
        auroc=auroc,
        auprc=auprc,
        brier=calibration_figures.brier_score(films, resamples),
        ece=calibration_figures.calibration_error(films, resamples),
        calibration_slope=slope,
        calibration_intercept=intercept,
        calibration_in_the_large=in_the_large,
        points=tuple(assess_point(films, point, resamples) for point in points.values()),
        roc=one_class or roc_band(ranked, resamples),
        reliability=reliability(films, resamples),
        histogram=_histogram(films),
        thresholds=threshold_table(films, resamples),
        decision_curve=one_class or decision_curve(films, resamples),
        subgroups=subgroups(films, points, resamples),
    )


def _too_few(films: ScoredFilms) -> list[str]:
    cautions = []
    for kind, of_class in (("diseased", films.diseased), ("non-diseased", ~films.diseased)):
        count, patients = int(of_class.sum()), np.unique(films.patient_row[of_class]).size
        if not count:
            cautions.append(f"There is no {kind} film: whatever needs one is not defined.")
        elif patients < FEW:
            cautions.append(
                f"{count} {kind} films of {patients} patients are few: with fewer than {FEW}, intervals are wider in "
                "truth than they say."
            )
    return cautions


def _without_width(figures: Mapping[str, Figure]) -> list[str]:
    return [
        f"The interval of {name} has no width: these films, drawn again, always give the same number. "
        "It does not mean that other films would."
        for name, figure in figures.items()
        if isinstance(figure, Interval) and figure.low == figure.high
    ]


def null_accuracy(films: ScoredFilms, resamples: Resamples) -> Figure:
    """Return the accuracy of giving every film the commoner class.

    Args:
        films: Of one part.
        resamples: Of their patients.
    """
    commoner = films.diseased if films.diseased.mean() >= 0.5 else ~films.diseased
    return resamples.proportion(commoner, np.ones_like(commoner), undefined="")


def _histogram(films: ScoredFilms, bins: int = 20) -> ScoreHistogram:
    edges = np.linspace(0, 1, bins + 1)
    diseased, non_diseased = (
        np.histogram(films.probability[of_class], edges)[0] for of_class in (films.diseased, ~films.diseased)
    )
    return ScoreHistogram(edges, diseased, non_diseased)
