"""The whole account: nothing is missing, nothing flatters, and JSON can hold it."""

import json
from collections.abc import Callable
from dataclasses import fields

import numpy as np
import pytest
from scipy.special import expit

from firstread.errors import UndefinedMetricError
from firstread.evaluation.assessment import Assessment, assess, plain
from firstread.evaluation.intervals import Interval, NotDefined
from firstread.evaluation.operating_point import OperatingPoint
from firstread.evaluation.scored_films import ScoredFilms

Maker = Callable[..., ScoredFilms]
POINTS = {
    "screening": OperatingPoint("screening", 0.4, 0.95, 0.9, 100, 100),
    "rule_out": OperatingPoint("rule_out", 0.1, 0.99, 0.6, 100, 100),
}
FIGURES = ("auroc", "auprc", "calibration_slope", "calibration_intercept", "calibration_in_the_large")


def account(films: ScoredFilms, repeats: int = 40) -> Assessment:
    return assess(films, points=POINTS, rng=np.random.default_rng(0), repeats=repeats)


def test_json_holds_all_of_it(clustered_films: ScoredFilms) -> None:
    found = account(clustered_films)

    written = json.loads(json.dumps(found.as_dict(), allow_nan=False))

    assert {field.name for field in fields(Assessment)} == set(written)
    assert found.auroc == Interval(**written["auroc"])
    assert ["screening", "rule_out"] == [point["name"] for point in written["points"]]
    assert "NaN" not in json.dumps(written)


def test_the_same_seed_gives_the_same_account(clustered_films: ScoredFilms) -> None:
    assert account(clustered_films).as_dict() == account(clustered_films).as_dict()


def test_every_interval_holds_its_estimate(clustered_films: ScoredFilms) -> None:
    def check(value: object) -> int:
        if isinstance(value, dict) and "estimate" in value:
            assert value["low"] <= value["estimate"] <= value["high"]
            return 1
        inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
        return sum(check(one) for one in inside)

    assert check(account(clustered_films, 200).as_dict()) > 100


def test_counts_are_those_of_the_films(clustered_films: ScoredFilms) -> None:
    films, found = clustered_films, account(clustered_films)

    assert (300, int(films.diseased.sum()), len(set(films.patient))) == (
        found.n_films,
        found.n_diseased,
        found.n_patients,
    )
    assert films.diseased.sum() == found.histogram.diseased.sum()
    assert 300 == found.histogram.diseased.sum() + found.histogram.non_diseased.sum()
    assert 300 == sum(row.n_films for row in found.reliability)
    assert isinstance(found.null_accuracy, Interval)
    assert max(films.diseased.mean(), 1 - films.diseased.mean()) == found.null_accuracy.estimate
    assert () == found.cautions


def test_the_histogram_counts_each_class(scored_films: Maker) -> None:
    films = scored_films([True, False, True, True], [-9.0, 0.01, 0.02, 9.0])

    histogram = account(films).histogram

    assert (1, 1, 1) == tuple(histogram.diseased[[0, 10, 19]])
    assert 1 == histogram.non_diseased[10]


@pytest.mark.parametrize("diseased", [True, False])
def test_one_class_has_what_it_has_and_says_what_it_lacks(scored_films: Maker, diseased: bool) -> None:
    """A folder of COVID-19 films alone has a sensitivity; nothing else of it may read 0 or 1."""
    films = scored_films([diseased] * 30, np.linspace(-3, 3, 30).tolist())

    found = account(films)

    expected = NotDefined(
        f"This number needs diseased and non-diseased films; received {30 * diseased} diseased of 30."
    )
    assert [expected] * 5 == [getattr(found, name) for name in FIGURES]
    assert expected == found.roc == found.decision_curve
    assert isinstance(found.brier, Interval)
    kept, lost = ("sensitivity", "specificity") if diseased else ("specificity", "sensitivity")
    assert isinstance(getattr(found.points[0], kept), Interval)
    assert isinstance(getattr(found.points[0], lost), NotDefined)
    missing = "non-diseased" if diseased else "diseased"
    assert (f"There is no {missing} film: whatever needs one is not defined.",) == found.cautions
    json.dumps(found.as_dict(), allow_nan=False)


@pytest.mark.parametrize("patients", [19, 3])
def test_few_patients_of_a_class_are_said_first(scored_films: Maker, patients: int) -> None:
    """Thirty films of three patients are no more than three."""
    rng = np.random.default_rng(0)
    patient = [f"diseased-{row % patients}" for row in range(30)] + [f"healthy-{row}" for row in range(20)]
    films = scored_films([True] * 30 + [False] * 20, rng.normal(size=50).tolist(), patient)

    assert (
        f"30 diseased films of {patients} patients are few: with fewer than 20, intervals are wider in truth than "
        "they say.",
    ) == account(films).cautions


def test_films_told_apart_without_a_mistake_do_not_promise_certainty(scored_films: Maker) -> None:
    films = scored_films([True] * 25 + [False] * 25, np.linspace(5, -5, 50).tolist())

    found = account(films)

    assert isinstance(found.auroc, Interval)
    assert 1.0 == found.auroc.estimate
    assert 0.84 < found.auroc.low < 0.9  # 25 of 25, by Wilson
    assert isinstance(found.calibration_slope, NotDefined)
    assert "tells them apart without a mistake" in found.calibration_slope.reason
    assert found.cautions[-1].startswith("The interval of AUPRC has no width")


def test_one_patient_has_no_account(scored_films: Maker) -> None:
    films = scored_films([True, True, False], [2.0, 1.0, 0.0], ["a", "a", "a"])

    with pytest.raises(UndefinedMetricError, match="An interval needs at least two patients; received 1"):
        account(films)


def test_certain_scores_break_nothing(scored_films: Maker) -> None:
    """Logits of 800 are probabilities of exactly 0 and 1."""
    rng = np.random.default_rng(1)
    diseased = rng.random(60) < 0.5
    films = scored_films(
        diseased.tolist(), np.where(diseased ^ (rng.random(60) < 0.1), 800.0, -800.0).tolist()
    )

    found = account(films)

    assert {0.0, 1.0} == set(films.probability)
    assert isinstance(found.calibration_slope, Interval)
    json.dumps(found.as_dict(), allow_nan=False)


def test_an_overconfident_model_is_found_out(scored_films: Maker) -> None:
    rng = np.random.default_rng(2)
    logit = rng.normal(0, 4, 2000)
    films = scored_films((rng.random(2000) < expit(logit / 2)).tolist(), logit.tolist())

    found = account(films, 100)

    assert isinstance(found.calibration_slope, Interval)
    assert found.calibration_slope.low < 0.5 < found.calibration_slope.high < 0.6


def test_plain_values_are_those_of_json() -> None:
    assert {"not_defined": "why"} == plain(NotDefined("why"))
    assert [1, None, 0.5] == plain(np.array([1.0, np.nan, 0.5]))
    assert {"a": [True, 3, None]} == plain({"a": (np.bool_(True), np.int64(3), float("inf"))})
