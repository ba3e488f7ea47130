"""Rounding moves a score by what rounding does, and folding by nothing."""

from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import layers

from firstread.learning.half_precision import LARGE, round_kernels

FILMS = np.random.default_rng(2).uniform(0, 255, (3, 16, 16, 1)).astype(np.float32)


def network(*, width: int) -> keras.Model:
    """Return a network with a batch norm after each kind of convolution, one before, and one with another reader."""
    film = keras.Input((16, 16, 3))
    first = layers.Conv2D(8, 3, use_bias=True, name="biased")(film)
    x = layers.ReLU()(layers.BatchNormalization(name="after_biased")(first))
    x = layers.BatchNormalization(name="after_depthwise")(layers.DepthwiseConv2D(3, name="depthwise")(x))
    x = layers.ReLU()(layers.BatchNormalization(name="before")(x))
    wide = layers.Conv2D(width, 3, use_bias=False, padding="same", name="wide")(x)
    x = layers.Add()([layers.BatchNormalization(name="shared")(wide), wide])
    outer = keras.Input((16, 16, 1))
    backbone = keras.Model(film, x, name="backbone")
    made = keras.Model(outer, backbone(layers.Concatenate()([outer] * 3)))
    rng = np.random.default_rng(1)
    for layer in backbone.layers:
        layer.set_weights(
            [
                (np.abs if value.ndim == 1 else np.asarray)(rng.normal(0, 1, value.shape))
                for value in layer.get_weights()
            ]
        )
    return made


def weights_of(made: keras.Model, layer: str) -> list[npt.NDArray[Any]]:
    return [np.asarray(value) for value in made.get_layer("backbone").get_layer(layer).get_weights()]


def test_a_batch_norm_after_a_convolution_is_folded_into_it_and_no_answer_changes() -> None:
    """None of these kernels is large, so that nothing is rounded."""
    made = network(width=8)
    before, untouched = np.asarray(made(FILMS)), weights_of(made, "shared")

    round_kernels(made)

    np.testing.assert_allclose(before, made(FILMS), rtol=1e-5, atol=1e-4 * np.abs(before).max())
    for layer in ("after_biased", "after_depthwise"):
        gamma, _, mean, variance = weights_of(made, layer)
        np.testing.assert_array_equal(np.ones(8), gamma)
        np.testing.assert_array_equal(np.zeros(8), mean)
        np.testing.assert_array_equal(np.ones(8, np.float32), variance + np.float32(1e-3))
    assert not weights_of(made, "biased")[1].any()
    for kept, now in zip(untouched, weights_of(made, "shared"), strict=True):
        np.testing.assert_array_equal(kept, now)


def test_large_kernels_alone_are_rounded() -> None:
    made = network(width=LARGE // (3 * 3 * 8) + 1)
    before = weights_of(made, "wide")[0]

    round_kernels(made)

    np.testing.assert_array_equal(before.astype(np.float16), weights_of(made, "wide")[0])
    kernel = weights_of(made, "biased")[0]
    assert (kernel != kernel.astype(np.float16)).any()


def test_a_second_time_changes_nothing() -> None:
    made = network(width=LARGE // (3 * 3 * 8) + 1)
    round_kernels(made)
    before = [np.asarray(value) for value in made.get_weights()]

    round_kernels(made)

    for expected, actual in zip(before, made.get_weights(), strict=True):
        np.testing.assert_array_equal(expected, actual)
