"""A heat map as a picture that a browser lays over the film."""

import io

import numpy as np
import numpy.typing as npt
from PIL import Image

from firstread.inference import explain

__all__ = ["png"]

# From a network's few places to a picture that a browser stretches without showing the grid.
_SIDE = 128


def png(heat_map: npt.NDArray[np.float32]) -> bytes:
    """Return a PNG of the whole film, transparent where there is no heat.

    Args:
        heat_map: Shape (h, w), 0..1.
    """
    layer = explain.coloured(explain.enlarge(heat_map, _SIDE, _SIDE)) * (1, 1, 1, 255)
    stream = io.BytesIO()
    Image.fromarray(layer.round().astype(np.uint8)).save(stream, "PNG")
    return stream.getvalue()
