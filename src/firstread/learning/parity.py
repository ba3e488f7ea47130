"""The proof that an exported model scores as the trained one does."""

import numpy as np
import numpy.typing as npt

from firstread.errors import ExportError
from firstread.evaluation.calibration import Calibration

__all__ = ["LIMIT", "require_parity"]

LIMIT = 1e-4
"""Largest difference in probability. Sums in another order differ by about 1e-6 in float32; a lost layer or another
kind of padding moves scores by far more than this."""


def require_parity(trained_logit: npt.NDArray[np.float64], exported_logit: npt.NDArray[np.float64]) -> float:
    """Return the largest difference in probability between the trained and the exported model.

    Args:
        trained_logit: Of real films, shape (n_films,).
        exported_logit: Of the same films, shape (n_films,).

    Raises:
        ExportError: If the difference exceeds `LIMIT` or is not a number.
    """
    raw = Calibration(1.0)
    trained, exported = raw.probability(trained_logit), raw.probability(exported_logit)
    difference = float(np.abs(exported - trained).max())
    if not difference <= LIMIT:
        raise ExportError(
            f"The exported model must give the trained model's probabilities within {LIMIT}; they differ by "
            f"{difference:.2e} on {trained.size} films. No bundle was written."
        )
    return difference
