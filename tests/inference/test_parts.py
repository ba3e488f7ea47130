"""Each part is refused by name when it does not hold what it must."""

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from firstread.errors import BundleError
from firstread.evaluation.between_blocks import PredictionInterval
from firstread.evaluation.calibration import Calibration
from firstread.evaluation.frontal import OUTLINE_SIZE
from firstread.evaluation.shift import ShiftReference
from firstread.evaluation.tuning_scores import TuningScores
from firstread.inference import parts

POINT: Mapping[str, Any] = {
    "name": "screening",
    "threshold": 0.5,
    "sensitivity": 0.95,
    "specificity": 0.9,
    "n_diseased": 60,
    "n_non_diseased": 40,
}
SHIFT: Mapping[str, Any] = {
    "mean": np.zeros(4, np.float32),
    "components": np.eye(2, 4, dtype=np.float32),
    "scale": np.ones(2, np.float32),
    "residual_scale": np.float32(1),
    "tuning_distances": np.arange(3, dtype=np.float32),
}


def npz(**arrays: Any) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, allow_pickle=True, **arrays)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"threshold": 0.0}, r"threshold must be in \(0, 1\); received 0\.0"),
        ({"threshold": 1}, r"threshold must be in \(0, 1\); received 1\.0"),
        ({"threshold": -0.1}, r"threshold must be in \(0, 1\)"),
        ({"threshold": float("nan")}, "threshold must be a finite number; received nan"),
        ({"threshold": "0.5"}, "threshold must be a finite number; received '0.5'"),
        ({"threshold": True}, "threshold must be a finite number; received True"),
        ({"threshold": None}, "threshold must be a finite number; received None"),
        ({"sensitivity": 1.1}, r"sensitivity must be in \[0, 1\]"),
        ({"specificity": -1}, r"specificity must be in \[0, 1\]"),
        ({"n_diseased": 0}, "n_diseased must be a whole number above 0"),
        ({"n_non_diseased": 1.5}, "n_non_diseased must be a whole number above 0"),
        ({"name": "other"}, "must be named 'screening'; received 'other'"),
        ({"extra": 1}, "must state name, threshold"),
    ],
)
def test_an_operating_point_out_of_range_is_refused(changes: Mapping[str, Any], words: str) -> None:
    points = {"screening": {**POINT, **changes}, "rule_out": {**POINT, "name": "rule_out"}}

    with pytest.raises(BundleError, match=f"points: screening:? {words}"):
        parts.parse_operating_points("points", points)


def test_what_is_no_operating_point_is_refused() -> None:
    with pytest.raises(BundleError, match=r"screening must state .*; received 0\.5"):
        parts.parse_operating_points("points", {"screening": 0.5})


def test_rule_out_may_not_stand_above_screening() -> None:
    """Then REVIEW, which lies between the two, would be empty, and films ruled out would be URGENT."""
    points = {"screening": POINT, "rule_out": {**POINT, "name": "rule_out", "threshold": 0.6}}

    with pytest.raises(BundleError, match=r"must not be above that of 'screening'; received 0\.6 and 0\.5"):
        parts.parse_operating_points("points", points)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"method": "temperature"}, "temperature must be a finite number; received None"),
        ({"method": "temperature", "temperature": 0}, "temperature must be above 0"),
        ({"method": "temperature", "temperature": float("inf")}, "temperature must be a finite number"),
        ({"temperature": 1.0}, "method must be 'temperature'; received None"),
        ({"method": "isotonic", "temperature": 1.0}, "method must be 'temperature'; received 'isotonic'"),
    ],
)
def test_another_calibration_is_refused(values: Mapping[str, Any], words: str) -> None:
    with pytest.raises(BundleError, match=words):
        parts.parse_calibration("calibration.json", values)


def test_a_bundle_of_an_older_release_has_no_intercept() -> None:
    old = parts.parse_calibration("calibration.json", {"method": "temperature", "temperature": 1.5})

    assert Calibration(1.5, 0.0, None) == old


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"intercept": None}, "calibration.json: intercept must be a finite number; received None"),
        ({"prevalence": 1.5}, r"calibration.json: prevalence must be in \(0, 1\); received 1.5"),
        ({"prevalence": "half"}, "calibration.json: prevalence must be a finite number"),
    ],
)
def test_an_intercept_out_of_range_is_refused(values: Mapping[str, Any], words: str) -> None:
    with pytest.raises(BundleError, match=words):
        parts.parse_calibration("calibration.json", {"method": "temperature", "temperature": 1.5, **values})


