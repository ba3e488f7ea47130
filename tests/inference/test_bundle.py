"""A bundle travels whole, and is refused by name when any part does not match."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper
from onnx import load as load_onnx

from firstread.errors import BundleError
from firstread.evaluation.between_blocks import PredictionInterval
from firstread.evaluation.calibration import Calibration
from firstread.evaluation.judgement import Judgement
from firstread.evaluation.operating_point import OperatingPoint
from firstread.evaluation.tuning_scores import TuningScores
from firstread.imaging.preprocess import Recipe
from firstread.inference import bundle as bundles
from firstread.inference.bundle import Bundle, BundleParts


def rewrite(folder: Path, name: str, content: bytes) -> None:
    """Change a part and its hash, as somebody does who edits a bundle by hand."""
    (folder / name).write_bytes(content)
    lines = [line for line in (folder / "SHA256SUMS").read_text().splitlines() if line.split()[1] != name]
    lines.append(f"{sha256(content).hexdigest()}  {name}")
    (folder / "SHA256SUMS").write_text("\n".join(lines) + "\n")


def rewrite_json(folder: Path, name: str, **changes: Any) -> None:
    values = json.loads((folder / name).read_text())
    rewrite(folder, name, json.dumps({**values, **changes}).encode())


def rewrite_model(folder: Path, change: Callable[[Any], object]) -> None:
    model = load_onnx(folder / "model.onnx")
    change(model)
    rewrite(folder, "model.onnx", model.SerializeToString())


def test_what_is_saved_is_loaded(tiny_bundle: Bundle, tiny_parts: BundleParts) -> None:
    loaded = bundles.load(tiny_bundle.folder)

    assert tiny_parts.recipe == loaded.recipe
    assert tiny_parts.calibration == loaded.calibration
    assert tiny_parts.operating_points == loaded.operating_points
    assert {**tiny_parts.facts, "format_version": 1} == loaded.facts
    np.testing.assert_array_equal(tiny_parts.head.kernel, loaded.head.kernel)
    assert tiny_parts.head.bias == loaded.head.bias
    assert tiny_parts.shift is not None
    assert loaded.shift is not None
    np.testing.assert_array_equal(tiny_parts.shift.components, loaded.shift.components)
    np.testing.assert_array_equal(tiny_parts.shift.tuning_distances, loaded.shift.tuning_distances)
    assert tiny_parts.model.read_bytes() == loaded.model_path.read_bytes()


def test_the_same_parts_give_the_same_bundle(
    tiny_bundle: Bundle, tiny_parts: BundleParts, tmp_path: Path
) -> None:
    assert tiny_bundle.sha256 == bundles.save(tmp_path / "again", tiny_parts).sha256


def test_a_threshold_keeps_every_bit(tiny_parts: BundleParts, tmp_path: Path) -> None:
    """0.1 + 0.2 has 17 digits; a film stands exactly on the threshold."""
    points = {
        name: replace(point, threshold=0.1 + 0.2) for name, point in tiny_parts.operating_points.items()
    }

    saved = bundles.save(tmp_path / "b", replace(tiny_parts, operating_points=points))

    assert 0.30000000000000004 == saved.operating_points["screening"].threshold


def test_a_bundle_without_shift_is_a_bundle(tiny_parts: BundleParts, tmp_path: Path) -> None:
    assert bundles.save(tmp_path / "b", replace(tiny_parts, shift=None)).shift is None


def test_weights_travel_with_it_when_there_are_some(
    tiny_bundle: Bundle, tiny_parts: BundleParts, tmp_path: Path
) -> None:
    weights = {"stem": np.arange(3, dtype=np.float32)}

    path = bundles.save(tmp_path / "b", replace(tiny_parts, weights=weights)).weights_path

    assert tiny_bundle.weights_path is None
    assert path is not None
    with np.load(path) as archive:
        np.testing.assert_array_equal(weights["stem"], archive["stem"])


def test_a_model_that_onnx_runtime_cannot_load_is_not_saved(tiny_parts: BundleParts, tmp_path: Path) -> None:
    """Its signature is right, but no processor knows the operator."""
    model = load_onnx(tiny_parts.model)
    model.graph.node[2].op_type = "Divination"
    (tmp_path / "broken.onnx").write_bytes(model.SerializeToString())

    with pytest.raises(
        BundleError, match=r"b/model\.onnx: ONNX Runtime .* must be able to load the model"
    ) as e:
        bundles.save(tmp_path / "b", replace(tiny_parts, model=tmp_path / "broken.onnx"))

    assert "Divination" in str(e.value)
    assert ["broken.onnx"] == [path.name for path in tmp_path.iterdir()]


@pytest.mark.parametrize("facts", [{"auroc": float("nan")}, {"when": object()}])
def test_facts_are_plain_finite_values(
    tiny_parts: BundleParts, tmp_path: Path, facts: dict[str, object]
) -> None:
    with pytest.raises(BundleError, match="plain finite values"):
        bundles.save(tmp_path / "b", replace(tiny_parts, facts=facts))


def test_a_missing_model_is_named(tiny_parts: BundleParts, tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"none\.onnx: the model must be readable"):
        bundles.save(tmp_path / "b", replace(tiny_parts, model=tmp_path / "none.onnx"))


@pytest.mark.parametrize("version", [0, 2, "1", None])
def test_another_format_is_refused(folder: Path, version: object) -> None:
    rewrite_json(folder, "facts.json", format_version=version)

    with pytest.raises(BundleError, match=rf"facts\.json: format_version must be 1; received {version!r}"):
        bundles.load(folder)


@pytest.mark.parametrize("name", ["calibration.json", "facts.json", "operating_points.json", "recipe.json"])
@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"a": NaN}', b"\xff\xfe", b"[" * 100_000])
def test_unreadable_json_is_named(folder: Path, name: str, content: bytes) -> None:
    rewrite(folder, name, content)

    with pytest.raises(BundleError, match=f"damaged: {name}: "):
        bundles.load(folder)


def test_a_recipe_nobody_knows_is_refused(folder: Path) -> None:
    rewrite_json(folder, "recipe.json", version=99)

    with pytest.raises(BundleError, match="Recipe: version must be 1; received 99"):
        bundles.load(folder)


@pytest.mark.parametrize("opset", [7, 12, 22, 99])
def test_another_opset_is_refused(folder: Path, opset: int) -> None:
    def change(model: Any) -> None:
        model.opset_import[0].version = opset

    rewrite_model(folder, change)

    with pytest.raises(BundleError, match=rf"model\.onnx: its opset must be 13 to 21; received {opset}"):
        bundles.load(folder)


@pytest.mark.parametrize(
    "content", [b"", b"not a model", b"\x80" * 40, b"\x0a\xff\xff\xff\xff\x0f", b"<html>"]
)
def test_what_is_no_model_is_refused(folder: Path, content: bytes) -> None:
    """A web page where a download was expected is the usual way to get such a file."""
    rewrite(folder, "model.onnx", content)

    with pytest.raises(BundleError, match="damaged: The model must be an ONNX file"):
        bundles.load(folder)


def rename_input(model: Any) -> None:
    model.graph.input[0].name = "image"


def rename_output(model: Any) -> None:
    model.graph.output[1].name = "embedding"


def drop_output(model: Any) -> None:
    del model.graph.output[2]


def fix_the_batch(model: Any) -> None:
    model.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 1


def take_other_films(model: Any) -> None:
    model.graph.input[0].type.tensor_type.shape.dim[1].dim_value = 512


def take_colour(model: Any) -> None:
    model.graph.input[0].type.tensor_type.shape.dim[3].dim_value = 3


def take_bytes(model: Any) -> None:
    model.graph.input[0].type.tensor_type.elem_type = TensorProto.UINT8


def lose_an_axis(model: Any) -> None:
    del model.graph.output[2].type.tensor_type.shape.dim[3]


def keep_weights_elsewhere(model: Any) -> None:
    weight = model.graph.initializer[0]
    weight.ClearField("raw_data")
    weight.data_location = TensorProto.EXTERNAL
    weight.external_data.add(key="location", value="../../../etc/passwd")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (rename_input, r"its inputs must be film; received image"),
        (rename_output, r"its outputs must be feature_map, features, logit; received embedding"),
        (drop_output, r"its outputs must be .*; received features, logit"),
        (fix_the_batch, r"input 'film' must have 4 axes, the first of any length"),
        (take_other_films, r"input 'film' must have shape \(None, 224, 224, 1\); received \(None, 512"),
        (take_colour, r"input 'film' must have shape .* received \(None, 224, 224, 3\)"),
        (take_bytes, r"'film' must be float32"),
        (lose_an_axis, r"output 'feature_map' must have 4 axes"),
        (keep_weights_elsewhere, "must hold its own weights"),
    ],
)
def test_a_model_that_does_not_fit_is_refused(
    folder: Path, change: Callable[[Any], object], words: str
) -> None:
    rewrite_model(folder, change)

    with pytest.raises(BundleError, match=words):
        bundles.load(folder)


def test_a_recipe_of_another_size_than_the_model_is_refused(tiny_parts: BundleParts, tmp_path: Path) -> None:
    with pytest.raises(
        BundleError, match=r"b: model\.onnx: input 'film' must have shape \(None, 320, 320, 1\)"
    ):
        bundles.save(tmp_path / "b", replace(tiny_parts, recipe=Recipe(height=320, width=320)))


def test_a_head_of_another_width_is_refused(tiny_parts: BundleParts, tmp_path: Path) -> None:
    head = bundles.Head(kernel=np.ones(5, np.float32), bias=0.0)

    with pytest.raises(
        BundleError, match=r"output 'features' must have shape \(None, 5\); received \(None, 4\)"
    ):
        bundles.save(tmp_path / "b", replace(tiny_parts, head=head))


def test_a_shift_reference_of_another_width_is_refused(tiny_parts: BundleParts, tmp_path: Path) -> None:
    assert tiny_parts.shift is not None
    other = replace(tiny_parts.shift, mean=np.zeros(9, np.float32), components=np.zeros((2, 9), np.float32))

    with pytest.raises(
        BundleError, match=r"shift\.npz: must be of as many features as head\.npz, 4; received 9"
    ):
        bundles.save(tmp_path / "b", replace(tiny_parts, shift=other))


def test_a_model_that_states_no_shapes_is_accepted(folder: Path) -> None:
    """Some exporters leave them out; the predictor's test pass finds what is wrong."""

    def change(model: Any) -> None:
        for value in model.graph.output:
            value.CopyFrom(helper.make_tensor_value_info(value.name, TensorProto.FLOAT, None))

    rewrite_model(folder, change)

    assert bundles.load(folder).head.kernel.size == 4


