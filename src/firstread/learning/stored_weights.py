"""What a bundle holds to go on training from: the kernels are those of model.onnx, weights.npz has the rest."""

import zipfile
import zlib
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import onnx
from onnx import numpy_helper

from firstread.errors import TrainingError

__all__ = ["restored", "stored"]

_NAME_BYTES = 4096  # of one array's header, and of the name of a kernel in four bytes a letter


def stored(network: keras.Model, model: Path) -> dict[str, npt.NDArray[Any]]:
    """Return a network's weights as weights.npz holds them.

    A kernel that the ONNX file holds, number for number, is replaced by the name it has there. Which these are is
    looked up and not deduced, so that no exporter's habits need to be known. Keys are positions, since Keras numbers
    its layers by how many the process has built.

    Args:
        network: After `half_precision.round_kernels`, which brings kernels into the form in which they are exported.
        model: What `onnx_file.write_onnx` made of it.
    """
    held = {tensor.name: numpy_helper.to_array(tensor) for tensor in onnx.load(model).graph.initializer}
    return {f"{index:04d}": _entry(value, held) for index, value in enumerate(network.get_weights())}


def restored(network: keras.Model, weights: Path, model: Path) -> list[npt.NDArray[np.float32]]:
    """Return what `stored` was given, for `set_weights`.

    Args:
        network: Built like the one that was stored.
        weights: The bundle's weights.npz; in older bundles it holds every array itself, kernels rounded.
        model: The bundle's model.onnx.

    Raises:
        TrainingError: If the arrays are not those of such a network.
    """
    shapes = [tuple(value.shape) for value in network.weights]
    try:
        entries = _read(weights, limit=sum(4 * int(np.prod(shape)) + _NAME_BYTES for shape in shapes))
        if len(entries) != len(shapes):
            raise ValueError(f"{len(shapes)} arrays are needed, {len(entries)} are there")
        held = {
            tensor.name: tensor for tensor in onnx.load(model, load_external_data=False).graph.initializer
        }
        return [_value(entry, shape, held) for entry, shape in zip(entries, shapes, strict=True)]
    except (ValueError, KeyError, TypeError, EOFError, OSError, zipfile.BadZipFile, zlib.error) as error:
        raise TrainingError(
            f"{weights.parent}: the bundle's weights must fit the network; {error}."
        ) from error


def _entry(value: npt.NDArray[np.float32], held: dict[str, npt.NDArray[Any]]) -> npt.NDArray[Any]:
    if value.ndim > 1:
        wanted = value.transpose(_axes_in_onnx(value.shape))
        for name, array in held.items():
            if np.array_equal(wanted, array):
                return np.array(name)
    return value


def _read(weights: Path, *, limit: int) -> list[npt.NDArray[Any]]:
    with zipfile.ZipFile(weights) as archive:
        inflated = sum(entry.file_size for entry in archive.infolist())
    if inflated > limit:
        raise ValueError(f"weights.npz may inflate to {limit} bytes; it would to {inflated}")
    with np.load(weights, allow_pickle=False) as stored:
        return [stored[name] for name in sorted(stored.files)]


def _value(entry: npt.NDArray[Any], shape: tuple[int, ...], held: dict[str, Any]) -> npt.NDArray[np.float32]:
    if entry.dtype.kind == "U":
        axes = _axes_in_onnx(shape)
        tensor = held[str(entry)]
        if tuple(tensor.dims) != tuple(shape[axis] for axis in axes):
            raise ValueError(f"{tensor.name} has the shape {tuple(tensor.dims)} in model.onnx")
        entry = numpy_helper.to_array(tensor).transpose(np.argsort(axes))
    if entry.shape != shape or entry.dtype not in (np.float16, np.float32):
        raise ValueError(f"an array must be of floats of shape {shape}; one is {entry.dtype}, {entry.shape}")
    return entry.astype(np.float32)


def _axes_in_onnx(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return in which order ONNX has the axes: (rows, columns, in, out) → (out, in, rows, columns).

    A depthwise kernel of Keras is (rows, columns, channels, 1).
    """
    if len(shape) != 4:
        return tuple(range(len(shape)))
    return (2, 3, 0, 1) if shape[3] == 1 else (3, 2, 0, 1)
