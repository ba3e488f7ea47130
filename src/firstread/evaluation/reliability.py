"""Whether of the films said to be 80 % likely diseased, 80 % are."""

from dataclasses import dataclass

from firstread.evaluation.intervals import Figure

__all__ = ["ReliabilityBin"]


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Films with about the same stated probability.

    Args:
        low: Lower edge of the bin, included.
        high: Upper edge of the bin, not included (except 1).
        n_films: Films in it.
        stated: Their mean probability; NaN when there is none.
        observed: Their diseased fraction.
    """

    low: float
    high: float
    n_films: int
    stated: float
    observed: Figure
