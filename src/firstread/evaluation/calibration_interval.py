"""How far a film's probability could be off because calibration was fitted on no more films than it was."""

import numpy as np
import numpy.typing as npt
from scipy.special import expit, ndtri

from firstread.evaluation.calibration import Calibration
from firstread.evaluation.tuning_scores import TuningScores

__all__ = ["probability_interval"]

Floats = npt.NDArray[np.float64]


def probability_interval(
    calibration: Calibration, tuning: TuningScores, logit: npt.ArrayLike, *, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Return the limits between which the probability of films with these logits would lie with other tuning films.

    Slope and intercept of a calibration are those of a logistic regression; their covariance is the inverse of its
    information, and the limits are symmetric in log-odds (Hosmer, Lemeshow and Sturdivant, Applied Logistic
    Regression, 2013, 1.4). It takes films for independent and the curve for the right one, and says nothing of how
    a film from elsewhere differs.

    Args:
        calibration: As fitted.
        tuning: Logits of the films it was fitted on.
        logit: Raw output of the network, any shape.
        level: In (0, 1).

    Returns:
        Lower and upper limit, each of the shape of logit; 0 and 1 where tuning films say nothing.
    """
    if not 0 < level < 1:
        raise ValueError(f"level must be in (0, 1); received {level}.")
    seen = np.concatenate([tuning.diseased, tuning.non_diseased]).astype(np.float64)
    stated = calibration.probability(seen)
    design = np.stack([seen, np.ones_like(seen)])
    information = (design * (stated * (1 - stated))) @ design.T
    asked = np.asarray(logit, np.float64)
    row = np.stack([asked, np.ones_like(asked)])
    # Log-odds of the film vary by its row times the covariance times its row again.
    variance = np.einsum("i...,ij,j...->...", row, np.linalg.pinv(information, hermitian=True), row)
    reach = ndtri((1 + level) / 2) * np.sqrt(np.maximum(variance, 0))
    if np.linalg.matrix_rank(information, hermitian=True) < 2:
        reach = np.full_like(asked, np.inf)
    log_odds = asked / calibration.temperature + calibration.intercept
    return np.asarray(expit(log_odds - reach)), np.asarray(expit(log_odds + reach))
