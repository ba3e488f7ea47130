"""How many of the flagged films are diseased, at each sensitivity the scores allow."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from firstread.evaluation.discrimination import require_both_classes

__all__ = ["PrecisionRecall", "precision_recall"]

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class PrecisionRecall:
    """PPV over sensitivity at the prevalence of the films it was drawn from. All arrays shape (n_points,).

    Args:
        sensitivity: Descending.
        ppv: Diseased fraction of the flagged films.
        prevalence: PPV of flagging by chance.
    """

    sensitivity: Values
    ppv: Values
    prevalence: float


def precision_recall(diseased: npt.NDArray[np.bool_], score: npt.NDArray[np.floating]) -> PrecisionRecall:
    """Return PPV over sensitivity at every threshold that flags somebody.

    Args:
        diseased: Reference standard, shape (n_films,).
        score: Higher is more suspicious, shape (n_films,).

    Raises:
        UndefinedMetricError: If a class is empty or a score is not a number.
    """
    from sklearn.metrics import precision_recall_curve

    require_both_classes(diseased, score)
    ppv, sensitivity, _ = precision_recall_curve(diseased, score)
    # The last point is drawn by scikit-learn where nobody is flagged: there is no PPV there.
    return PrecisionRecall(
        sensitivity=np.asarray(sensitivity[:-1], np.float64),
        ppv=np.asarray(ppv[:-1], np.float64),
        prevalence=float(diseased.mean()),
    )
