"""What an ONNX file says of itself, read without a framework.

An ONNX file is a protocol buffer (https://protobuf.dev/programming-guides/encoding, field numbers from
onnx/onnx.proto). Reading six of its fields here takes a millisecond. The onnx package is for making models: 31 MB
that serving does not need otherwise, and 0.2 s to import, a third of the time to the first film. ONNX Runtime does not
tell the opset, and would only say that something is wrong, not what.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from firstread.errors import BundleError

__all__ = ["ModelSignature", "Shape", "read_signature"]

Shape = tuple[int | None, ...]
"""Extent of each axis; None where any extent is allowed or none is stated."""

FLOAT32 = 1

# onnx/onnx.proto, message by message.
MODEL_GRAPH, MODEL_OPSETS = 7, 8
OPSET_DOMAIN, OPSET_VERSION = 1, 2
GRAPH_INITIALIZER, GRAPH_INPUT, GRAPH_OUTPUT = 5, 11, 12
TENSOR_NAME, TENSOR_DATA_LOCATION = 8, 14
VALUE_NAME, VALUE_TYPE = 1, 2
TYPE_TENSOR = 1
TENSOR_TYPE_ELEMENT, TENSOR_TYPE_SHAPE = 1, 2
SHAPE_DIMENSION, DIMENSION_EXTENT = 1, 1


@dataclass(frozen=True, slots=True)
class ModelSignature:
    """What a model takes and gives.

    Args:
        opset: Version of the standard operators.
        inputs: Name → shape of each float32 input.
        outputs: Name → shape of each float32 output.
    """

    opset: int
    inputs: Mapping[str, Shape | None]
    outputs: Mapping[str, Shape | None]


def read_signature(model: bytes) -> ModelSignature:
    """Return what an ONNX file says it takes and gives.

    Args:
        model: The bytes of the file.

    Raises:
        BundleError: If the bytes are no ONNX model, its tensors are not float32, or its weights lie in
            another file.
    """
    try:
        parts = _fields(memoryview(model))
        graph = _fields(_only(parts, MODEL_GRAPH))
        weights = [_fields(tensor) for tensor in graph.get(GRAPH_INITIALIZER, [])]
        # Older files repeat each weight among the inputs; those are not for the caller.
        constants = {_text(tensor, TENSOR_NAME) for tensor in weights}
        signature = ModelSignature(
            opset=_opset(parts),
            inputs=_values(graph.get(GRAPH_INPUT, []), without=constants),
            outputs=_values(graph.get(GRAPH_OUTPUT, []), without=set()),
        )
    except (IndexError, KeyError, TypeError, UnicodeDecodeError, ValueError) as error:
        raise BundleError("The model must be an ONNX file; its structure cannot be read.") from error
    if any(_number(tensor, TENSOR_DATA_LOCATION) for tensor in weights):
        raise BundleError("The model must hold its own weights; it names another file for them.")
    return signature


def _opset(model: Mapping[int, list[memoryview | int]]) -> int:
    for entry in model[MODEL_OPSETS]:
        opset = _fields(entry)
        if _text(opset, OPSET_DOMAIN) in ("", "ai.onnx"):
            return _number(opset, OPSET_VERSION)
    raise ValueError("no standard operators")


def _values(entries: list[memoryview | int], *, without: set[str]) -> dict[str, Shape | None]:
    found: dict[str, Shape | None] = {}
    for entry in entries:
        value = _fields(entry)
        name = _text(value, VALUE_NAME)
        if name in without:
            continue
        tensor = _fields(_only(_fields(_only(value, VALUE_TYPE)), TYPE_TENSOR))
        if _number(tensor, TENSOR_TYPE_ELEMENT) != FLOAT32:
            raise BundleError(f"The model's {name!r} must be float32; it is stated as another type.")
        found[name] = _shape(tensor)
    return found


def _shape(tensor: Mapping[int, list[memoryview | int]]) -> Shape | None:
    if TENSOR_TYPE_SHAPE not in tensor:
        return None
    dimensions = _fields(_only(tensor, TENSOR_TYPE_SHAPE)).get(SHAPE_DIMENSION, [])
    return tuple(_number(_fields(dimension), DIMENSION_EXTENT) or None for dimension in dimensions)


def _only(message: Mapping[int, list[memoryview | int]], field: int) -> memoryview | int:
    return message[field][-1]


def _text(message: Mapping[int, list[memoryview | int]], field: int) -> str:
    value = message.get(field, [memoryview(b"")])[-1]
    if isinstance(value, int):
        raise TypeError("a number where text was expected")
    return bytes(value).decode()


def _number(message: Mapping[int, list[memoryview | int]], field: int) -> int:
    value = message.get(field, [0])[-1]
    if not isinstance(value, int):
        raise TypeError("text where a number was expected")
    return value


def _fields(message: memoryview | int) -> dict[int, list[memoryview | int]]:
    """Return field number → its values, in the order of the file; a message inside stays bytes."""
    if isinstance(message, int):
        raise TypeError("a number where a message was expected")
    found: dict[int, list[memoryview | int]] = {}
    for number, value in _records(message):
        found.setdefault(number, []).append(value)
    return found


def _records(message: memoryview) -> Iterator[tuple[int, memoryview | int]]:
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        kind = key & 7
        if kind == 0:
            value, at = _varint(message, at)
            yield key >> 3, value
            continue
        if kind == 2:
            size, at = _varint(message, at)
        elif kind in (1, 5):
            size = 8 if kind == 1 else 4
        else:
            raise ValueError("unknown wire type")
        if at + size > len(message):
            raise ValueError("the file ends too early")
        yield key >> 3, message[at : at + size]
        at += size


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise ValueError("a number longer than 64 bits")
