"""The ROC curve with the band that a new draw of patients would move it in."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from firstread.evaluation.clustered_bootstrap import Resamples
from firstread.evaluation.ranked_films import RankedFilms

__all__ = ["RocBand", "roc_band"]

Values = npt.NDArray[np.float64]

# Squared: a curve of AUROC .99 does all its climbing in the first two hundredths.
FALSE_POSITIVE_FRACTIONS = np.linspace(0, 1, 201) ** 2


@dataclass(frozen=True, slots=True, eq=False)
class RocBand:
    """Sensitivity over 1 − specificity with its pointwise confidence band. All shape (n_points,).

    Args:
        false_positive_fraction: 1 − specificity, 0 to 1, ascending, finer towards 0.
        sensitivity: On the films as they are.
        low: Lower confidence limit.
        high: Upper confidence limit.
    """

    false_positive_fraction: Values
    sensitivity: Values
    low: Values
    high: Values


def roc_band(ranked: RankedFilms, resamples: Resamples) -> RocBand:
    """Return the ROC curve of films of both classes.

    Args:
        ranked: The films, sorted.
        resamples: Of their patients.
    """
    heights = resamples.each(
        lambda times: ranked.sensitivity_at(times, false_positive_fraction=FALSE_POSITIVE_FRACTIONS),
        ranked.order,
    )
    return RocBand(FALSE_POSITIVE_FRACTIONS, *resamples.band(heights))