def test_the_operating_points_needed_are_named(tiny_parts: BundleParts, tmp_path: Path) -> None:
    points = {"screening": OperatingPoint("screening", 0.5, 0.9, 0.9, 9, 9)}

    with pytest.raises(BundleError, match="'rule_out' is missing"):
        bundles.save(tmp_path / "b", replace(tiny_parts, operating_points=points))


def test_without_a_shipped_bundle_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("importlib.resources.files", lambda _: tmp_path)

    with pytest.raises(BundleError, match=r"found 0\. Train one \(`firstread train`\), or name one"):
        bundles.shipped()


def test_the_shipped_bundle_is_found(
    monkeypatch: pytest.MonkeyPatch, tiny_parts: BundleParts, tmp_path: Path
) -> None:
    """A hidden folder is left by a process that was killed while writing."""
    monkeypatch.setattr("importlib.resources.files", lambda _: tmp_path)
    bundles.save(tmp_path / "bundles" / "tiny", tiny_parts)
    shutil.copytree(tmp_path / "bundles" / "tiny", tmp_path / "bundles" / ".tiny-x")

    assert tmp_path / "bundles" / "tiny" == bundles.shipped()


def test_tuning_scores_travel_and_may_be_missing(tiny_parts: BundleParts, tmp_path: Path) -> None:
    scores = TuningScores.of(np.array([True, False, True]), np.array([3.0, 1.0, 2.0]))

    saved = bundles.save(tmp_path / "b", replace(tiny_parts, tuning_scores=scores))

    assert saved.tuning_scores is not None
    assert [2.0, 3.0] == saved.tuning_scores.diseased.tolist()
    assert bundles.save(tmp_path / "c", tiny_parts).tuning_scores is None


