"""Two models on the same films."""

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from firstread.errors import UndefinedMetricError
from firstread.evaluation.comparison import Comparison, compare
from firstread.evaluation.intervals import Interval, NotDefined, wilson
from firstread.evaluation.operating_point import OperatingPoint
from firstread.evaluation.paired_tests import DeLong, mcnemar
from firstread.evaluation.scored_films import ScoredFilms

Maker = Callable[..., ScoredFilms]


def point(threshold: float) -> OperatingPoint:
    return OperatingPoint("screening", threshold, 0.95, 0.9, 100, 100)


def noisier(films: ScoredFilms) -> ScoredFilms:
    """Return what a worse model says of the same films."""
    logit = films.logit + np.random.default_rng(9).normal(0, 2, len(films))
    return replace(films, logit=logit, probability=1 / (1 + np.exp(-logit)))


def versus(
    first: ScoredFilms, second: ScoredFilms, thresholds: tuple[float, float] = (0.5, 0.4)
) -> Comparison:
    points = {"screening": (point(thresholds[0]), point(thresholds[1]))}
    return compare(first, second, points=points, rng=np.random.default_rng(0), repeats=400)


def test_the_better_model_is_found_to_be_better(clustered_films: ScoredFilms) -> None:
    first, second = clustered_films, noisier(clustered_films)

    found = versus(first, second)

    gap = roc_auc_score(first.diseased, first.logit) - roc_auc_score(first.diseased, second.logit)
    assert isinstance(found.auroc_difference, Interval)
    assert isinstance(found.delong, DeLong)
    assert gap == pytest.approx(found.auroc_difference.estimate)
    assert gap == pytest.approx(found.delong.difference.estimate)
    assert found.auroc_difference.low > 0
    assert found.delong.p_value < 0.01


def test_each_model_is_judged_at_its_own_threshold(clustered_films: ScoredFilms) -> None:
    first, second = clustered_films, noisier(clustered_films)
    right = first.probability >= 0.5, second.probability >= 0.4

    sensitivity = versus(first, second).points[0].sensitivity

    only_first = int((first.diseased & right[0] & ~right[1]).sum())
    only_second = int((first.diseased & right[1] & ~right[0]).sum())
    assert (int(first.diseased.sum()), only_first, only_second) == (
        sensitivity.n_films,
        sensitivity.only_first,
        sensitivity.only_second,
    )
    assert mcnemar(only_first, only_second) == sensitivity.p_value
    assert isinstance(sensitivity.difference, Interval)
    assert right[0][first.diseased].mean() - right[1][first.diseased].mean() == pytest.approx(
        sensitivity.difference.estimate
    )


def test_copies_of_films_convince_the_tests_but_not_the_interval_by_patient(scored_films: Maker) -> None:
    """Nine films a patient, all alike: DeLong believes to have seen nine times as many."""
    rng = np.random.default_rng(3)
    diseased = np.arange(80) < 40
    logit = np.repeat([rng.normal(size=80) + diseased, rng.normal(size=80) + diseased], 9, axis=1)
    patient = np.repeat(range(80), 9)
    first, second = (scored_films(np.repeat(diseased, 9), scores, patient) for scores in logit)

    found = versus(first, second)

    assert isinstance(found.delong, DeLong)
    assert isinstance(found.auroc_difference, Interval)
    narrow = found.delong.difference.high - found.delong.difference.low
    assert 3.0 == pytest.approx((found.auroc_difference.high - found.auroc_difference.low) / narrow, rel=0.15)
    assert found.cautions[0].startswith("DeLong's and McNemar's tests take each film for itself")


def test_a_model_is_not_different_from_itself(clustered_films: ScoredFilms) -> None:
    found = versus(clustered_films, clustered_films, (0.5, 0.5))

    reach = wilson(0, clustered_films.n_patients).high
    assert isinstance(found.delong, NotDefined)
    assert isinstance(found.auroc_difference, NotDefined)
    accuracy = found.points[0].accuracy
    assert (0, 0, 1.0) == (accuracy.only_first, accuracy.only_second, accuracy.p_value)
    assert isinstance(accuracy.difference, Interval)
    assert (0.0, -reach, reach) == pytest.approx(
        (accuracy.difference.estimate, accuracy.difference.low, accuracy.difference.high)
    )


def test_films_that_one_model_refused_are_left_out_and_counted(clustered_films: ScoredFilms) -> None:
    shuffled = noisier(clustered_films).select(np.random.default_rng(0).permutation(300)[:290].tolist())

    found = versus(clustered_films, shuffled)

    assert 290 == found.n_films
    assert "10 films that only one model scored are left out." == found.cautions[1]


def test_one_class_has_a_difference_in_sensitivity_only(scored_films: Maker) -> None:
    first, second = (
        scored_films([True] * 6, [1, 2, 3, -1, 1, 1]),
        scored_films([True] * 6, [1, -2, 3, -1, -1, 1]),
    )

    found = versus(first, second, (0.5, 0.5))

    assert isinstance(found.delong, NotDefined)
    assert isinstance(found.auroc_difference, NotDefined)
    assert isinstance(found.points[0].sensitivity.difference, Interval)
    assert NotDefined("A difference needs films of this class; received none.") == (
        found.points[0].specificity.difference
    )
    json.dumps(found.as_dict(), allow_nan=False)


def test_no_film_in_common_is_refused(clustered_films: ScoredFilms) -> None:
    with pytest.raises(UndefinedMetricError, match="150 and 150 films have none in common"):
        versus(clustered_films.select(range(150)), clustered_films.select(range(150, 300)))


def test_two_reference_standards_are_refused(clustered_films: ScoredFilms) -> None:
    other = replace(clustered_films, diseased=~clustered_films.diseased)

    with pytest.raises(UndefinedMetricError, match="it differs for 300 of 300 films"):
        versus(clustered_films, other)
