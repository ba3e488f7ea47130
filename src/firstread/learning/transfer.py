"""Two stages of transfer: the new head first, then the top of the backbone at a lower rate."""

from enum import StrEnum
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from firstread.config import Training

__all__ = ["Stage", "recalibrate_batch_norm", "set_trainable"]


class Stage(StrEnum):
    """What learns."""

    HEAD = "head"
    BACKBONE = "backbone"


def set_trainable(model: keras.Model, stage: Stage, settings: Training, *, pretrained: bool) -> None:
    """Let the parts of a network learn that a stage is for.

    A frozen batch norm layer runs on its stored statistics in Keras. Under "frozen" that is meant for every
    pretrained one: batches of one hospital's films would overwrite statistics of a million photographs, and
    files whose batch norm was folded into the kernels hold no statistics at all.
    """
    backbone = model.get_layer("backbone")
    backbone.trainable = stage is Stage.BACKBONE
    if stage is Stage.HEAD or not pretrained:
        return
    frozen = int(settings.fine_tune_from * len(backbone.layers))
    for index, layer in enumerate(backbone.layers):
        is_batch_norm = isinstance(layer, keras.layers.BatchNormalization)
        layer.trainable = index >= frozen and not (is_batch_norm and settings.batch_norm == "frozen")


def recalibrate_batch_norm(model: keras.Model, films: npt.NDArray[np.uint8], *, batch_size: int = 32) -> None:
    """Give every batch norm layer the statistics of these films without changing what the network computes.

    Weights whose batch norm was folded into the kernels carry mean 0 and variance 1; training with batch
    statistics would tear them apart. Scale and offset are solved for so that each layer's affine map stays.

    Args:
        model: From `architectures.build`.
        films: A few hundred training films, shape (n, height, width).
        batch_size: Films in one pass.
    """
    backbone = model.get_layer("backbone")
    layers = [each for each in backbone.layers if isinstance(each, keras.layers.BatchNormalization)]
    if not layers:
        return
    scaled = keras.Model(model.input, model.get_layer("grey_levels").output)
    probe = keras.Model(backbone.input, [each.input for each in layers])
    moments = [_Moments(each.gamma.shape[0]) for each in layers]
    for first in range(0, len(films), batch_size):
        colours = scaled(films[first : first + batch_size, ..., None].astype(np.float32))
        for moment, values in zip(moments, probe(colours, training=False), strict=True):
            moment.add(keras.ops.convert_to_numpy(values))
    for layer, moment in zip(layers, moments, strict=True):
        _restate(layer, mean=moment.mean, variance=moment.variance)


class _Moments:
    """Running sums of one layer's input, by channel."""

    def __init__(self, channels: int) -> None:
        self._n = 0
        self._sum = np.zeros(channels)
        self._squares = np.zeros(channels)

    def add(self, values: npt.NDArray[np.floating]) -> None:
        flat = values.astype(np.float64).reshape(-1, values.shape[-1])
        self._n += len(flat)
        self._sum += flat.sum(axis=0)
        self._squares += np.square(flat).sum(axis=0)

    @property
    def mean(self) -> npt.NDArray[np.float64]:
        return self._sum / self._n

    @property
    def variance(self) -> npt.NDArray[np.float64]:
        return np.maximum(self._squares / self._n - self.mean**2, 0.0)


def _restate(layer: Any, *, mean: npt.NDArray[np.float64], variance: npt.NDArray[np.float64]) -> None:
    """Keep y = slope · x + intercept; only the statistics it is written with change."""
    gamma, beta, old_mean, old_variance = (value.astype(np.float64) for value in layer.get_weights())
    slope = gamma / np.sqrt(old_variance + layer.epsilon)
    intercept = beta - slope * old_mean
    restated = (slope * np.sqrt(variance + layer.epsilon), intercept + slope * mean, mean, variance)
    layer.set_weights([value.astype(np.float32) for value in restated])
