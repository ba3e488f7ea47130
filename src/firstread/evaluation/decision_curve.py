"""Whether flagging by the model does more good than flagging everybody or nobody."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from firstread.evaluation.clustered_bootstrap import Resamples
from firstread.evaluation.scored_films import ScoredFilms

__all__ = ["DecisionCurve", "decision_curve", "net_benefit"]

Values = npt.NDArray[np.float64]

THRESHOLD_PROBABILITIES = np.arange(1, 100) / 100


@dataclass(frozen=True, slots=True, eq=False)
class DecisionCurve:
    """Net benefit in true positives per film (Vickers and Elkin, Medical Decision Making 2006). All shape (n,).

    Flagging nobody has the net benefit 0 everywhere.

    Args:
        threshold_probability: Risk above which a reader would want the film flagged, in (0, 1), ascending.
        model: Flagging the films whose probability reaches it.
        model_low: Lower confidence limit.
        model_high: Upper confidence limit.
        flag_all: Flagging every film.
    """

    threshold_probability: Values
    model: Values
    model_low: Values
    model_high: Values
    flag_all: Values


def net_benefit(true_positive: Values, false_positive: Values, threshold_probability: Values) -> Values:
    """Return the true positives per film, less the false positives at the rate a reader would trade them for.

    A reader who wants to see a film from a risk of 10 % on takes nine false alarms for one found.

    Args:
        true_positive: Diseased and flagged films per film.
        false_positive: Non-diseased and flagged films per film.
        threshold_probability: In (0, 1).

    Raises:
        ValueError: If a threshold probability is not in (0, 1).
    """
    if not ((threshold_probability > 0) & (threshold_probability < 1)).all():
        raise ValueError("threshold_probability must be in (0, 1); received one that is not.")
    return np.asarray(
        true_positive - false_positive * threshold_probability / (1 - threshold_probability), np.float64
    )


def decision_curve(films: ScoredFilms, resamples: Resamples) -> DecisionCurve:
    """Return the net benefit over every threshold probability from 0.01 to 0.99.

    Args:
        films: Of both classes.
        resamples: Of their patients.
    """
    flagged = films.probability[:, np.newaxis] >= THRESHOLD_PROBABILITIES
    diseased = films.diseased[:, np.newaxis]
    n_films = resamples.sums(np.ones((len(films), 1)))
    true_positive, false_positive = (
        resamples.sums(flagged & of_class) / n_films for of_class in (diseased, ~diseased)
    )
    fraction = films.diseased.mean()
    return DecisionCurve(
        THRESHOLD_PROBABILITIES,
        *resamples.band(net_benefit(true_positive, false_positive, THRESHOLD_PROBABILITIES)),
        flag_all=net_benefit(fraction, 1 - fraction, THRESHOLD_PROBABILITIES),
    )
