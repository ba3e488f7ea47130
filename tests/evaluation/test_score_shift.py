"""Scores are compared with those of tuning films, and prevalence is told from other differences."""

import numpy as np
import pytest
from scipy.stats import ks_2samp

from firstread.errors import UndefinedMetricError
from firstread.evaluation import score_shift
from firstread.evaluation.tuning_scores import TuningScores


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(6)


@pytest.fixture
def reference(rng: np.random.Generator) -> TuningScores:
    return TuningScores(
        np.sort(rng.normal(2, 1, 600)).astype(np.float32), np.sort(rng.normal(-2, 1, 400)).astype(np.float32)
    )


def test_the_distance_is_that_of_scipy(rng: np.random.Generator, reference: TuningScores) -> None:
    site = rng.normal(0, 2, 150)

    found = score_shift.compare(site, reference, rng=rng, repeats=5)

    expected = ks_2samp(site, np.concatenate([reference.diseased, reference.non_diseased]).astype(float))
    assert expected.statistic == pytest.approx(found.distance)


def test_the_distance_to_a_mixture_by_hand() -> None:
    """Tuning films at 0 and 1, a site's at 0, 1, 1, 1: a quarter without disease explains it all."""
    reference = TuningScores(np.array([1.0], np.float32), np.array([0.0], np.float32))

    found = score_shift.compare(
        np.array([0.0, 1.0, 1.0, 1.0]), reference, rng=np.random.default_rng(1), repeats=5
    )

    assert 0.25 == found.distance
    assert 0.0 == pytest.approx(found.unexplained, abs=0.011)  # the prevalences tried are 0.02 apart
    assert 0.75 == pytest.approx(found.best_prevalence, abs=0.011)


def test_another_prevalence_alone_is_explained(rng: np.random.Generator, reference: TuningScores) -> None:
    site = np.concatenate([rng.normal(2, 1, 30), rng.normal(-2, 1, 270)])

    found = score_shift.compare(site, reference, rng=rng, repeats=100)

    assert found.p_value < 1e-6
    assert found.unexplained < found.chance
    assert 0.1 == pytest.approx(found.best_prevalence, abs=0.05)


def test_films_that_score_higher_throughout_are_not(
    rng: np.random.Generator, reference: TuningScores
) -> None:
    site = np.concatenate([rng.normal(3, 1, 150), rng.normal(-0.5, 1, 150)])

    found = score_shift.compare(site, reference, rng=rng, repeats=100)

    assert found.unexplained > 2 * found.chance


@pytest.mark.parametrize("site", [[], [np.nan]])
def test_scores_must_be_finite_and_there(site: list[float], reference: TuningScores) -> None:
    with pytest.raises(UndefinedMetricError, match="finite logits, one at least"):
        score_shift.compare(np.array(site), reference, rng=np.random.default_rng(1))
