"""Kernels lie in a bundle once."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
import pytest
from keras import layers
from onnx import TensorProto

from firstread.errors import TrainingError
from firstread.inference.model_file import read_signature
from firstread.inference.session import OnnxSession
from firstread.learning.architectures import ARCHITECTURES, build
from firstread.learning.half_precision import LARGE, round_kernels
from firstread.learning.onnx_file import write_onnx
from firstread.learning.stored_weights import restored, stored

Arrays = dict[str, npt.NDArray[Any]]


def backbone() -> keras.Model:
    """Return every kind of kernel, one of them large, and a batch norm that follows no convolution."""
    film = keras.Input((32, 32, 3))
    x = layers.BatchNormalization()(layers.Conv2D(16, 3, strides=4)(film))
    x = layers.BatchNormalization()(layers.ReLU()(x))
    x = layers.BatchNormalization()(layers.DepthwiseConv2D(3, use_bias=False)(x))
    x = layers.Conv2D(LARGE // 16 + 1, 1, use_bias=False)(x)
    return keras.Model(film, x)


@pytest.fixture(scope="module")
def network() -> keras.Model:
    made = build(ARCHITECTURES["baseline"], backbone(), low_pass_px=0, dropout=0)
    rng = np.random.default_rng(3)
    made.set_weights([np.abs(rng.normal(1, 0.5, value.shape)) for value in made.get_weights()])
    round_kernels(made)
    return made


@pytest.fixture(scope="module")
def model(network: keras.Model, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("model") / "model.onnx"
    write_onnx(network, file)
    return file


def test_every_kernel_is_found_in_the_model_and_comes_back(
    network: keras.Model, model: Path, tmp_path: Path
) -> None:
    entries = stored(network, model)
    np.savez_compressed(tmp_path / "weights.npz", allow_pickle=False, **entries)

    found = restored(network, tmp_path / "weights.npz", model)

    assert 4 == sum(entry.dtype.kind == "U" for entry in entries.values())
    assert all(entry.ndim <= 1 for entry in entries.values())
    for expected, actual in zip(network.get_weights(), found, strict=True):
        np.testing.assert_array_equal(expected, actual)


def test_the_large_kernel_is_stored_in_half_precision_and_scores_as_in_single(
    network: keras.Model, model: Path, tmp_path: Path
) -> None:
    """ONNX Runtime folds the cast away when it loads the file: the network it runs has none."""
    proto = onnx.load(model)
    halves = [tensor for tensor in proto.graph.initializer if tensor.data_type == TensorProto.FLOAT16]
    films = np.random.default_rng(4).integers(0, 256, (2, 32, 32), np.uint8)
    options = onnxruntime.SessionOptions()
    options.optimized_model_filepath = str(tmp_path / "optimised.onnx")
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])

    logit = OnnxSession(model, threads=1).run(films)["logit"]

    assert [[LARGE // 16 + 1, 16, 1, 1]] == [list(tensor.dims) for tensor in halves]
    assert {"film"} == read_signature(model.read_bytes()).inputs.keys()
    assert "Cast" not in [node.op_type for node in onnx.load(tmp_path / "optimised.onnx").graph.node]
    np.testing.assert_allclose(network(films[..., None].astype(np.float32))[:, 0], logit, rtol=1e-4)


def changed(entries: Arrays, what: str) -> Arrays:
    first, *_, last = entries
    kernel = next(name for name, entry in entries.items() if entry.dtype.kind == "U")
    changes: dict[str, Arrays] = {
        "one too few": {name: entry for name, entry in entries.items() if name != last},
        "a name that is none": entries | {kernel: np.array("nowhere")},
        "another kernel's name": entries
        | {first: entries[[n for n in entries if entries[n].dtype.kind == "U"][1]]},
        "whole numbers": entries | {last: entries[last].astype(np.int64)},
        "a bomb": entries | {last: np.zeros(50_000_000, np.float32)},
    }
    return changes[what]


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("one too few", "18 arrays are needed, 17 are there"),
        ("a name that is none", "nowhere"),
        ("another kernel's name", "has the shape"),
        ("whole numbers", r"an array must be of floats of shape \(1,\); one is int64"),
        ("a bomb", r"weights\.npz may inflate to \d+ bytes; it would to 200"),
    ],
)
def test_weights_of_something_else_are_refused(
    network: keras.Model, model: Path, tmp_path: Path, what: str, words: str
) -> None:
    file = tmp_path / "weights.npz"
    np.savez_compressed(file, allow_pickle=False, **changed(stored(network, model), what))

    with pytest.raises(TrainingError, match=f"the bundle's weights must fit the network; .*{words}"):
        restored(network, file, model)


def test_a_pickle_is_not_opened(network: keras.Model, model: Path, tmp_path: Path) -> None:
    file = tmp_path / "weights.npz"
    np.savez_compressed(file, allow_pickle=True, **{"0000": np.array([{}], object)})

    with pytest.raises(TrainingError, match="must fit the network"):
        restored(network, file, model)
