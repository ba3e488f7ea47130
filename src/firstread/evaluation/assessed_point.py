"""What an operating point that was fixed before achieves on these films."""

from dataclasses import dataclass

from firstread.evaluation.intervals import Figure
from firstread.evaluation.operating_point import OperatingPoint
from firstread.evaluation.prevalence import PredictiveValues

__all__ = ["AssessedClass", "AssessedPoint", "Confusion"]


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
        predictive_values: PPV and NPV over prevalence; NotDefined-free: NaN where there is none.
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
    predictive_values: PredictiveValues
