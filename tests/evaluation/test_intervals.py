"""Intervals are as wide as they should be."""

import numpy as np
import numpy.typing as npt
import pytest
from scipy.stats import bootstrap

from firstread.errors import UndefinedMetricError
from firstread.evaluation.discrimination import auroc
from firstread.evaluation.intervals import Interval, bootstrap_by_patient, wilson, wilson_limits


def mean_score(_: npt.NDArray[np.bool_], score: npt.NDArray[np.float64]) -> float:
    return float(score.mean())


def test_wilson_is_the_root_of_its_equation() -> None:
    """The limits solve |k/n − p| = z √(p(1 − p)/n) (Wilson, 1927): 0.9 and 0.95 of 100 by hand."""
    interval = wilson(90, 100)
    z = 1.959963984540054

    for limit in (interval.low, interval.high):
        assert abs(0.9 - limit) == pytest.approx(z * np.sqrt(limit * (1 - limit) / 100))
    assert 0.9 == interval.estimate


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [(0, 10, 0.0, 0.2775328), (10, 10, 0.7224672, 1.0), (81, 263, 0.2553, 0.3662)],
)
def test_wilson_agrees_with_published_figures(k: int, n: int, low: float, high: float) -> None:
    """81 of 263: Newcombe, Statistics in Medicine 1998, table I; 0 of n: z² / (n + z²) in closed form."""
    interval = wilson(k, n)

    assert (low, high) == pytest.approx((interval.low, interval.high), abs=5e-5)


@pytest.mark.parametrize(("k", "n"), [(0, 7), (3, 7), (153, 154), (7, 7)])
def test_films_worth_a_whole_number_have_the_limits_of_wilson(k: int, n: int) -> None:
    expected = wilson(k, n, 0.9)

    assert (expected.low, expected.high) == pytest.approx(wilson_limits(k / n, n, 0.9), abs=1e-12)


def test_films_worth_less_have_wider_limits() -> None:
    low, high = wilson_limits(0.9, 99.5)

    assert wilson(90, 100).low > low > wilson_limits(0.9, 99)[0]
    assert wilson(90, 100).high < high


def test_no_film_has_no_proportion() -> None:
    with pytest.raises(UndefinedMetricError, match="at least one film"):
        wilson(0, 0)


@pytest.mark.parametrize("k", [-1, 4])
def test_more_films_than_there_are_is_refused(k: int) -> None:
    with pytest.raises(ValueError, match=r"k must be in \[0, n\]"):
        wilson(k, 3)


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0])
def test_a_level_out_of_range_is_refused(level: float) -> None:
    with pytest.raises(ValueError, match=r"level must be in \(0, 1\)"):
        wilson(1, 3, level)


def test_with_one_film_a_patient_it_is_the_bootstrap_of_scipy() -> None:
    rng = np.random.default_rng(11)
    diseased = rng.random(300) < 0.6
    score = rng.normal(size=300) + diseased
    expected = bootstrap(
        (diseased, score),
        lambda truth, scores: auroc(truth > 0, scores),
        paired=True,
        vectorized=False,
        method="percentile",
        n_resamples=1000,
        rng=rng,
    ).confidence_interval

    interval = bootstrap_by_patient(auroc, diseased, score, np.arange(300), rng=rng, repeats=1000)

    # Each limit is a quantile of 1,000 draws, with a standard error of about 0.002 here.
    assert (expected.low, expected.high) == pytest.approx((interval.low, interval.high), abs=0.008)
    assert auroc(diseased, score) == interval.estimate
    assert 0 == interval.redrawn


def test_patients_with_many_films_widen_it_as_the_closed_form_says() -> None:
    """Nine equal films a patient are one film: the standard error of a mean is s / √patients, not / √films."""
    rng = np.random.default_rng(12)
    of_patient = rng.normal(size=100)
    patient = np.repeat([f"virus-{n}" for n in range(100)], 9)
    score = np.repeat(of_patient, 9)

    interval = bootstrap_by_patient(mean_score, score > 0, score, patient, rng=rng, level=0.95)

    half_width = 1.96 * of_patient.std() / np.sqrt(100)
    assert half_width == pytest.approx((interval.high - interval.low) / 2, rel=0.08)


def test_the_same_seed_gives_the_same_interval() -> None:
    diseased, score = np.arange(40) % 2 == 0, np.arange(40.0)

    first, second = (
        bootstrap_by_patient(
            auroc, diseased, score, np.arange(40) // 3, rng=np.random.default_rng(1), repeats=50
        )
        for _ in range(2)
    )

    assert first == second


def test_a_resample_of_one_class_is_drawn_again_and_counted() -> None:
    """Of six patients one is diseased: (5/6)^6 = 1/3 of the resamples miss that one."""
    diseased = np.array([True, False, False, False, False, False])

    interval = bootstrap_by_patient(
        auroc, diseased, np.arange(6.0), np.arange(6), rng=np.random.default_rng(2), repeats=600
    )

    assert 300 == pytest.approx(interval.redrawn, abs=60)
    assert np.isfinite([interval.low, interval.high]).all()


def test_two_patients_are_too_few() -> None:
    with pytest.raises(UndefinedMetricError, match="received 2 patients, 1 diseased of 40 films"):
        bootstrap_by_patient(
            auroc,
            np.arange(40) == 0,
            np.arange(40.0),
            np.repeat([0, 1], [1, 39]),
            rng=np.random.default_rng(3),
            repeats=50,
        )


def test_one_class_has_no_interval() -> None:
    with pytest.raises(UndefinedMetricError, match="diseased and non-diseased"):
        bootstrap_by_patient(
            auroc, np.ones(4, np.bool_), np.arange(4.0), np.arange(4), rng=np.random.default_rng(0)
        )


def test_a_patient_for_each_film_is_needed() -> None:
    with pytest.raises(ValueError, match="received 4, 4 and 3"):
        bootstrap_by_patient(
            mean_score, np.ones(4, np.bool_), np.arange(4.0), np.arange(3), rng=np.random.default_rng(0)
        )


def test_no_resample_is_refused() -> None:
    with pytest.raises(ValueError, match="repeats must be at least 1"):
        bootstrap_by_patient(
            mean_score, np.ones(1, np.bool_), np.ones(1), ["a"], rng=np.random.default_rng(0), repeats=0
        )


def test_an_interval_is_a_value() -> None:
    assert Interval(0.5, 0.4, 0.6, 0.95) == Interval(0.5, 0.4, 0.6, 0.95, redrawn=0)
