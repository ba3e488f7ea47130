"""What an ONNX file says of itself is read as the onnx package reads it."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from firstread.errors import BundleError
from firstread.inference.model_file import read_signature


def test_it_says_what_the_onnx_package_says(tiny_model: Path) -> None:
    model = onnx.load(tiny_model)

    signature = read_signature(tiny_model.read_bytes())

    def shapes(values: list[onnx.ValueInfoProto]) -> dict[str, tuple[int | None, ...]]:
        return {v.name: tuple(d.dim_value or None for d in v.type.tensor_type.shape.dim) for v in values}

    assert model.opset_import[0].version == signature.opset
    assert shapes(list(model.graph.input)) == signature.inputs
    assert shapes(list(model.graph.output)) == signature.outputs


def test_weights_repeated_among_the_inputs_are_no_inputs() -> None:
    """Files of IR version 3 and older do that."""
    weight = numpy_helper.from_array(np.ones(1, np.float32), "w")
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in ("film", "w", "logit")]
    graph = helper.make_graph(
        [helper.make_node("Add", ["film", "w"], ["logit"])], "g", values[:2], values[2:], [weight]
    )

    signature = read_signature(helper.make_model(graph).SerializeToString())

    assert {"film": (1,)} == signature.inputs


def test_the_standard_operators_are_found_among_others(tiny_model: Path) -> None:
    model = onnx.load(tiny_model)
    model.opset_import.insert(0, helper.make_opsetid("ai.onnx.ml", 3))

    assert 15 == read_signature(model.SerializeToString()).opset


def test_a_model_without_standard_operators_is_refused(tiny_model: Path) -> None:
    model = onnx.load(tiny_model)
    model.opset_import[0].domain = "com.example"

    with pytest.raises(BundleError, match="must be an ONNX file"):
        read_signature(model.SerializeToString())


def test_bytes_from_anywhere_never_crash_it(tiny_model: Path) -> None:
    good = tiny_model.read_bytes()
    rng = np.random.default_rng(9)
    for _ in range(500):
        # The structure is at the two ends; the weights lie between.
        damaged = bytearray(good[:200] + good[-900:] if rng.random() < 0.5 else good)
        for at in rng.integers(len(damaged), size=5):
            damaged[at] = rng.integers(256)
        try:
            read_signature(bytes(damaged))
        except BundleError:
            continue
