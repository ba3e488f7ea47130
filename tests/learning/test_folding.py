"""Folding changes no answer, and exported kernels are the folded ones to the last bit."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import onnx
import pytest
from keras import layers
from onnx import numpy_helper

from firstread.learning.architectures import ARCHITECTURES, build
from firstread.learning.folding import fold_batch_norms, without_folded
from firstread.learning.onnx_file import write_onnx

FILMS = np.random.default_rng(2).uniform(0, 255, (3, 16, 16, 1)).astype(np.float32)


def backbone() -> keras.Model:
    """Return a batch norm after each kind of convolution, one after none, and one that is not the only reader."""
    film = keras.Input((16, 16, 3))
    first = layers.Conv2D(8, 3, use_bias=True, name="biased")(film)
    x = layers.ReLU()(layers.BatchNormalization(name="after_biased")(first))
    x = layers.BatchNormalization(name="after_depthwise")(layers.DepthwiseConv2D(3, name="depthwise")(x))
    x = layers.ReLU()(layers.BatchNormalization(name="after_none")(x))
    wide = layers.Conv2D(8, 3, use_bias=False, padding="same", name="wide")(x)
    x = layers.Add()([layers.BatchNormalization(name="shared")(wide), wide])
    return keras.Model(film, x)


@pytest.fixture
def network() -> keras.Model:
    made = build(ARCHITECTURES["baseline"], backbone(), low_pass_px=1, dropout=0)
    rng = np.random.default_rng(1)
    for layer in made.get_layer("backbone").layers:
        layer.set_weights(
            [
                (np.abs if value.ndim == 1 else np.asarray)(rng.normal(0, 1, value.shape))
                for value in layer.get_weights()
            ]
        )
    return made


def weights_of(made: keras.Model, layer: str) -> list[npt.NDArray[Any]]:
    return [np.asarray(value) for value in made.get_layer("backbone").get_layer(layer).get_weights()]


def test_a_batch_norm_after_a_convolution_is_folded_into_it_and_no_answer_changes(
    network: keras.Model,
) -> None:
    before, untouched = np.asarray(network(FILMS)), weights_of(network, "shared")

    fold_batch_norms(network.get_layer("backbone"))

    np.testing.assert_allclose(before, network(FILMS), rtol=1e-5, atol=1e-4 * np.abs(before).max())
    for layer in ("after_biased", "after_depthwise"):
        gamma, _, mean, variance = weights_of(network, layer)
        np.testing.assert_array_equal(np.ones(8), gamma)
        np.testing.assert_array_equal(np.zeros(8), mean)
        np.testing.assert_array_equal(np.ones(8, np.float32), variance + np.float32(1e-3))
    assert not weights_of(network, "biased")[1].any()
    for kept, now in zip(untouched, weights_of(network, "shared"), strict=True):
        np.testing.assert_array_equal(kept, now)


def test_what_was_folded_is_an_addition_and_no_answer_changes(network: keras.Model) -> None:
    fold_batch_norms(network.get_layer("backbone"))
    before = np.asarray(network(FILMS))

    plain = without_folded(network)

    left = [
        layer.name
        for layer in plain.get_layer("backbone").layers
        if isinstance(layer, layers.BatchNormalization)
    ]
    assert ["after_none", "shared"] == left
    np.testing.assert_allclose(before, plain(FILMS), rtol=1e-5, atol=1e-4 * np.abs(before).max())


def test_kernels_are_exported_as_they_are_where_processors_compute_roots_roughly(
    network: keras.Model, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With AVX-512, TensorFlow computes 1/√1 as 0.9999999: kernels that half precision held would not be held."""
    tensorflow = pytest.importorskip("tensorflow", reason="Networks are exported from TensorFlow.")
    exact: Callable[..., Any] = tensorflow.nn.batch_normalization
    monkeypatch.setattr(
        tensorflow.nn,
        "batch_normalization",
        lambda *, scale, **options: exact(scale=scale * np.float32(0.9999999), **options),
    )
    fold_batch_norms(network.get_layer("backbone"))

    write_onnx(network, tmp_path / "model.onnx")

    exported = [
        numpy_helper.to_array(tensor)
        for tensor in onnx.load(tmp_path / "model.onnx").graph.initializer
        if len(tensor.dims) == 4
    ]
    # Keras has (rows, columns, in, out), ONNX (out, in, rows, columns); depthwise kernels have one channel in.
    for layer, axes in (("biased", (3, 2, 0, 1)), ("depthwise", (2, 3, 0, 1))):
        kernel = weights_of(network, layer)[0].transpose(axes)
        assert any(np.array_equal(kernel, each) for each in exported), layer
