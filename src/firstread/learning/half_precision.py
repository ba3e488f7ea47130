"""A finished network whose kernels half precision holds exactly, so that its bundle takes half the room."""

from collections import Counter
from typing import Any

import keras
import numpy as np
from keras import layers

__all__ = ["LARGE", "round_kernels"]

LARGE = 50_000
"""Numbers in a kernel that is rounded: 13 kernels of a MobileNetV2, with 85 % of the numbers of all. Its first kernels
are small, and every later layer multiplies their error: with all kernels rounded, probabilities moved by up to 0.033 on
994 tuning films, with those of at least 1,000 numbers by 0.004, of 10,000 by 0.0013, of 50,000 by 0.0008.
"""


def round_kernels(network: keras.Model) -> None:
    """Round the large kernels of a network's backbone to half precision, in place; all else stays float32.

    The exporter multiplies a batch norm that follows a convolution into its kernel, and half precision would not hold
    the product. So that is done here, before rounding: such a batch norm then adds a number to each channel and does
    nothing else. One that follows no convolution stays as it is.

    Args:
        network: From `architectures.build`, float32; it has been trained.
    """
    backbone = network.get_layer("backbone")
    for convolution, batch_norm in _followed_by_batch_norm(backbone):
        _fold(convolution, batch_norm)
    for variable in backbone.weights:
        if len(variable.shape) > 1 and np.prod(variable.shape) >= LARGE:
            with np.errstate(over="ignore"):  # infinity has no place in a score, which is looked at next
                variable.assign(np.asarray(variable).astype(np.float16).astype(np.float32))


def _followed_by_batch_norm(backbone: keras.Model) -> list[tuple[Any, Any]]:
    """Return (convolution, batch norm) where nothing else reads what the convolution gives."""
    made_by = {id(each.output): each for each in backbone.layers if _is_linear_convolution(each)}
    read = [*backbone.outputs, *(film for each in backbone.layers for film in keras.tree.flatten(each.input))]
    readers = Counter(id(tensor) for tensor in read)
    return [
        (made_by[id(each.input)], each)
        for each in backbone.layers
        if isinstance(each, layers.BatchNormalization)
        and id(each.input) in made_by
        and readers[id(each.input)] == 1
    ]


def _is_linear_convolution(layer: Any) -> bool:
    return (
        isinstance(layer, layers.Conv2D | layers.DepthwiseConv2D)
        and layer.activation is keras.activations.linear
    )


def _fold(convolution: Any, batch_norm: Any) -> None:
    gamma, beta, mean, variance = (value.astype(np.float64) for value in batch_norm.get_weights())
    kernel, *bias = convolution.get_weights()
    slope = gamma / np.sqrt(variance + batch_norm.epsilon)
    intercept = beta + slope * (sum(bias) - mean)
    depthwise = isinstance(convolution, layers.DepthwiseConv2D)
    folded = kernel * (slope.reshape(kernel.shape[2:]) if depthwise else slope)
    convolution.set_weights([folded.astype(np.float32), *(np.zeros_like(each) for each in bias)])
    # In float32 as well, (1 − ε) + ε is 1: whoever multiplies the kernel by the slope leaves it as it is.
    nothing, width = np.zeros_like(mean), np.ones_like(variance) - batch_norm.epsilon
    restated = (np.ones_like(gamma), intercept, nothing, width)
    batch_norm.set_weights([value.astype(np.float32) for value in restated])
