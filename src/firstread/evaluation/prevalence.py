"""What a flag means where disease is rarer or commoner than among these films."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from firstread.errors import UndefinedMetricError
from firstread.evaluation.intervals import Figure, NotDefined

__all__ = [
    "PREVALENCES",
    "PredictiveValues",
    "negative_predictive_value",
    "positive_predictive_value",
    "predictive_values",
]

Values = npt.NDArray[np.float64]

# Screening sees a few in a thousand; an emergency room a third or more.
PREVALENCES = np.concatenate([[0.001, 0.002, 0.005], np.arange(1, 100) / 100])


@dataclass(frozen=True, slots=True, eq=False)
class PredictiveValues:
    """PPV and NPV of one operating point over prevalence; NaN where there is none. All shape (n_prevalences,).

    Args:
        prevalence: Diseased fraction of the films to come, in (0, 1), ascending.
        ppv: Diseased fraction of the flagged films.
        ppv_low: At the lower confidence limits of sensitivity and specificity.
        ppv_high: At the upper ones.
        npv: Non-diseased fraction of the films that are not flagged.
        npv_low: At the lower confidence limits of sensitivity and specificity.
        npv_high: At the upper ones.
    """

    prevalence: Values
    ppv: Values
    ppv_low: Values
    ppv_high: Values
    npv: Values
    npv_low: Values
    npv_high: Values


def positive_predictive_value(sensitivity: float, specificity: float, *, prevalence: npt.ArrayLike) -> Values:
    """Return the diseased fraction of the flagged films (Bayes).

    Args:
        sensitivity: In [0, 1].
        specificity: In [0, 1].
        prevalence: Diseased fraction of the films, in (0, 1), any shape.

    Returns:
        Shape of prevalence; NaN when no film would be flagged.

    Raises:
        UndefinedMetricError: If a prevalence is not in (0, 1).
    """
    common = _require_prevalence(prevalence)
    return _fraction(sensitivity * common, (1 - specificity) * (1 - common))


def negative_predictive_value(sensitivity: float, specificity: float, *, prevalence: npt.ArrayLike) -> Values:
    """Return the non-diseased fraction of the films that are not flagged (Bayes).

    Args:
        sensitivity: In [0, 1].
        specificity: In [0, 1].
        prevalence: Diseased fraction of the films, in (0, 1), any shape.

    Returns:
        Shape of prevalence; NaN when every film would be flagged.

    Raises:
        UndefinedMetricError: If a prevalence is not in (0, 1).
    """
    common = _require_prevalence(prevalence)
    return _fraction(specificity * (1 - common), (1 - sensitivity) * common)


def predictive_values(
    sensitivity: Figure, specificity: Figure, *, prevalence: npt.ArrayLike = PREVALENCES
) -> PredictiveValues | NotDefined:
    """Return PPV and NPV over prevalence.

    Both grow with sensitivity and with specificity, so the limits are those of both at once. That is conservative:
    the true values seldom lie at both lower limits, so the band is wider than an interval of the predictive value
    itself, by up to √2 where both weigh alike. It stays open where no false alarm was seen.

    Args:
        sensitivity: Of the operating point.
        specificity: Of the operating point.
        prevalence: In (0, 1), ascending, shape (n_prevalences,).

    Raises:
        UndefinedMetricError: If a prevalence is not in (0, 1).
    """
    common = _require_prevalence(prevalence)
    if isinstance(sensitivity, NotDefined):
        return sensitivity
    if isinstance(specificity, NotDefined):
        return specificity
    corners = [
        (sensitivity.estimate, specificity.estimate),
        (sensitivity.low, specificity.low),
        (sensitivity.high, specificity.high),
    ]
    ppv = [positive_predictive_value(*corner, prevalence=common) for corner in corners]
    npv = [negative_predictive_value(*corner, prevalence=common) for corner in corners]
    return PredictiveValues(common, *ppv, *npv)


def _require_prevalence(prevalence: npt.ArrayLike) -> Values:
    common = np.asarray(prevalence, np.float64)
    outside = common[~((common > 0) & (common < 1))]
    if outside.size:
        raise UndefinedMetricError(
            "A prevalence must be in (0, 1), for without diseased or without non-diseased films a predictive value "
            f"says nothing; received {outside[0]}."
        )
    return common


def _fraction(right: Values, wrong: Values) -> Values:
    with np.errstate(invalid="ignore"):
        return np.asarray(right / (right + wrong), np.float64)
