"""Stated and observed probabilities, counted by hand."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.special import logit

from firstread.evaluation.clustered_bootstrap import Resamples
from firstread.evaluation.intervals import Interval, NotDefined, wilson
from firstread.evaluation.reliability import reliability
from firstread.evaluation.scored_films import ScoredFilms

Maker = Callable[..., ScoredFilms]


def draw(films: ScoredFilms, seed: int = 0, repeats: int = 200) -> Resamples:
    return Resamples.draw(films, rng=np.random.default_rng(seed), repeats=repeats)


def test_bins_counted_by_hand(scored_films: Maker) -> None:
    """0.1 and 0.3 state 0.2 where 1 of 2 is diseased; 0.9 states 0.9 where 1 of 1 is."""
    films = scored_films([False, True, True, False], logit([0.1, 0.3, 0.9, 0.4]))

    low, middle, high = reliability(films, draw(films), bins=3)

    assert (2, 0.2) == pytest.approx((low.n_films, low.stated))
    assert isinstance(low.observed, Interval)
    assert 0.5 == low.observed.estimate
    assert (1, 0.4) == pytest.approx((middle.n_films, middle.stated))
    assert isinstance(middle.observed, Interval)
    assert isinstance(high.observed, Interval)
    assert (0.0, wilson(0, 1).high) == pytest.approx((middle.observed.estimate, middle.observed.high))
    assert (1.0, wilson(1, 1).low) == pytest.approx((high.observed.estimate, high.observed.low))
    assert [(0, 1 / 3), (1 / 3, 2 / 3), (2 / 3, 1)] == [(row.low, row.high) for row in (low, middle, high)]


def test_a_probability_of_one_is_in_the_last_bin(scored_films: Maker) -> None:
    films = scored_films([True, True, False], [800.0, 2.0, -800.0])

    assert [1, 0, 0, 0, 2] == [row.n_films for row in reliability(films, draw(films), bins=5)]


def test_a_bin_without_a_film_says_so(scored_films: Maker) -> None:
    films = scored_films([True, False, True], [5.0, -5.0, 5.0])

    empty = reliability(films, draw(films), bins=3)[1]

    assert NotDefined("An observed fraction needs a film; this bin has none.") == empty.observed
    assert np.isnan(empty.stated)
