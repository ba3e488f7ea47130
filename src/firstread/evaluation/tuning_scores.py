"""What the network said of the tuning films: what the scores of films from elsewhere are compared with."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["TuningScores"]


@dataclass(frozen=True, slots=True, eq=False)
class TuningScores:
    """Logits of the films that calibration and operating points were fixed on.

    Args:
        diseased: Ascending, shape (n_diseased,), float32.
        non_diseased: Ascending, shape (n_non_diseased,), float32.
    """

    diseased: npt.NDArray[np.float32]
    non_diseased: npt.NDArray[np.float32]

    @classmethod
    def of(cls, diseased: npt.NDArray[np.bool_], logit: npt.NDArray[np.floating]) -> "TuningScores":
        """Return the logits by class, without the films' order."""
        raw = np.asarray(logit, np.float32)
        return cls(diseased=np.sort(raw[diseased]), non_diseased=np.sort(raw[~diseased]))
