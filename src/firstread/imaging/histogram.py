"""Grey levels as a distribution: an X-ray's window is a choice of whoever stored it, and may be exchanged."""

import numpy as np
import numpy.typing as npt

__all__ = ["LEVELS", "cumulative", "exchange"]

LEVELS = 256

Cumulative = npt.NDArray[np.float32]


def cumulative(film: npt.NDArray[np.uint8]) -> Cumulative:
    """Return the fraction of pixels at or below each grey level, shape (256,).

    Args:
        film: Grey levels, any shape.
    """
    counts = np.bincount(film.ravel(), minlength=LEVELS)
    return (np.cumsum(counts) / film.size).astype(np.float32)


def exchange(own: Cumulative, other: Cumulative, *, share: float) -> npt.NDArray[np.uint8]:
    """Return the grey level that each of a film's levels becomes when it takes on another film's distribution.

    The order of the levels stays what it was, so what is brighter stays so (histogram matching: Gonzalez and Woods,
    Digital Image Processing, section 3.3).

    Args:
        own: From `cumulative`, of the film.
        other: Of the film whose distribution is taken on.
        share: How far, 0 not at all and 1 all the way.

    Returns:
        A table to look levels up in, shape (256,).
    """
    levels = np.arange(LEVELS)
    # Where the other film has no pixel its curve is flat; the first level that reaches a height is taken.
    first = np.concatenate([[True], np.diff(other) > 0])
    matched = np.interp(own, other[first], levels[first])
    return np.asarray(np.rint(levels * (1 - share) + matched * share), np.uint8)
