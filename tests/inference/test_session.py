"""ONNX Runtime answers, and refuses what is not a film."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from firstread.errors import BundleError
from firstread.inference.session import OnnxSession, Session


@pytest.fixture(scope="module")
def session(tiny_model: Path) -> Session:
    return OnnxSession(tiny_model, threads=1)


def test_each_output_has_the_shape_the_bundle_states(session: Session) -> None:
    answer = session.run(np.zeros((3, 224, 224), np.uint8), ("logit", "features", "feature_map"))

    assert {"logit": (3,), "features": (3, 4), "feature_map": (3, 7, 7, 4)} == {
        name: values.shape for name, values in answer.items()
    }
    assert {np.dtype(np.float32)} == {values.dtype for values in answer.values()}


def test_only_what_was_asked_for_is_computed(session: Session) -> None:
    assert ["features"] == list(session.run(np.zeros((1, 224, 224), np.uint8), ("features",)))


def test_no_film_gives_no_score(session: Session) -> None:
    assert (0,) == session.run(np.zeros((0, 224, 224), np.uint8))["logit"].shape


def test_bytes_and_floats_of_the_same_grey_levels_score_the_same(session: Session) -> None:
    films = np.random.default_rng(0).integers(0, 256, (2, 224, 224), np.uint8)

    np.testing.assert_array_equal(session.run(films)["logit"], session.run(films.astype(np.float32))["logit"])


def test_features_are_counted_by_hand(session: Session) -> None:
    """A checkerboard of 0 and 255 has mean 0.5, texture 0.5 and no edges."""
    board = (np.indices((224, 224)).sum(axis=0) % 2 * 255).astype(np.uint8)

    features = session.run(board[np.newaxis], ("features",))["features"]

    np.testing.assert_allclose([[0.5, 0.5, 0.0, 0.0]], features, atol=1e-5)


def test_a_view_that_is_not_contiguous_scores_the_same(session: Session) -> None:
    films = np.random.default_rng(0).integers(0, 256, (224, 224, 2), np.uint8).transpose(2, 0, 1)

    np.testing.assert_array_equal(session.run(films.copy())["logit"], session.run(films)["logit"])


@pytest.mark.parametrize(
    ("films", "words"),
    [
        (np.zeros((224, 224), np.uint8), r"must have shape \(n, 224, 224\); received \(224, 224\)"),
        (np.zeros((1, 224, 225), np.uint8), r"received \(1, 224, 225\)"),
        (np.zeros((1, 224, 224, 1), np.uint8), r"received \(1, 224, 224, 1\)"),
        (np.zeros((1, 224, 224), np.float64), "must be uint8 or float32; received float64"),
        (np.full((1, 224, 224), np.nan, np.float32), "must be a finite number"),
        (np.full((1, 224, 224), np.inf, np.float32), "must be a finite number"),
        (np.full((1, 224, 224), 255.5, np.float32), r"must be in \[0, 255\]; received 255.5 to 255.5"),
        (np.full((1, 224, 224), -1, np.float32), r"must be in \[0, 255\]; received -1.0 to -1.0"),
    ],
)
def test_what_is_no_film_is_refused(session: Session, films: npt.NDArray[np.uint8], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        session.run(films)


def test_films_scaled_to_one_are_refused_nowhere_but_scored_as_dark(session: Session) -> None:
    """0..1 lies within 0..255: only the recipe can keep films on one scale, which is why it is the only way."""
    films = np.ones((1, 224, 224), np.float32)

    assert session.run(films)["logit"][0] < -5.9


@pytest.mark.parametrize("content", [b"", b"not a model"])
def test_a_file_that_is_no_model_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "model.onnx").write_bytes(content)

    with pytest.raises(BundleError, match=r"model\.onnx: ONNX Runtime .* must be able to load the model"):
        OnnxSession(tmp_path / "model.onnx")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"none\.onnx: ONNX Runtime"):
        OnnxSession(tmp_path / "none.onnx")


def test_what_is_slow_to_import_waits_until_it_is_needed() -> None:
    """`firstread --help` and `firstread bundle show` run no network."""
    program = (
        "import sys; import firstread.inference.predictor; "
        "print([m for m in ('onnxruntime', 'PIL', 'scipy', 'sklearn', 'pydicom') if m in sys.modules])"
    )

    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert "[]" == answer.stdout.strip()
