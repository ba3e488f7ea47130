"""DeLong and McNemar against their definitions."""

import numpy as np
import numpy.typing as npt
import pytest
from scipy.stats import bootstrap, norm
from sklearn.metrics import roc_auc_score

from firstread.errors import UndefinedMetricError
from firstread.evaluation.discrimination import auroc
from firstread.evaluation.paired_tests import delong, mcnemar

Scores = npt.NDArray[np.float64]


def two_models() -> tuple[npt.NDArray[np.bool_], Scores, Scores]:
    rng = np.random.default_rng(10)
    diseased = rng.random(250) < 0.6
    common = rng.normal(size=250) + diseased
    return diseased, (common + 0.5 * rng.normal(size=250)).round(1), (common + rng.normal(size=250)).round(1)


def structural_components(diseased: npt.NDArray[np.bool_], score: Scores) -> tuple[Scores, Scores]:
    """Return V10 and V01 as DeLong (1988) defines them, pair by pair."""
    pairs = score[diseased][:, np.newaxis] - score[~diseased]
    kernel = (pairs > 0) + 0.5 * (pairs == 0)
    return kernel.mean(axis=1), kernel.mean(axis=0)


def test_it_is_delongs_own_formula() -> None:
    """The covariance matrix of 1988, from every pair of films."""
    diseased, first, second = two_models()
    of_first, of_second = (structural_components(diseased, score) for score in (first, second))
    covariance = sum(
        (np.cov(one, other) / one.size for one, other in zip(of_first, of_second, strict=True)),
        np.zeros((2, 2)),
    )
    error = np.sqrt(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
    gap = roc_auc_score(diseased, first) - roc_auc_score(diseased, second)

    found = delong(diseased, first, second)

    assert (roc_auc_score(diseased, first), roc_auc_score(diseased, second)) == pytest.approx(
        (found.first, found.second)
    )
    assert (gap, gap / error, 2 * norm.sf(abs(gap / error))) == pytest.approx(
        (found.difference.estimate, found.z, found.p_value)
    )
    assert (gap - 1.959964 * error, gap + 1.959964 * error) == pytest.approx(
        (found.difference.low, found.difference.high)
    )


def test_its_interval_is_about_that_of_a_bootstrap_of_films() -> None:
    diseased, first, second = two_models()
    expected = bootstrap(
        (diseased, first, second),
        lambda truth, one, other: auroc(truth > 0, one) - auroc(truth > 0, other),
        paired=True,
        vectorized=False,
        method="percentile",
        n_resamples=800,
        rng=np.random.default_rng(0),
    ).confidence_interval

    found = delong(diseased, first, second).difference

    assert (expected.low, expected.high) == pytest.approx((found.low, found.high), abs=0.01)


def test_the_other_way_round_the_sign_changes() -> None:
    diseased, first, second = two_models()

    there, back = delong(diseased, first, second), delong(diseased, second, first)

    assert (there.z, there.p_value) == pytest.approx((-back.z, back.p_value))


def test_two_models_that_order_the_films_alike_have_no_test() -> None:
    diseased, first, _ = two_models()

    with pytest.raises(UndefinedMetricError, match="order the films differently"):
        delong(diseased, first, 2 * first + 1)


def test_one_diseased_film_has_no_variance() -> None:
    with pytest.raises(UndefinedMetricError, match="two films of each class; received 1 diseased of 3"):
        delong(np.array([True, False, False]), np.arange(3.0), np.arange(3.0)[::-1])


def test_a_score_that_is_no_number_is_refused() -> None:
    diseased, first, second = two_models()

    with pytest.raises(UndefinedMetricError, match="received 1 NaN of 250"):
        delong(diseased, first, np.where(np.arange(250) == 3, np.nan, second))


def test_mcnemar_is_a_fair_coin() -> None:
    """One of six: 2 · (1 + 6) / 64."""
    assert 14 / 64 == pytest.approx(mcnemar(1, 5))
    assert mcnemar(1, 5) == mcnemar(5, 1)


def test_models_that_never_disagree_are_not_different() -> None:
    assert 1.0 == mcnemar(0, 0)
