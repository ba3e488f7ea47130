"""Whether what a film was flagged for lies where lungs are."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from firstread.errors import UndefinedMetricError
from firstread.evaluation.explanations import share_inside
from firstread.imaging import lung_field
from firstread.inference.session import Films

__all__ = ["PERCENTILE", "EvidenceReference", "fit", "share_in_thorax"]

PERCENTILE = 1.0
"""Of flagged tuning films: a share of heat below theirs is called evidence outside the lungs."""

_FEWEST = 100  # films, so that one of them is the percentile


@dataclass(frozen=True, slots=True)
class EvidenceReference:
    """How much of the heat of ordinary flagged films lies inside the thorax.

    Args:
        least_share: A film with a smaller share gets a warning, in [0, 1].
        percentile: Of the flagged tuning films whose share is smaller.
        n_films: Flagged tuning films it was fixed on.
    """

    least_share: float
    percentile: float
    n_films: int

    def __post_init__(self) -> None:
        if not 0 <= self.least_share <= 1 or not 0 < self.percentile < 100 or self.n_films < 1:
            raise ValueError(
                "An evidence reference must have a share in [0, 1], a percentile in (0, 100) and films; "
                f"received {self.least_share}, {self.percentile} and {self.n_films}."
            )


def share_in_thorax(films: Films, heat_map: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Return how much of each film's heat lies inside the thorax: lungs, what is between them, and a margin.

    Args:
        films: Grey levels, shape (n, height, width).
        heat_map: From `explain.heat`, shape (n, h, w).

    Returns:
        0 to 1, shape (n,); NaN where there is no heat, or the lungs cannot be found.
    """
    atlas = lung_field.shipped()
    placement = lung_field.place(films, atlas)
    height, width = heat_map.shape[1:]
    thorax = lung_field.coverage(atlas.thorax, placement, height=height, width=width)
    return np.where(placement.found, share_inside(heat_map, thorax), np.nan)


def fit(share: npt.NDArray[np.float64]) -> EvidenceReference:
    """Return the reference of some films.

    Args:
        share: Of flagged tuning films, from `share_in_thorax`; NaN is left out; shape (n,).

    Raises:
        UndefinedMetricError: If fewer than 100 films have a share.
    """
    known = share[np.isfinite(share)]
    if known.size < _FEWEST:
        raise UndefinedMetricError(
            f"The {PERCENTILE:g} % of flagged films with the least heat inside the lungs exist among {_FEWEST} films "
            f"or more; received {known.size}."
        )
    return EvidenceReference(float(np.percentile(known, PERCENTILE)), PERCENTILE, int(known.size))
