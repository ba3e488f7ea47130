"""Intervals are as wide as they should be."""

import numpy as np
import pytest

from firstread.errors import UndefinedMetricError
from firstread.evaluation.intervals import Interval, share, wilson, wilson_limits


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


def test_an_interval_is_a_value() -> None:
    assert Interval(0.5, 0.4, 0.6, 0.95) == Interval(0.5, 0.4, 0.6, 0.95, redrawn=0)


@pytest.mark.parametrize(("count", "n"), [(0, 10), (3, 10), (10, 10), (250, 1000)])
def test_a_share_has_the_interval_of_scipy(count: int, n: int) -> None:
    found, expected = share(count, n, fewest=10), wilson(count, n)

    assert found is not None
    assert (expected.estimate, expected.low, expected.high) == pytest.approx(
        (found.estimate, found.low, found.high), abs=1e-12
    )


@pytest.mark.parametrize(("n", "fewest"), [(9, 10), (0, 10), (0, 0)])
def test_of_too_few_films_no_share_is_stated(n: int, fewest: int) -> None:
    assert share(0, n, fewest=fewest) is None