def test_what_a_point_predicts_is_read_where_it_is_said() -> None:
    said = {**POINT, "predicted_sensitivity": {"estimate": 0.9, "low": 0.8, "high": 0.95, "level": 0.95}}

    points = parts.parse_operating_points(
        "points", {"screening": said, "rule_out": {**POINT, "name": "rule_out"}}
    )

    expected = PredictionInterval(0.9, 0.8, 0.95, 0.95)
    assert expected == points["screening"].predicted_sensitivity
    assert points["rule_out"].predicted_sensitivity is None


def test_a_prediction_says_how_many_stretches_it_comes_from_where_it_is_said() -> None:
    interval = {"estimate": 0.9, "low": 0.8, "high": 0.95, "level": 0.95, "redrawn": 0, "stretches": 10}

    points = parts.parse_operating_points(
        "points",
        {
            "screening": {**POINT, "predicted_sensitivity": interval},
            "rule_out": {**POINT, "name": "rule_out"},
        },
    )

    assert PredictionInterval(0.9, 0.8, 0.95, 0.95, stretches=10) == points["screening"].predicted_sensitivity


@pytest.mark.parametrize(
    "changes",
    [
        {"low": 0.99},
        {"high": 1.1},
        {"level": None},
        {"estimate": "0.9"},
        {"stretches": 0},
        {"stretches": 2.5},
    ],
)
def test_a_prediction_out_of_range_is_refused(changes: Mapping[str, Any]) -> None:
    said = {"estimate": 0.9, "low": 0.8, "high": 0.95, "level": 0.95, **changes}

    with pytest.raises(BundleError, match="points: screening: predicted_specificity"):
        parts.parse_operating_points("points", {"screening": {**POINT, "predicted_specificity": said}})


def test_tuning_scores_come_back_by_class() -> None:
    scores = TuningScores.of(np.array([True, False, True]), np.array([3.0, 1.0, 2.0]))

    back = parts.parse_tuning_scores("tuning_scores.npz", parts.as_npz(parts.tuning_scores_arrays(scores)))

    assert ([2.0, 3.0], [1.0]) == (back.diseased.tolist(), back.non_diseased.tolist())


def test_tuning_scores_of_one_class_are_refused() -> None:
    scores = TuningScores.of(np.array([True]), np.array([3.0]))

    with pytest.raises(BundleError, match="must hold logits of both classes"):
        parts.parse_tuning_scores("tuning_scores.npz", parts.as_npz(parts.tuning_scores_arrays(scores)))


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_json_numbers_are_finite(constant: str) -> None:
    with pytest.raises(BundleError, match=f"facts.json: every number must be finite; received {constant}"):
        parts.parse_json("facts.json", f'{{"metrics": [{{"auroc": {constant}}}]}}'.encode())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "must be a .npz file"),
        (b"PK\x03\x04 but no more", "must be a .npz file"),
        (npz(kernel=np.ones(3, np.float32)), "must hold bias, kernel; received kernel"),
        (npz(kernel=np.ones(3, np.float32), bias=np.float32(0), other=1), "received bias, kernel, other"),
        (npz(kernel=np.ones(3), bias=np.float32(0)), "kernel must be float32 with 1 axes; received float64"),
        (npz(kernel=np.ones((3, 1), np.float32), bias=np.float32(0)), "kernel must be float32 with 1 axes"),
        (npz(kernel=np.full(3, np.nan, np.float32), bias=np.float32(0)), "kernel has one that is not"),
        (
            npz(kernel=np.ones(3, np.float32), bias=np.float32(0), margin=np.float32(0.25)),
            "margin must be in",
        ),
        (npz(kernel=np.array([{}]), bias=np.float32(0)), "must be a .npz file"),
    ],
)
def test_a_head_that_is_none_is_refused(content: bytes, words: str) -> None:
    """The last one holds a pickle, which could run a program when it is opened."""
    with pytest.raises(BundleError, match=f"head.npz: .*{words}"):
        parts.parse_head("head.npz", content)


def test_a_head_without_a_margin_cuts_nothing_off() -> None:
    older = parts.parse_head("head.npz", npz(kernel=np.ones(3, np.float32), bias=np.float32(0)))
    head = replace(older, margin=0.0625)

    assert 0 == older.margin
    assert head.margin == parts.parse_head("head.npz", parts.as_npz(parts.head_arrays(head))).margin


