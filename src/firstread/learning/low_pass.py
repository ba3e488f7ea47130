"""A fixed blur before the network, so that it cannot lean on what a resize or a JPEG level changes."""

from typing import Any

import keras
import numpy as np
from keras import ops

__all__ = ["LowPass"]


class LowPass(keras.layers.Layer):
    """Blurs films (n, height, width, 1) with a Gaussian; it has nothing to learn.

    The same film squashed by two programs, or stored at two JPEG levels, differs in its finest detail by about two
    grey levels and nowhere else. A network that reads that detail scores the two differently.

    Args:
        sigma_px: Standard deviation in pixels, above 0.
    """

    def __init__(self, sigma_px: float, **options: Any) -> None:
        super().__init__(**options)
        self.sigma_px = sigma_px
        radius = max(1, round(3 * sigma_px))
        weights = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma_px) ** 2)
        self._radius = radius
        self._kernel = (weights / weights.sum()).astype(np.float32)

    def call(self, films: Any) -> Any:
        """Return the films blurred; a mirrored rim keeps the edges as bright as they were."""
        around = (self._radius, self._radius)
        padded = ops.pad(films, ((0, 0), around, around, (0, 0)), mode="reflect")
        down, across = self._kernel.reshape(-1, 1, 1, 1), self._kernel.reshape(1, -1, 1, 1)
        return ops.conv(ops.conv(padded, ops.cast(down, films.dtype)), ops.cast(across, films.dtype))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the shape unchanged."""
        return input_shape
