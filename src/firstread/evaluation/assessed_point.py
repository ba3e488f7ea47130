"""What an operating point that was fixed before achieves on these films."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from firstread.evaluation.clustered_bootstrap import Resamples
from firstread.evaluation.intervals import Figure, NotDefined
from firstread.evaluation.operating_point import OperatingPoint
from firstread.evaluation.prevalence import PredictiveValues, predictive_values
from firstread.evaluation.scored_films import ScoredFilms

__all__ = ["AssessedClass", "AssessedPoint", "Confusion", "assess_point"]

Films = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Confusion:
    """Films by what is true and by what the operating point said.

    Args:
        true_positive: Diseased and flagged.
        false_positive: Non-diseased and flagged.
        false_negative: Diseased and not flagged: missed.
        true_negative: Non-diseased and not flagged.
    """

    true_positive: int
    false_positive: int
    false_negative: int
    true_negative: int


@dataclass(frozen=True, slots=True)
class AssessedClass:
    """One row of the per-class table, in the words of machine learning.

    Args:
        diseased: Which class the row is of.
        precision: Fraction of the films given this class that have it.
        recall: Fraction of the films of this class that were given it.
        f1: Harmonic mean of the two.
        support: Films of this class.
    """

    diseased: bool
    precision: Figure
    recall: Figure
    f1: Figure
    support: int


@dataclass(frozen=True, slots=True)
class AssessedPoint:
    """An operating point: predicted on tuning films, achieved on these.

    Args:
        name: What the point is for.
        threshold: A film is flagged when its probability reaches this.
        predicted: What tuning predicted, as stored in the bundle.
        confusion: Counts on these films.
        classes: Per-class table: diseased, then non-diseased.
        sensitivity: Flagged fraction of the diseased films.
        specificity: Not flagged fraction of the non-diseased films.
        accuracy: Fraction of films that are told right.
        ppv: Diseased fraction of the flagged films, at the prevalence of these films.
        npv: Non-diseased fraction of the other films, at the prevalence of these films.
        f1: Harmonic mean of sensitivity and PPV.
        predictive_values: PPV and NPV over prevalence.
    """

    name: str
    threshold: float
    predicted: OperatingPoint
    confusion: Confusion
    classes: tuple[AssessedClass, AssessedClass]
    sensitivity: Figure
    specificity: Figure
    accuracy: Figure
    ppv: Figure
    npv: Figure
    f1: Figure
    predictive_values: PredictiveValues | NotDefined


def assess_point(films: ScoredFilms, point: OperatingPoint, resamples: Resamples) -> AssessedPoint:
    """Return what an operating point achieves on films that had no part in choosing it.

    Args:
        films: With their probabilities.
        point: As stored in the bundle.
        resamples: Of the films' patients.
    """
    flagged, diseased = films.probability >= point.threshold, films.diseased
    sensitivity = resamples.proportion(flagged, diseased, undefined=_no_film("Sensitivity", "diseased"))
    specificity = resamples.proportion(~flagged, ~diseased, undefined=_no_film("Specificity", "non-diseased"))
    ppv = _predictive_value("PPV", diseased, flagged, resamples)
    npv = _predictive_value("NPV", ~diseased, ~flagged, resamples)
    f1 = _f1(diseased, flagged, resamples)
    return AssessedPoint(
        name=point.name,
        threshold=point.threshold,
        predicted=point,
        confusion=Confusion(
            true_positive=int((diseased & flagged).sum()),
            false_positive=int((~diseased & flagged).sum()),
            false_negative=int((diseased & ~flagged).sum()),
            true_negative=int((~diseased & ~flagged).sum()),
        ),
        classes=(
            AssessedClass(True, ppv, sensitivity, f1, int(diseased.sum())),
            AssessedClass(
                False, npv, specificity, _f1(~diseased, ~flagged, resamples), int((~diseased).sum())
            ),
        ),
        sensitivity=sensitivity,
        specificity=specificity,
        accuracy=resamples.proportion(flagged == diseased, np.ones_like(diseased), undefined=""),
        ppv=ppv,
        npv=npv,
        f1=f1,
        predictive_values=predictive_values(sensitivity, specificity),
    )


def _predictive_value(name: str, right: Films, said: Films, resamples: Resamples) -> Figure:
    if right.all() or not right.any():
        return NotDefined(f"{name} needs diseased and non-diseased films; received one class only.")
    which = "flagged" if name == "PPV" else "not flagged"
    return resamples.proportion(right, said, undefined=f"{name} needs a film that is {which}; received none.")


def _f1(members: Films, said: Films, resamples: Resamples) -> Figure:
    """Return 2 / (1 / precision + 1 / recall) of one class, as counts: it exists when one of the two is 0."""
    if members.all() or not members.any():
        return NotDefined("F1 needs diseased and non-diseased films; received one class only.")
    right, either = resamples.sums(members & said), resamples.sums(members.astype(np.int64) + said)
    return resamples.figure(2 * right / either, undefined="")


def _no_film(name: str, kind: str) -> str:
    return f"{name} needs a {kind} film; received none."