def test_an_archive_that_inflates_beyond_reason_is_refused_before_it_is_inflated() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("kernel.npy", bytes(parts.MAX_INFLATED_BYTES + 1))

    assert len(stream.getvalue()) < 100_000
    with pytest.raises(BundleError, match=r"head\.npz: must inflate to \d+ bytes at most; received"):
        parts.parse_head("head.npz", stream.getvalue())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"mean": np.zeros(5, np.float32)}, r"mean, components and scale must have the shapes"),
        ({"scale": np.ones(3, np.float32)}, r"mean, components and scale must have the shapes"),
        ({"scale": np.zeros(2, np.float32)}, "every scale must be above 0"),
        ({"residual_scale": np.float32(0)}, "every scale must be above 0"),
        ({"tuning_distances": np.zeros(0, np.float32)}, "at least one number, ascending"),
        ({"tuning_distances": np.array([2, 1], np.float32)}, "at least one number, ascending"),
    ],
)
def test_a_shift_reference_that_does_not_fit_itself_is_refused(change: Mapping[str, Any], words: str) -> None:
    with pytest.raises(BundleError, match=f"shift.npz: .*{words}"):
        parts.parse_shift("shift.npz", npz(**{**SHIFT, **change}))


def test_the_shift_reference_of_a_real_network_takes_less_than_half_a_megabyte() -> None:
    rng = np.random.default_rng(0)
    reference = ShiftReference(
        mean=rng.normal(size=1280).astype(np.float32),
        components=rng.normal(size=(64, 1280)).astype(np.float32),
        scale=rng.random(64).astype(np.float32),
        residual_scale=1.0,
        tuning_distances=np.sort(rng.random(700)).astype(np.float32),
    )

    content = parts.as_npz(parts.shift_arrays(reference))

    assert len(content) < 500_000
    np.testing.assert_array_equal(reference.components, parts.parse_shift("shift.npz", content).components)


@pytest.mark.parametrize(("weight", "dtype"), [(0.1, np.float32), (np.float16(0.1), np.float16)])
def test_a_matrix_is_stored_in_half_precision_where_that_loses_nothing(weight: float, dtype: type) -> None:
    kernel = np.full((OUTLINE_SIZE, 2), weight, np.float32)
    reference = parts.parse_frontal("frontal.npz", npz(**frontal_part(hidden_kernel=kernel)))

    arrays = parts.frontal_arrays(reference)

    assert dtype == arrays["hidden_kernel"].dtype
    assert np.float32 == arrays["hidden_bias"].dtype
    again = parts.parse_frontal("frontal.npz", parts.as_npz(arrays)).hidden_kernel
    assert np.float32 == again.dtype
    np.testing.assert_array_equal(kernel, again)


@pytest.mark.parametrize("parse", [parts.parse_head, parts.parse_shift])
def test_bytes_from_anywhere_never_crash_it(parse: Callable[[str, bytes], object]) -> None:
    rng = np.random.default_rng(8)
    good = (
        npz(**SHIFT) if parse is parts.parse_shift else npz(kernel=np.ones(9, np.float32), bias=np.float32(1))
    )
    for _ in range(300):
        damaged = bytearray(good)
        for at in rng.integers(len(damaged), size=4):
            damaged[at] = rng.integers(256)
        try:
            parse("part.npz", bytes(damaged[: rng.integers(1, len(damaged) + 1)]))
        except BundleError as error:
            assert str(error).startswith("part.npz: ")  # noqa: PT017 - damage may also hit an unused byte


def frontal_part(**changes: Any) -> dict[str, Any]:
    arrays: dict[str, Any] = {
        "hidden_kernel": np.ones((OUTLINE_SIZE, 2), np.float32),
        "hidden_bias": np.zeros(2, np.float32),
        "kernel": np.ones(2, np.float32),
    }
    return arrays | {name: np.float32(0.5) for name in ("bias", "threshold", "usual")} | changes


def test_a_detector_of_frontal_films_comes_back_as_it_was() -> None:
    reference = parts.parse_frontal("frontal.npz", npz(**frontal_part()))

    again = parts.parse_frontal("frontal.npz", parts.as_npz(parts.frontal_arrays(reference)))

    for name, value in frontal_part().items():
        np.testing.assert_array_equal(value, getattr(again, name))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"hidden_kernel": np.ones((3, 2), np.float32)},
            rf"hidden_kernel must have shape \({OUTLINE_SIZE}, 2\)",
        ),
        ({"hidden_bias": np.ones(3, np.float32)}, r"hidden_bias must have shape \(2,\); received \(3,\)"),
        ({"threshold": np.float32("nan")}, "threshold has one that is not"),
        (
            {"hidden_bias": np.ones(2, np.float16)},
            "hidden_bias must be float32 with 1 axes; received float16",
        ),
        (
            {"hidden_kernel": np.full((OUTLINE_SIZE, 2), np.inf, np.float16)},
            "hidden_kernel has one that is not",
        ),
    ],
)
def test_a_detector_whose_arrays_do_not_fit_is_refused(changes: Mapping[str, Any], words: str) -> None:
    with pytest.raises(BundleError, match=f"frontal.npz: .*{words}"):
        parts.parse_frontal("frontal.npz", npz(**frontal_part(**changes)))
