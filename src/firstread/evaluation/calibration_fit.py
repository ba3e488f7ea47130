"""Fit a calibration on tuning films, and judge the fit on blocks of films it has not seen."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from firstread.errors import UndefinedMetricError
from firstread.evaluation.calibration import TEMPERATURE_RANGE, Calibration, fit_temperature
from firstread.evaluation.discrimination import require_both_classes

__all__ = ["cross_fit", "fit", "temperature_alone"]

_MOST_STEPS = 200
_SMALL_STEP = 1e-10
# In standard deviations of the logit; a longer step may pass the summit so far that it is not found again.
_LONGEST_STEP = 2.0

Fit = Callable[[npt.NDArray[np.bool_], npt.NDArray[np.floating]], Calibration]


def fit(diseased: npt.NDArray[np.bool_], logit: npt.NDArray[np.floating]) -> Calibration:
    """Return the temperature and the intercept that make tuning films most likely (Platt, 1999).

    It is a logistic regression of the reference standard on the logit. With Firth's penalty (Biometrika 1993) it has
    an answer even when the films are told apart without a mistake, and is less overconfident when they are few
    (Heinze and Schemper, Statistics in Medicine 2002). The order of the films stays what it was.

    Args:
        diseased: Reference standard, shape (n_films,).
        logit: Raw output of the network on tuning films, shape (n_films,), or (n_films, n_ways) where each film was
            seen in several ways.

    Returns:
        With the films' prevalence; the temperature lies within `TEMPERATURE_RANGE`.

    Raises:
        UndefinedMetricError: If a class is empty, a logit is not finite, or all are the same.
    """
    if np.ndim(logit) == 2:
        diseased, logit = np.repeat(diseased, logit.shape[1]), np.ravel(logit)
    require_both_classes(diseased, logit)
    raw = np.asarray(logit, np.float64)
    if not np.isfinite(raw).all() or raw.std() == 0:
        raise UndefinedMetricError("A calibration needs finite logits that differ; received others.")
    centre, spread = raw.mean(), raw.std()
    # Of the standardised logit: the optimiser then sees two parameters of about the same size.
    steepest, flattest = (spread / temperature for temperature in TEMPERATURE_RANGE)
    slope, level = _summit(diseased, (raw - centre) / spread, flattest=flattest, steepest=steepest)
    return Calibration(
        temperature=float(spread / slope),
        intercept=float(level - slope * centre / spread),
        prevalence=float(diseased.mean()),
    )


def _summit(
    diseased: npt.NDArray[np.bool_], score: npt.NDArray[np.float64], *, flattest: float, steepest: float
) -> tuple[float, float]:
    """Climb to the most likely slope and level by scoring, as Heinze and Schemper do; the slope is bounded.

    scipy's optimisers find the same in fifty times the time, which a bootstrap of 300 fits cannot spare.
    """
    slope, level = float(np.clip(1.0, flattest, steepest)), 0.0
    for _ in range(_MOST_STEPS):
        stated = 1 / (1 + np.exp(-np.clip(slope * score + level, -300, 300)))
        weight = stated * (1 - stated)
        first, second, third, determinant = _information(score, weight)
        leverage = weight * (third * score**2 - 2 * second * score + first) / determinant
        residual = diseased - stated + leverage * (0.5 - stated)
        uphill, upwards = float(residual @ score), float(residual.sum())
        # The penalty bends the likelihood by about as much again at films of high leverage.
        first, second, third, determinant = _information(score, weight * (1 + leverage))
        steeper = (third * uphill - second * upwards) / determinant
        moved = float(np.clip(slope + np.clip(steeper, -_LONGEST_STEP, _LONGEST_STEP), flattest, steepest))
        # Where the slope may not go as far as it would, the level goes on alone.
        raised = float(np.clip((upwards - second * (moved - slope)) / third, -_LONGEST_STEP, _LONGEST_STEP))
        slope, level, last = moved, level + raised, abs(moved - slope) + abs(raised)
        if last < _SMALL_STEP:
            break
    return slope, level


def _information(
    score: npt.NDArray[np.float64], weight: npt.NDArray[np.float64]
) -> tuple[float, float, float, float]:
    """Return the three entries of the 2 × 2 information matrix and its determinant; none is ever 0."""
    tiny = float(np.finfo(np.float64).tiny)
    first, second, third = float(weight @ score**2), float(weight @ score), float(weight.sum())
    return first, second, max(third, tiny), max(first * third - second**2, tiny)


def temperature_alone(diseased: npt.NDArray[np.bool_], logit: npt.NDArray[np.floating]) -> Calibration:
    """Return the calibration of Guo et al. (ICML 2017), to compare with."""
    return Calibration(fit_temperature(diseased, logit))


def cross_fit(
    diseased: npt.NDArray[np.bool_],
    logit: npt.NDArray[np.floating],
    block: npt.NDArray[np.integer],
    *,
    by: Fit = fit,
    learned_from: npt.NDArray[np.floating] | None = None,
) -> npt.NDArray[np.float64]:
    """Return each film's probability from a calibration that was fitted on the other blocks.

    Judged on the films it was fitted on, a calibration flatters itself; so it is judged on these.

    Args:
        diseased: Reference standard, shape (n_films,).
        logit: Raw output of the network, shape (n_films,).
        block: Which contiguous block of patients each film belongs to, shape (n_films,).
        by: What fits a calibration.
        learned_from: The logits it is fitted on in place of `logit`, shape (n_films, n_ways).

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
    learned = logit if learned_from is None else learned_from
    probability = np.empty(diseased.size, np.float64)
    for one in blocks:
        held_out = block == one
        probability[held_out] = by(diseased[~held_out], learned[~held_out]).probability(logit[held_out])
    return probability
