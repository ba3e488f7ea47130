"""The proof that an exported model scores as the trained one does, and what rounding its kernels did before that."""

import numpy as np
import numpy.typing as npt

from firstread.errors import ExportError
from firstread.evaluation.calibration import Calibration

__all__ = ["LIMIT", "ROUNDING_LIMIT", "require_parity", "require_small_rounding"]

LIMIT = 1e-4
"""Largest difference in probability. Sums in another order differ by about 1e-6 in float32; a lost layer or another
kind of padding moves scores by far more than this."""

ROUNDING_LIMIT = 0.01
"""Largest change of a probability by rounding large kernels to half precision. A MobileNetV2's moved by 0.0008 at
most. Calibration and thresholds are fixed after it, so that they mean what they say after any change; the limit finds a
network whose numbers half precision cannot hold."""


def require_parity(trained_logit: npt.NDArray[np.float64], exported_logit: npt.NDArray[np.float64]) -> float:
    """Return the largest difference in probability between the trained and the exported model.

    Args:
        trained_logit: Of real films, shape (n_films,).
        exported_logit: Of the same films, shape (n_films,).

    Raises:
        ExportError: If the difference exceeds `LIMIT` or is not a number.
    """
    difference = _largest_difference(trained_logit, exported_logit)
    if not difference <= LIMIT:
        raise ExportError(
            f"The exported model must give the trained model's probabilities within {LIMIT}; they differ by "
            f"{difference:.2e} on {trained_logit.size} films. No bundle was written."
        )
    return difference


def require_small_rounding(
    trained_logit: npt.NDArray[np.float64], rounded_logit: npt.NDArray[np.float64]
) -> float:
    """Return the largest difference in probability between a network before and after its kernels were rounded.

    Args:
        trained_logit: Of real films, shape (n_films,).
        rounded_logit: Of the same films, shape (n_films,).

    Raises:
        ExportError: If the difference exceeds `ROUNDING_LIMIT` or is not a number.
    """
    difference = _largest_difference(trained_logit, rounded_logit)
    if not difference <= ROUNDING_LIMIT:
        raise ExportError(
            f"Half precision must hold the network's kernels: rounding may move a probability by {ROUNDING_LIMIT}; "
            f"it moves one of {trained_logit.size} films by {difference:.2e}. No bundle was written."
        )
    return difference


def _largest_difference(first_logit: npt.NDArray[np.float64], second_logit: npt.NDArray[np.float64]) -> float:
    raw = Calibration(1.0)
    return float(np.abs(raw.probability(first_logit) - raw.probability(second_logit)).max())
