"""Whether flagging by the model does more good than flagging everybody or nobody."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["DecisionCurve"]

Values = npt.NDArray[np.float64]


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
