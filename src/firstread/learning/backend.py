"""Which engine Keras runs on; it has to be chosen before Keras is imported."""

import importlib.util
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from firstread.errors import TrainingError
from firstread.learning.kept_memory import keep_memory

__all__ = ["BACKENDS", "EXPORTING_BACKEND", "choose", "has_gpu", "quiet"]

BACKENDS = ("tensorflow", "jax", "torch")

# The JAX backend writes a broken MaxPool to ONNX, and torch's exporter needs packages of its own: TensorFlow exports
# what the others trained.
EXPORTING_BACKEND = "tensorflow"


def choose(name: str | None = None) -> str:
    """Make Keras use a backend and return its name.

    Args:
        name: "tensorflow", "jax" or "torch"; None keeps KERAS_BACKEND, or TensorFlow without it.

    Raises:
        TrainingError: If the backend is unknown or not installed, or another one is already loaded.
    """
    wanted = name or os.environ.get("KERAS_BACKEND") or "tensorflow"
    if wanted not in BACKENDS:
        raise TrainingError(f"The backend must be one of {', '.join(BACKENDS)}; received {wanted!r}.")
    if importlib.util.find_spec("keras") is None:
        raise TrainingError("Training needs Keras, which is not installed: pip install 'firstread[train]'.")
    if importlib.util.find_spec(wanted) is None:
        raise TrainingError(f"The backend {wanted} must be installed; it is not: pip install {wanted}.")
    if "keras" in sys.modules:
        import keras

        if keras.backend.backend() != wanted:
            raise TrainingError(
                f"One process trains on one backend; {keras.backend.backend()} is loaded, received {wanted!r}."
            )
    os.environ["KERAS_BACKEND"] = wanted
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    keep_memory()
    with quiet():
        importlib.import_module("keras")
    return wanted


@contextmanager
def quiet() -> Iterator[None]:
    """Hold back what TensorFlow's C++ part prints while it loads; it is shown when loading fails."""
    sys.stderr.flush()
    shown = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        except BaseException:
            held.seek(0)
            os.write(shown, held.read())
            raise
        finally:
            os.dup2(shown, 2)
            os.close(shown)


def has_gpu() -> bool:
    """Return whether the chosen backend sees a GPU."""
    import keras

    if keras.backend.backend() == "torch":  # Keras lists no devices there
        import torch

        return bool(torch.cuda.is_available())
    try:
        return bool(keras.distribution.list_devices("gpu"))
    except RuntimeError:  # JAX's way of saying that there is none
        return False
