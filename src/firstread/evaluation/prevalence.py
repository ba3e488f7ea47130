"""What a flag means where disease is rarer or commoner than among these films."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["PredictiveValues"]

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class PredictiveValues:
    """PPV and NPV of one operating point over prevalence; NaN where there is none. All shape (n_prevalences,).

    Args:
        prevalence: Diseased fraction of the films to come, in (0, 1), ascending.
        ppv: Diseased fraction of the flagged films.
        ppv_low: Lower confidence limit.
        ppv_high: Upper confidence limit.
        npv: Non-diseased fraction of the films that are not flagged.
        npv_low: Lower confidence limit.
        npv_high: Upper confidence limit.
    """

    prevalence: Values
    ppv: Values
    ppv_low: Values
    ppv_high: Values
    npv: Values
    npv_low: Values
    npv_high: Values
