"""Colour pictures: their grey, and how far from grey they are."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["luma_and_tint", "tint"]

# Every eighth pixel of every eighth row is enough for a mean.
_STEP = 8


def luma_and_tint(picture: "Image") -> tuple[npt.NDArray[np.uint8], float]:
    """Return the luma (ITU-R BT.601, as JPEG has it), shape (height, width), and the tint of an RGB picture."""
    from PIL.Image import Resampling

    size = (-(-picture.width // _STEP), -(-picture.height // _STEP))
    _, blue, red = picture.resize(size, Resampling.NEAREST).convert("YCbCr").split()
    return np.asarray(picture.convert("L")), _distance(np.asarray(blue), np.asarray(red))


def tint(blue: npt.NDArray[np.uint8], red: npt.NDArray[np.uint8]) -> float:
    """Return the mean distance of the two colour channels (Cb, Cr) from grey, in grey levels."""
    return _distance(blue[::_STEP, ::_STEP], red[::_STEP, ::_STEP])


def _distance(blue: npt.NDArray[np.uint8], red: npt.NDArray[np.uint8]) -> float:
    return float(np.hypot(blue.astype(np.int16) - 128, red.astype(np.int16) - 128).mean())
