"""How strongly a JPEG file was compressed: a fact of the file that a model can learn instead of lungs."""

from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

__all__ = ["estimate"]

# ITU-T T.81, table K.1: luminance, row by row, at quality 50.
_LUMINANCE = (
    *(16, 11, 10, 16, 24, 40, 51, 61),
    *(12, 12, 14, 19, 26, 58, 60, 55),
    *(14, 13, 16, 24, 40, 57, 69, 56),
    *(14, 17, 22, 29, 51, 87, 80, 62),
    *(18, 22, 37, 56, 68, 109, 103, 77),
    *(24, 35, 55, 64, 81, 104, 113, 92),
    *(49, 64, 78, 87, 103, 121, 120, 101),
    *(72, 92, 95, 98, 112, 100, 103, 99),
)


def estimate(table: Sequence[int]) -> int:
    """Return the quality, 1 to 100, whose table of libjpeg comes nearest to a file's luminance table.

    Exact for a file that libjpeg or Pillow wrote; other encoders have tables of their own, and then it says how
    coarse theirs are.

    Args:
        table: The 64 divisors, row by row, each at least 1.

    Raises:
        ValueError: If there are not 64 of them.
    """
    if len(table) != len(_LUMINANCE):
        raise ValueError(f"A quantisation table must have 64 numbers; received {len(table)}.")
    distance = np.abs(_tables() - np.asarray(table, np.int64)).sum(axis=1)
    return 1 + int(np.argmin(distance))


@cache
def _tables() -> npt.NDArray[np.int64]:
    """Return libjpeg's tables of the qualities 1 to 100, shape (100, 64) (jcparam.c, jpeg_quality_scaling)."""
    quality = np.arange(1, 101)[:, np.newaxis]
    percent = np.where(quality < 50, 5000 // quality, 200 - 2 * quality)
    return np.asarray(np.clip((np.array(_LUMINANCE) * percent + 50) // 100, 1, 255), np.int64)
