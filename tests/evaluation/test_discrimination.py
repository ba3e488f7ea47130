"""AUROC and ROC curves against counting by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from firstread.errors import UndefinedMetricError
from firstread.evaluation import discrimination

FILMS = st.lists(st.tuples(st.booleans(), st.integers(-5, 5)), min_size=2, max_size=40).filter(
    lambda films: 0 < sum(diseased for diseased, _ in films) < len(films)
)


@given(FILMS)
def test_auroc_is_the_fraction_of_pairs_in_order_with_ties_half(films: list[tuple[bool, int]]) -> None:
    diseased = np.array([diseased for diseased, _ in films])
    score = np.array([score for _, score in films], np.float64)
    pairs = score[diseased][:, np.newaxis] - score[~diseased]

    expected = ((pairs > 0) + 0.5 * (pairs == 0)).mean()

    assert expected == pytest.approx(discrimination.auroc(diseased, score))


def test_auroc_is_that_of_scikit_learn() -> None:
    rng = np.random.default_rng(3)
    diseased, score = rng.random(500) < 0.7, rng.normal(size=500).round(1)

    assert roc_auc_score(diseased, score) == pytest.approx(discrimination.auroc(diseased, score), rel=1e-12)


def test_auroc_is_the_area_under_the_roc_curve() -> None:
    rng = np.random.default_rng(4)
    diseased, score = rng.random(500) < 0.7, rng.normal(size=500).round(1)
    curve = discrimination.roc_curve(diseased, score)

    area = np.trapezoid(curve.sensitivity, curve.false_positive_fraction)

    assert area == pytest.approx(discrimination.auroc(diseased, score), rel=1e-12)


def test_infinite_scores_have_an_order() -> None:
    assert 1.0 == discrimination.auroc(np.array([True, False]), np.array([np.inf, -np.inf]))


def test_the_roc_curve_has_every_threshold() -> None:
    diseased = np.array([True, False, True, False])
    score = np.array([0.9, 0.6, 0.6, 0.1])

    curve = discrimination.roc_curve(diseased, score)

    assert [np.inf, 0.9, 0.6, 0.1] == curve.threshold.tolist()
    assert [0.0, 0.5, 1.0, 1.0] == curve.sensitivity.tolist()
    assert [0.0, 0.0, 0.5, 1.0] == curve.false_positive_fraction.tolist()


@pytest.mark.parametrize("diseased", [True, False])
def test_one_class_has_no_auroc(diseased: bool) -> None:
    with pytest.raises(UndefinedMetricError, match=f"received {3 * diseased} diseased of 3"):
        discrimination.auroc(np.full(3, diseased), np.arange(3.0))


def test_no_film_has_no_auroc() -> None:
    with pytest.raises(UndefinedMetricError, match="received 0 diseased of 0"):
        discrimination.auroc(np.zeros(0, np.bool_), np.zeros(0))


def test_nan_has_no_auroc() -> None:
    with pytest.raises(UndefinedMetricError, match="received 1 NaN of 2"):
        discrimination.auroc(np.array([True, False]), np.array([np.nan, 0.1]))


def test_a_score_for_each_film_is_needed() -> None:
    with pytest.raises(UndefinedMetricError, match="same length"):
        discrimination.auroc(np.array([True, False]), np.zeros(3))
