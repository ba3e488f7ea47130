"""Fit a calibration on tuning films, and judge the fit on blocks of films it has not seen."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from firstread.errors import UndefinedMetricError
from firstread.evaluation.calibration import TEMPERATURE_RANGE, Calibration, fit_temperature
from firstread.evaluation.discrimination import require_both_classes

__all__ = ["cross_fit", "fit", "temperature_alone"]

Fit = Callable[[npt.NDArray[np.bool_], npt.NDArray[np.floating]], Calibration]


def fit(diseased: npt.NDArray[np.bool_], logit: npt.NDArray[np.floating]) -> Calibration:
    """Return the temperature and the intercept that make tuning films most likely (Platt, 1999).

    It is a logistic regression of the reference standard on the logit. With Firth's penalty (Biometrika 1993) it has
    an answer even when the films are told apart without a mistake, and is less overconfident when they are few
    (Heinze and Schemper, Statistics in Medicine 2002). The order of the films stays what it was.

    Args:
        diseased: Reference standard, shape (n_films,).
        logit: Raw output of the network on tuning films, shape (n_films,).

    Returns:
        With the films' prevalence; the temperature lies within `TEMPERATURE_RANGE`.

    Raises:
        UndefinedMetricError: If a class is empty, a logit is not finite, or all are the same.
    """
    from scipy.optimize import minimize

    require_both_classes(diseased, logit)
    raw = np.asarray(logit, np.float64)
    if not np.isfinite(raw).all() or raw.std() == 0:
        raise UndefinedMetricError("A calibration needs finite logits that differ; received others.")
    centre, spread = raw.mean(), raw.std()
    # Of the standardised logit: the optimiser then sees two parameters of about the same size.
    steepest, flattest = (spread / temperature for temperature in TEMPERATURE_RANGE)
    found = minimize(
        _penalised_loss,
        x0=[1.0, 0.0],
        args=(diseased, (raw - centre) / spread),
        bounds=[(flattest, steepest), (None, None)],
        method="L-BFGS-B",
        options={"ftol": 1e-14, "gtol": 1e-9},
    )
    slope, level = found.x
    return Calibration(
        temperature=float(spread / slope),
        intercept=float(level - slope * centre / spread),
        prevalence=float(diseased.mean()),
    )


def _penalised_loss(
    parameters: npt.NDArray[np.float64], diseased: npt.NDArray[np.bool_], score: npt.NDArray[np.float64]
) -> float:
    """Return −log likelihood − ½ log |Fisher information|."""
    linear = parameters[0] * score + parameters[1]
    weight = 1 / (2 + 2 * np.cosh(np.clip(linear, -300, 300)))  # p (1 − p), without overflow
    information = weight.sum() * (weight * score**2).sum() - (weight * score).sum() ** 2
    loss = np.logaddexp(0.0, np.where(diseased, -linear, linear)).sum()
    return float(loss - 0.5 * np.log(max(information, np.finfo(np.float64).tiny)))


def temperature_alone(diseased: npt.NDArray[np.bool_], logit: npt.NDArray[np.floating]) -> Calibration:
    """Return the calibration of Guo et al. (ICML 2017), to compare with."""
    return Calibration(fit_temperature(diseased, logit))


def cross_fit(
    diseased: npt.NDArray[np.bool_],
    logit: npt.NDArray[np.floating],
    block: npt.NDArray[np.integer],
    *,
    by: Fit = fit,
) -> npt.NDArray[np.float64]:
    """Return each film's probability from a calibration that was fitted on the other blocks.

    Judged on the films it was fitted on, a calibration flatters itself; so it is judged on these.

    Args:
        diseased: Reference standard, shape (n_films,).
        logit: Raw output of the network, shape (n_films,).
        block: Which contiguous block of patients each film belongs to, shape (n_films,).
        by: What fits a calibration.

    Raises:
        UndefinedMetricError: If there are fewer than two blocks, or a class lies in one block alone.
    """
    require_both_classes(diseased, logit)
    blocks = np.unique(block)
    if min(np.unique(block[diseased]).size, np.unique(block[~diseased]).size) < 2:
        raise UndefinedMetricError(
            "A calibration is judged on blocks it has not seen, so each class must be in two blocks of patients at "
            f"least; received {blocks.size} blocks with {int(diseased.sum())} diseased of {diseased.size} films. "
            "Take films of more patients."
        )
    probability = np.empty(diseased.size, np.float64)
    for one in blocks:
        held_out = block == one
        probability[held_out] = by(diseased[~held_out], logit[~held_out]).probability(logit[held_out])
    return probability
