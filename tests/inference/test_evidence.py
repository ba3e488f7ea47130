"""Where the heat of a flagged film lies, and how little of it inside the lungs is unusual."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from firstread.config import Inference
from firstread.data import eigen_radiographs
from firstread.errors import BundleError, UndefinedMetricError
from firstread.inference import bundle as bundles
from firstread.inference import evidence, parts
from firstread.inference.bundle import Bundle, BundleParts
from firstread.inference.evidence import EvidenceReference
from firstread.inference.predictor import Predictor


def chest() -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Return the mean of the eigen-radiographs as one film, 224 × 224."""
    from PIL import Image

    pixels = np.clip(170 + 35 * eigen_radiographs.shipped().mean, 0, 255).astype(np.uint8)
    return np.asarray(Image.fromarray(pixels).resize((224, 224)))[np.newaxis]


def hot_at(row: int, column: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    heat = np.zeros((1, 7, 7), np.float32)
    heat[0, row, column] = 0.8
    return heat


def test_heat_in_the_middle_of_the_chest_is_inside_and_in_a_corner_outside() -> None:
    assert evidence.share_in_thorax(chest(), hot_at(3, 1))[0] == pytest.approx(1, abs=0.1)
    assert evidence.share_in_thorax(chest(), hot_at(0, 0))[0] == pytest.approx(0, abs=0.01)


def test_where_no_lungs_are_found_there_is_no_share() -> None:
    assert np.isnan(evidence.share_in_thorax(np.full((1, 224, 224), 9, np.uint8), hot_at(3, 3))[0])


def test_the_reference_is_the_first_percentile_of_what_is_known() -> None:
    share = np.append(np.arange(101) / 100, np.nan)

    assert EvidenceReference(0.01, 1.0, 101) == evidence.fit(share)


def test_a_percentile_of_few_films_is_refused() -> None:
    with pytest.raises(UndefinedMetricError, match="100 films or more; received 99"):
        evidence.fit(np.ones(99))


def test_a_share_above_one_is_refused() -> None:
    with pytest.raises(ValueError, match="a share in"):
        EvidenceReference(1.2, 1.0, 200)


def test_only_flagged_films_are_asked_and_only_by_a_bundle_that_can_tell(tiny_bundle: Bundle) -> None:
    able = replace(tiny_bundle, evidence=EvidenceReference(0.4, 1.0, 200))
    # The tiny network's score is brightness: the second film is not flagged.
    films = np.concatenate([chest(), chest() // 4])

    share = Predictor(able, settings=Inference(threads=1)).predict(films, evidence=True).evidence

    assert share is not None
    assert 0 < share[0] <= 1
    assert np.isnan(share[1])
    unable = Predictor(tiny_bundle, settings=Inference(threads=1))
    assert unable.predict(films, evidence=True).evidence is None


def test_the_reference_travels_with_the_bundle(tiny_parts: BundleParts, tmp_path: Path) -> None:
    reference = EvidenceReference(0.4, 1.0, 200)

    assert reference == bundles.save(tmp_path / "b", replace(tiny_parts, evidence=reference)).evidence
    assert bundles.save(tmp_path / "c", tiny_parts).evidence is None


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"least_share": 0.4, "percentile": 1.0}, "must state least_share, percentile, n_films"),
        ({"least_share": 0.4, "percentile": 1.0, "n_films": 1.5}, "n_films must be a whole number"),
        ({"least_share": 2.0, "percentile": 1.0, "n_films": 9}, "a share in"),
    ],
)
def test_a_reference_that_says_something_else_is_refused(values: dict[str, float], message: str) -> None:
    with pytest.raises(BundleError, match=rf"evidence\.json: .*{message}"):
        parts.parse_evidence("evidence.json", values)
