"""Large kernels are numbers of half precision, others are left alone."""

from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import layers

from firstread.learning.folding import fold_batch_norms
from firstread.learning.half_precision import LARGE, round_kernels


def network() -> keras.Model:
    """Return a small kernel, and a large one that a batch norm follows."""
    film = keras.Input((16, 16, 3))
    x = layers.Conv2D(8, 3, name="small")(film)
    x = layers.Conv2D(LARGE // (3 * 3 * 8) + 1, 3, use_bias=False, name="large")(x)
    x = layers.BatchNormalization(name="after_large")(x)
    outer = keras.Input((16, 16, 1))
    backbone = keras.Model(film, x, name="backbone")
    made = keras.Model(outer, backbone(layers.Concatenate()([outer] * 3)))
    rng = np.random.default_rng(1)
    backbone.set_weights([np.abs(rng.normal(0, 1, value.shape)) for value in backbone.get_weights()])
    return made


def weights_of(made: keras.Model, layer: str) -> list[npt.NDArray[Any]]:
    return [np.asarray(value) for value in made.get_layer("backbone").get_layer(layer).get_weights()]


def test_large_kernels_alone_are_rounded_with_the_batch_norm_that_follows() -> None:
    made = network()
    fold_batch_norms(made.get_layer("backbone"))
    folded = weights_of(made, "large")[0]
    made = network()

    round_kernels(made)

    np.testing.assert_array_equal(folded.astype(np.float16), weights_of(made, "large")[0])
    kernel = weights_of(made, "small")[0]
    assert (kernel != kernel.astype(np.float16)).any()


def test_a_second_time_changes_nothing() -> None:
    made = network()
    round_kernels(made)
    before = [np.asarray(value) for value in made.get_weights()]

    round_kernels(made)

    for expected, actual in zip(before, made.get_weights(), strict=True):
        np.testing.assert_array_equal(expected, actual)
