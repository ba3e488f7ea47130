"""Every film is looked at, some are asked again, and chance is an argument."""

from pathlib import Path

import numpy as np
import pytest

from firstread.appraisal import explaining
from firstread.config import Config
from firstread.data import sources, synthetic
from firstread.data.manifest import Manifest
from firstread.errors import DataError
from firstread.evaluation.explained_films import ExplainedFilms
from firstread.inference.predictor import Predictor


@pytest.fixture
def manifest(tmp_path: Path) -> Manifest:
    synthetic.generate(8, tmp_path, seed=2)
    return sources.read(tmp_path)


def explained(manifest: Manifest, predictor: Predictor, settings: Config) -> ExplainedFilms:
    rng = np.random.default_rng(1)
    asked = explaining.sample(manifest, 4, rng)
    return explaining.explain_films(manifest, predictor, asked=asked, config=settings, rng=rng)


def test_where_the_heat_lies_is_known_of_every_film_and_the_rest_of_those_asked(
    manifest: Manifest, predictor: Predictor, settings: Config
) -> None:
    found = explained(manifest, predictor, settings)

    assert manifest.diseased.tolist() == found.films.diseased.tolist()
    assert found.found.all()
    assert (8, 7, 7) == found.heat_map.shape
    assert 8 == np.isfinite(found.answers["thorax_area"]).sum()
    assert (
        4 == np.isfinite(found.answers["agreement"]).sum() == np.isfinite(found.answers["random_head"]).sum()
    )
    asked_and_flagged = found.flagged & np.isfinite(found.answers["agreement"])
    np.testing.assert_array_equal(asked_and_flagged, np.isfinite(found.answers["empty"]))


def test_a_curve_starts_at_the_film_and_every_order_ends_at_the_same(
    manifest: Manifest, predictor: Predictor, settings: Config
) -> None:
    found = explained(manifest, predictor, settings)
    rows = np.isfinite(found.answers["empty"])
    film = 1 / (1 + np.exp(-found.films.logit[rows]))  # before calibration

    for order in ("heat map", "occlusion", "random"):
        curve = found.curves["deletion", order][rows]
        np.testing.assert_allclose(film, curve[:, 0], atol=1e-5)
        np.testing.assert_allclose(found.curves["deletion", "random"][rows][:, -1], curve[:, -1], atol=1e-5)
        whole = found.curves["insertion", order][rows][:, -1]
        np.testing.assert_allclose(film, whole, atol=1e-5)


def test_the_same_seed_gives_the_same_answers(
    manifest: Manifest, predictor: Predictor, settings: Config
) -> None:
    one, other = (explained(manifest, predictor, settings) for _ in range(2))

    for name, answers in one.answers.items():
        np.testing.assert_array_equal(answers, other.answers[name])


def test_a_sample_is_half_of_each_class_where_there_are_enough(manifest: Manifest) -> None:
    rows = explaining.sample(manifest, 4, np.random.default_rng(3))

    assert 4 == rows.size == np.unique(rows).size
    assert 2 == manifest.diseased[rows].sum()
    assert 8 == explaining.sample(manifest, 100, np.random.default_rng(3)).size


def test_a_folder_without_a_film_that_can_be_scored_is_refused(
    manifest: Manifest, predictor: Predictor, settings: Config
) -> None:
    for path in manifest.paths:
        path.write_text("no film")

    with pytest.raises(DataError, match="none of 8 was scored"):
        explained(manifest, predictor, settings)