def test_what_tuning_fixed_comes_back_to_the_last_digit(tiny_parts: BundleParts, tmp_path: Path) -> None:
    fitted = Calibration(0.1 + 0.2, -1 / 3, 2 / 3)
    expected = PredictionInterval(2 / 3, 1 / 3, 0.9, 0.95, stretches=7)
    points = {
        name: replace(point, predicted_specificity=expected)
        for name, point in tiny_parts.operating_points.items()
    }

    saved = bundles.save(tmp_path / "b", replace(tiny_parts, calibration=fitted, operating_points=points))

    assert fitted == saved.calibration
    assert points == saved.operating_points


def test_the_abstain_band_goes_from_rule_out_to_the_highest_point(
    tiny_parts: BundleParts, tmp_path: Path
) -> None:
    urgent = OperatingPoint("urgent", 0.9, 0.8, 0.95, 60, 40)
    points = {**tiny_parts.operating_points, "urgent": urgent}

    saved = bundles.save(tmp_path / "b", replace(tiny_parts, operating_points=points))

    assert (0.2, 0.9) == saved.abstain_band
    assert (0.2, 0.5) == bundles.save(tmp_path / "c", tiny_parts).abstain_band


def test_what_is_found_out_later_makes_no_other_bundle(
    tiny_parts: BundleParts, judgement: Judgement, tmp_path: Path
) -> None:
    before = bundles.save(tmp_path / "b", tiny_parts)

    after = bundles.record(before, [judgement], model_card="# another\n")

    assert before.sha256 == after.sha256
    assert ((), (judgement,)) == (before.judgements, after.judgements)
    assert "# another\n" == after.model_card
    assert (before.folder / "model.onnx").read_bytes() == tiny_parts.model.read_bytes()


def test_what_was_found_of_another_bundle_is_refused(
    tiny_parts: BundleParts, judgement: Judgement, tmp_path: Path
) -> None:
    bundle = bundles.save(tmp_path / "b", tiny_parts)

    with pytest.raises(BundleError, match=r"every judgement must be of this bundle, .* one of 000000000000"):
        bundles.record(bundle, [replace(judgement, bundle="0" * 64)], model_card="# another\n")

    assert bundle.model_card == tiny_parts.model_card, "it stays as it was"
