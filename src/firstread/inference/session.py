"""The one place that runs a network."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from firstread.errors import BundleError

__all__ = ["INPUT", "OUTPUTS", "Films", "OnnxSession", "Session", "processors"]

INPUT = "film"
OUTPUTS = ("logit", "features", "feature_map")

Films = npt.NDArray[np.uint8] | npt.NDArray[np.float32]


class Session(Protocol):
    """Anything that can score films."""

    def run(self, films: Films, outputs: Sequence[str] = ("logit",)) -> dict[str, npt.NDArray[np.float32]]:
        """Return the named outputs for films of shape (n, height, width), grey levels 0..255."""
        ...


class OnnxSession:
    """ONNX Runtime on the processor, in FP32, so that a score does not depend on the machine.

    Several threads may call `run` at the same time.

    Args:
        model_path: The ONNX file.
        threads: Threads of one pass; None means one for each processor this process may use.

    Raises:
        BundleError: If ONNX Runtime cannot load the model.
    """

    def __init__(self, model_path: Path, *, threads: int | None = None) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or processors()
        options.inter_op_num_threads = 1
        # A thread that spins while it waits takes the processor from the workers that decode films.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        # Errors are raised; what the library would print besides is for its own developers.
        options.log_severity_level = 4
        try:
            self._session = onnxruntime.InferenceSession(
                os.fspath(model_path), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # ONNX Runtime's errors share no base class but this
            raise BundleError(
                f"{model_path}: ONNX Runtime {onnxruntime.__version__} must be able to load the model; "
                f"{error}"
            ) from error
        self._shape = tuple(self._session.get_inputs()[0].shape[1:3])

    def run(self, films: Films, outputs: Sequence[str] = ("logit",)) -> dict[str, npt.NDArray[np.float32]]:
        """Return the named outputs of one pass.

        Args:
            films: Shape (n, height, width), grey levels 0..255.
            outputs: Of "logit" (n,), "features" (n, d) and "feature_map" (n, h, w, d).

        Raises:
            ValueError: If the films have another shape or type, or a grey level is not in [0, 255].
        """
        _require_films(films, self._shape)
        levels = np.ascontiguousarray(films, np.float32)[..., np.newaxis]
        values = self._session.run(list(outputs), {INPUT: levels})
        return dict(zip(outputs, values, strict=True))


def _require_films(films: Films, shape: tuple[object, ...]) -> None:
    if films.ndim != 3 or any(
        isinstance(wanted, int) and wanted != extent
        for wanted, extent in zip(shape, films.shape[1:], strict=True)
    ):
        raise ValueError(f"Films must have shape (n, {shape[0]}, {shape[1]}); received {films.shape}.")
    if films.dtype not in (np.uint8, np.float32):
        raise ValueError(f"Films must be uint8 or float32; received {films.dtype}.")
    if films.dtype == np.float32 and films.size:
        low, high = films.min(), films.max()  # both are NaN when one grey level is
        if not np.isfinite([low, high]).all():
            raise ValueError("Every grey level must be a finite number; received one that is not.")
        if low < 0 or high > 255:
            raise ValueError(f"Every grey level must be in [0, 255]; received {low} to {high}.")


def processors() -> int:
    """Return how many processors this process may use; a container often has fewer than the machine."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
