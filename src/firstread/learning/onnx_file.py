"""A Keras network as an ONNX file that answers as it does, or no file."""

import logging
import warnings
from pathlib import Path

import keras
import numpy as np

from firstread.errors import ExportError
from firstread.learning.architectures import serving_model
from firstread.learning.backend import EXPORTING_BACKEND

__all__ = ["write_onnx"]


def write_onnx(network: keras.Model, file: Path) -> None:
    """Write film (n, height, width, 1) → logit (n,), features (n, d), feature_map (n, h, w, d).

    Args:
        network: From `architectures.build`, float32.
        file: Where to write.

    Raises:
        ExportError: If the backend cannot export faithfully, or the exporter fails.
    """
    backend = keras.backend.backend()
    if backend != EXPORTING_BACKEND:
        raise ExportError(f"A model must be exported from {EXPORTING_BACKEND}; received {backend}.")
    serving = serving_model(network)
    # Keras exports only what has been called once.
    serving(np.zeros((1, *network.input_shape[1:]), np.float32))
    for noisy in ("tf2onnx", "tensorflow", "absl"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            # Keras' exporter looks up a NumPy name on its way out, tf2onnx calls protobuf by an old one.
            warnings.simplefilter("ignore")
            serving.export(file, format="onnx", verbose=False)
    except Exception as error:  # the exporters raise whatever their graph passes stumble over
        raise ExportError(f"{file}: the model must be exportable from {backend}; {error}") from error
