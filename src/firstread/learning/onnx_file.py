"""A Keras network as an ONNX file that answers as it does, or no file."""

import logging
import warnings
from pathlib import Path

import keras
import numpy as np
import onnx
from onnx import helper, numpy_helper

from firstread.errors import ExportError
from firstread.learning.architectures import serving_model
from firstread.learning.backend import EXPORTING_BACKEND
from firstread.learning.folding import without_folded
from firstread.learning.half_precision import LARGE

__all__ = ["write_onnx"]


def write_onnx(network: keras.Model, file: Path) -> None:
    """Write film (n, height, width, 1) → logit (n,), features (n, d), feature_map (n, h, w, d).

    Large kernels that half precision holds exactly are stored in it; no score changes by that.

    Args:
        network: From `architectures.build`, float32.
        file: Where to write.

    Raises:
        ExportError: If the backend cannot export faithfully, or the exporter fails.
    """
    backend = keras.backend.backend()
    if backend != EXPORTING_BACKEND:
        raise ExportError(f"A model must be exported from {EXPORTING_BACKEND}; received {backend}.")
    serving = without_folded(serving_model(network))
    # Keras exports only what has been called once.
    serving(np.zeros((1, *network.input_shape[1:]), np.float32))
    for noisy in ("tf2onnx", "tensorflow", "absl"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            # Keras' exporter looks up a NumPy name on its way out, tf2onnx calls protobuf by an old one.
            warnings.simplefilter("ignore")
            serving.export(file, format="onnx", verbose=False)
            _store_in_half_precision(file)
    except Exception as error:  # the exporters raise whatever their graph passes stumble over
        raise ExportError(f"{file}: the model must be exportable from {backend}; {error}") from error


def _store_in_half_precision(file: Path) -> None:
    """Put a cast to float32 before the reader of each such kernel: ONNX Runtime does it once, on loading."""
    model = onnx.load(file)
    halves = {}
    for tensor in model.graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < LARGE:
            continue
        with np.errstate(over="ignore"):
            half = values.astype(np.float16)
        if np.array_equal(half, values):
            halves[tensor.name] = f"{tensor.name} in half precision"
            tensor.CopyFrom(numpy_helper.from_array(half, halves[tensor.name]))
    nodes = []
    for node in model.graph.node:
        nodes += [
            helper.make_node("Cast", [halves.pop(name)], [name], to=onnx.TensorProto.FLOAT)
            for name in node.input
            if name in halves
        ]
        nodes.append(node)
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.save(model, file)
