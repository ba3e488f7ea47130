"""EfficientNet-Lite0: EfficientNet-B0 without squeeze-and-excite and with ReLU6.

Quick on processors without vector tricks, and it quantises well. Architecture: Liu, "Higher accuracy on vision models
with EfficientNet-Lite" (TensorFlow blog, 2020), after Tan & Le (ICML 2019).
"""

from typing import Any

import keras
from keras import layers

__all__ = ["efficientnet_lite0"]

# repeats, kernel, stride of the first repeat, expansion, filters
_STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)


def efficientnet_lite0(input_shape: tuple[int, int, int]) -> keras.Model:
    """Return the backbone without weights; its input is RGB in 0..255, its output (h/32, w/32, 1280)."""
    x = film = keras.Input(input_shape)
    x = layers.Rescaling(1 / 128.0, offset=-127.0 / 128.0, name="rescale")(x)
    x = _relu6(_convolution(x, 32, kernel=3, stride=2, name="stem"), name="stem")
    block = 0
    for repeats, kernel, stride, expansion, filters in _STAGES:
        for repeat in range(repeats):
            x = _inverted_residual(
                x,
                filters,
                kernel=kernel,
                stride=stride if repeat == 0 else 1,
                expansion=expansion,
                name=f"b{block}",
            )
            block += 1
    x = _relu6(_convolution(x, 1280, kernel=1, stride=1, name="head"), name="head")
    return keras.Model(film, x, name="efficientnet_lite0")


def _inverted_residual(x: Any, filters: int, *, kernel: int, stride: int, expansion: int, name: str) -> Any:
    shortcut, channels = x, x.shape[-1]
    if expansion != 1:
        x = _convolution(x, channels * expansion, kernel=1, stride=1, name=f"{name}_expand")
        x = _relu6(x, name=f"{name}_expand")
    x = layers.DepthwiseConv2D(kernel, stride, "same", use_bias=False, name=f"{name}_dw")(x)
    x = _relu6(_batch_norm(x, name=f"{name}_dw"), name=f"{name}_dw")
    x = _convolution(x, filters, kernel=1, stride=1, name=f"{name}_project")
    # As in the published network: stride 1 and equal channels make a residual block.
    return layers.Add(name=f"{name}_add")([x, shortcut]) if stride == 1 and channels == filters else x


def _convolution(x: Any, filters: int, *, kernel: int, stride: int, name: str) -> Any:
    x = layers.Conv2D(filters, kernel, stride, "same", use_bias=False, name=name)(x)
    return _batch_norm(x, name=name)


def _batch_norm(x: Any, *, name: str) -> Any:
    return layers.BatchNormalization(epsilon=1e-3, momentum=0.99, name=f"{name}_bn")(x)


def _relu6(x: Any, *, name: str) -> Any:
    return layers.ReLU(6.0, name=f"{name}_relu6")(x)
