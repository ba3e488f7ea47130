"""Each kind of disease against all healthy films."""

from collections.abc import Callable

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from firstread.evaluation.clustered_bootstrap import Resamples
from firstread.evaluation.intervals import Interval, NotDefined
from firstread.evaluation.operating_point import OperatingPoint
from firstread.evaluation.scored_films import ScoredFilms
from firstread.evaluation.subgroups import subgroups

Maker = Callable[..., ScoredFilms]
POINTS = {"screening": OperatingPoint("screening", 0.6, 0.95, 0.9, 100, 100)}


def draw(films: ScoredFilms) -> Resamples:
    return Resamples.draw(films, rng=np.random.default_rng(0), repeats=50)


def test_each_series_of_diseased_films_is_judged_against_all_others(clustered_films: ScoredFilms) -> None:
    films = clustered_films
    found = subgroups(films, POINTS, draw(films))

    assert ["bacteria", "virus"] == [group.series for group in found]
    for group in found:
        members = np.array([series == group.series for series in films.series])
        rows = members | ~films.diseased
        sensitivity = group.sensitivity["screening"]
        assert isinstance(group.auroc, Interval)
        assert isinstance(sensitivity, Interval)
        assert roc_auc_score(films.diseased[rows], films.logit[rows]) == pytest.approx(group.auroc.estimate)
        assert (films.probability[members] >= 0.6).mean() == pytest.approx(sensitivity.estimate)
        assert int(members.sum()) == group.n_diseased
        assert len({films.patient[row] for row in np.flatnonzero(members)}) == group.n_patients


def test_healthy_films_of_the_same_series_are_no_part_of_it(scored_films: Maker) -> None:
    """Where a series is a hospital, it has films of both classes."""
    films = scored_films([True, False, True, False], [1, 2, 3, 0], series=["A", "A", "B", "B"])

    assert [1, 1] == [group.n_diseased for group in subgroups(films, POINTS, draw(films))]


def test_one_series_is_no_subgroup(scored_films: Maker) -> None:
    films = scored_films([True, False, True], [1, 2, 3], series=["virus", "IM", "virus"])

    assert () == subgroups(films, POINTS, draw(films))


def test_without_healthy_films_there_is_no_auroc(scored_films: Maker) -> None:
    films = scored_films([True] * 4, [1, 2, 3, -1], series=["A", "A", "B", "B"])

    first, second = subgroups(films, POINTS, draw(films))

    assert isinstance(first.auroc, NotDefined)
    assert 0.5 == second.sensitivity["screening"].estimate  # type: ignore[union-attr]  # an Interval, or this fails
