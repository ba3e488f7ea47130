"""What an operating point achieves, against scikit-learn's tables."""

from collections.abc import Callable

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from firstread.evaluation.assessed_point import AssessedPoint, Confusion, assess_point
from firstread.evaluation.clustered_bootstrap import Resamples
from firstread.evaluation.intervals import Figure, Interval, NotDefined
from firstread.evaluation.operating_point import OperatingPoint
from firstread.evaluation.prevalence import PredictiveValues
from firstread.evaluation.scored_films import ScoredFilms

Maker = Callable[..., ScoredFilms]


def at(films: ScoredFilms, threshold: float = 0.5, repeats: int = 100) -> AssessedPoint:
    point = OperatingPoint("screening", threshold, 0.95, 0.98, 380, 120)
    return assess_point(films, point, Resamples.draw(films, rng=np.random.default_rng(4), repeats=repeats))


def estimate(figure: Figure) -> float:
    assert isinstance(figure, Interval)
    return figure.estimate


def test_the_confusion_matrix_is_that_of_scikit_learn(clustered_films: ScoredFilms) -> None:
    (spared, alarmed), (missed, found) = confusion_matrix(
        clustered_films.diseased, clustered_films.probability >= 0.6
    )

    assert Confusion(found, alarmed, missed, spared) == at(clustered_films, 0.6).confusion


def test_the_per_class_table_is_that_of_scikit_learn(clustered_films: ScoredFilms) -> None:
    table = precision_recall_fscore_support(clustered_films.diseased, clustered_films.probability >= 0.6)
    expected = np.array(table).T[::-1]  # diseased first

    found = [
        [estimate(row.precision), estimate(row.recall), estimate(row.f1), row.support]
        for row in at(clustered_films, 0.6).classes
    ]

    assert expected.tolist() == [pytest.approx(row) for row in found]


def test_the_interval_of_f1_is_that_of_the_slow_loop(
    clustered_films: ScoredFilms, slow_bootstrap: Callable[..., Interval]
) -> None:
    films = clustered_films
    expected = slow_bootstrap(
        lambda truth, stated: float(precision_recall_fscore_support(truth, stated >= 0.6)[2][1]),
        films.diseased,
        films.probability,
        films.patient,
        rng=np.random.default_rng(4),
        repeats=100,
    )

    found = at(films, 0.6).f1

    assert isinstance(found, Interval)
    assert (expected.low, expected.high) == pytest.approx((found.low, found.high))


def test_what_tuning_predicted_stands_beside_it(clustered_films: ScoredFilms) -> None:
    predicted = at(clustered_films).predicted

    assert (0.95, 0.98, 380, 120) == (
        predicted.sensitivity,
        predicted.specificity,
        predicted.n_diseased,
        predicted.n_non_diseased,
    )


def test_ppv_over_prevalence_goes_through_the_ppv_of_the_films(clustered_films: ScoredFilms) -> None:
    point = at(clustered_films)

    assert isinstance(point.predictive_values, PredictiveValues)
    there = np.interp(
        clustered_films.diseased.mean(), point.predictive_values.prevalence, point.predictive_values.ppv
    )
    assert estimate(point.ppv) == pytest.approx(there, abs=1e-4)


def test_where_nobody_is_flagged_there_is_no_ppv(clustered_films: ScoredFilms) -> None:
    point = at(clustered_films, 1.0)

    assert NotDefined("PPV needs a film that is flagged; received none.") == point.ppv
    assert 0.0 == estimate(point.sensitivity)
    assert 0.0 == estimate(point.f1)


def test_where_everybody_is_flagged_there_is_no_npv(clustered_films: ScoredFilms) -> None:
    assert NotDefined("NPV needs a film that is not flagged; received none.") == at(clustered_films, 0.0).npv


def test_diseased_films_alone_have_a_sensitivity_and_little_else(scored_films: Maker) -> None:
    point = at(scored_films([True] * 4, [2, 1, -1, 3]))
    no_healthy = NotDefined("Specificity needs a non-diseased film; received none.")

    assert 0.75 == estimate(point.sensitivity)
    assert no_healthy == point.specificity == point.predictive_values
    assert NotDefined("PPV needs diseased and non-diseased films; received one class only.") == point.ppv
    assert NotDefined("F1 needs diseased and non-diseased films; received one class only.") == point.f1
