"""Measures of a map, each against a hand count or another library."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from firstread.evaluation import explanations


def test_rank_correlation_is_spearmans() -> None:
    rng = np.random.default_rng(3)
    one, other = rng.normal(size=(2, 5, 7, 7))
    other[0] = np.round(other[0])  # ties

    found = explanations.rank_correlation(one, other)

    expected = [spearmanr(a.ravel(), b.ravel()).statistic for a, b in zip(one, other, strict=True)]
    np.testing.assert_allclose(expected, found, atol=1e-12)


def test_a_flat_map_has_no_rank_correlation() -> None:
    found = explanations.rank_correlation(np.zeros((1, 2, 2)), np.arange(4.0).reshape(1, 2, 2))

    assert np.isnan(found).all()


def test_the_hottest_tenth_of_forty_nine_places_is_five() -> None:
    one = np.arange(49.0).reshape(1, 7, 7)
    other = one.copy()
    other.flat[[44, 45]] = -1  # two of the five hottest are now the coldest

    assert [3 / 5] == explanations.hottest_overlap(one, other).tolist()
    assert [1] == explanations.hottest_overlap(one, one).tolist()
    assert [0] == explanations.hottest_overlap(one, -one).tolist()


def test_hot_places_come_first_and_equal_ones_in_reading_order() -> None:
    assert [[2, 0, 1, 3]] == explanations.hottest_first(np.array([[[1.0, 1.0], [5.0, 0.0]]])).tolist()


def test_the_share_inside_counts_places_by_how_much_of_them_is_inside() -> None:
    heat = np.array([[[3.0, 1.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, 0.0]]])
    inside = np.array([[[0.5, 1.0], [1.0, 1.0]], [[1.0, 1.0], [1.0, 1.0]]])

    share = explanations.share_inside(heat, inside)

    assert share[0] == (1.5 + 1) / 4
    assert np.isnan(share[1])


def test_heat_below_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match=r"must not be negative; received -1\.0"):
        explanations.share_inside(np.full((1, 2, 2), -1.0), np.ones((1, 2, 2)))


def test_a_curve_that_falls_straight_has_half_the_area() -> None:
    area = explanations.curve_area(np.array([[1.0, 0.75, 0.5, 0.25, 0.0], [1.0, 0.0, 0.0, 0.0, 0.0]]))

    assert [0.5, 0.125] == area.tolist()


def test_a_curve_of_one_point_has_no_area() -> None:
    with pytest.raises(ValueError, match="2 or more"):
        explanations.curve_area(np.ones((3, 1)))


def test_maps_of_other_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match=r"one shape \(n, h, w\)"):
        explanations.rank_correlation(np.zeros((1, 7, 7)), np.zeros((1, 8, 8)))
