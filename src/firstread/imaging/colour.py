"""Colour pictures: their grey, and how far from grey they are."""

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["luma_and_tint", "tint"]


def luma_and_tint(rgb: npt.NDArray[Any]) -> tuple[npt.NDArray[np.uint8], float]:
    """Return the luma (ITU-R BT.601, as JPEG has it) and the tint of an RGB picture.

    Args:
        rgb: Shape (height, width, 3), uint8.
    """
    from PIL import Image

    luma, blue, red = Image.fromarray(np.ascontiguousarray(rgb, dtype=np.uint8)).convert("YCbCr").split()
    return np.asarray(luma), tint(np.asarray(blue), np.asarray(red))


def tint(blue: npt.NDArray[np.uint8], red: npt.NDArray[np.uint8]) -> float:
    """Return the mean distance of the two colour channels from grey (128), in grey levels.

    Every eighth pixel of every eighth row is enough for a mean, and costs nothing.
    """
    from_grey = [channel[::8, ::8].astype(np.int16) - 128 for channel in (blue, red)]
    return float(np.hypot(*from_grey).mean())
