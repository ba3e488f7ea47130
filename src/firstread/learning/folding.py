"""Batch norms multiplied into the kernels before them: what is left of them adds a number to each channel."""

from collections import Counter
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import layers

__all__ = ["fold_batch_norms", "without_folded"]


class _Addition(layers.Layer):
    """Adds a number to each channel, the last axis."""

    def __init__(self, numbers: npt.NDArray[np.float32], **options: Any) -> None:
        super().__init__(**options)
        self._numbers = numbers

    def call(self, inputs: Any, mask: Any = None) -> Any:  # noqa: ARG002  # Keras calls it as the batch norm it replaces
        """Return the sum."""
        return inputs + self._numbers


def fold_batch_norms(backbone: keras.Model) -> None:
    """Multiply batch norms that follow a convolution into its kernel, in place; no answer changes.

    Such a batch norm then adds a number to each channel and does nothing else. One that follows no convolution stays as
    it is, and so does one whose convolution is read elsewhere too.

    Args:
        backbone: Functional, of float32.
    """
    for convolution, batch_norm in _followed_by_batch_norm(backbone):
        _fold(convolution, batch_norm)


def without_folded(network: keras.Model) -> keras.Model:
    """Return a network of the same layers in which what was folded is an addition.

    To whoever exports it, a batch norm still multiplies by 1/√1. On processors with AVX-512, TensorFlow computes that
    as 0.9999999, and no kernel is exported as it is.

    Args:
        network: With a layer "backbone", whose batch norms were folded.
    """

    def plain(layer: Any) -> Any:
        if isinstance(layer, layers.BatchNormalization) and _only_adds(layer):
            return _Addition(np.asarray(layer.beta), name=layer.name)
        return layer

    def cloned(layer: Any) -> Any:
        is_backbone = layer.name == "backbone"
        return keras.models.clone_model(layer, clone_function=plain) if is_backbone else layer

    return keras.models.clone_model(network, clone_function=cloned)


def _only_adds(batch_norm: Any) -> bool:
    gamma, _, mean, variance = batch_norm.get_weights()
    return bool(
        np.all(gamma == 1) and not mean.any() and np.all(variance + np.float32(batch_norm.epsilon) == 1)
    )


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
    # In float32 as well, (1 − ε) + ε is 1.
    nothing, width = np.zeros_like(mean), np.ones_like(variance) - batch_norm.epsilon
    restated = (np.ones_like(gamma), intercept, nothing, width)
    batch_norm.set_weights([value.astype(np.float32) for value in restated])
