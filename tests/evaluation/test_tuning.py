from typing import Any

import numpy as np
import pytest

from firstread.errors import UndefinedMetricError
from firstread.evaluation import calibration, calibration_fit, discrimination, intervals
from firstread.evaluation.tuning import tune


def cut(n: int) -> dict[str, Any]:
    """One series in five blocks; two films of a patient stay together."""
    return {"series": ["all"] * n, "block": np.arange(n) // 2 % 5}


def test_what_is_fixed_is_what_the_figures_say() -> None:
    rng = np.random.default_rng(1)
    diseased = rng.random(400) < 0.6
    logit = np.where(diseased, 3.0, -3.0) + rng.normal(0, 2.5, 400)
    patients = [f"p{index // 2}" for index in range(400)]

    tuned = tune(diseased, logit, patients, **cut(400), rng=rng, repeats=200)

    probability = tuned.calibration.probability(logit)
    screening = tuned.points["screening"]
    flagged = probability >= screening.threshold
    assert flagged[diseased].mean() >= 0.95
    assert flagged[diseased].mean() == screening.sensitivity
    assert (~flagged)[~diseased].mean() == screening.specificity
    assert tuned.points["rule_out"].threshold < screening.threshold
    figures = tuned.metrics["operating_points"]["screening"]
    assert (flagged == diseased).mean() == figures["accuracy"]["estimate"]
    assert figures["specificity"]["low"] < screening.specificity < figures["specificity"]["high"]
    auroc = tuned.metrics["auroc"]
    assert discrimination.auroc(diseased, logit) == auroc["estimate"]
    assert auroc["low"] < auroc["estimate"] < auroc["high"]
    assert 200 == tuned.metrics["n_patients"]
    assert max(diseased.mean(), 1 - diseased.mean()) == tuned.metrics["null_accuracy"]["estimate"]


def test_a_perfect_figure_still_has_an_interval() -> None:
    """20 of 20 patients right is no certainty: Wilson says at least 0.839."""
    diseased = np.arange(80) < 40
    logit = np.where(diseased, 3.0, -3.0) + np.linspace(0, 1, 80)
    patients = [f"p{index // 2}" for index in range(80)]

    tuned = tune(diseased, logit, patients, **cut(80), rng=np.random.default_rng(1), repeats=50)

    specificity = tuned.metrics["operating_points"]["screening"]["specificity"]
    wilson = intervals.wilson(20, 20)
    assert (1.0, pytest.approx(wilson.low), 1.0) == (
        specificity["estimate"],
        specificity["low"],
        specificity["high"],
    )


def test_calibration_figures_are_of_blocks_that_were_not_fitted_on() -> None:
    rng = np.random.default_rng(1)
    diseased = rng.random(300) < 0.8
    logit = np.where(diseased, 1.0, -4.0) + rng.normal(0, 2, 300)

    tuned = tune(diseased, logit, [f"p{i}" for i in range(300)], **cut(300), rng=rng, repeats=50)

    stated = calibration_fit.cross_fit(diseased, logit, cut(300)["block"])
    found = tuned.metrics["calibration"]
    assert calibration.expected_calibration_error(diseased, stated) == pytest.approx(
        found["cross_fitted"]["ece"]["estimate"]
    )
    assert calibration.brier_score(diseased, stated) == pytest.approx(tuned.metrics["brier"]["estimate"])
    assert calibration_fit.fit(diseased, logit) == tuned.calibration
    assert diseased.mean() == found["prevalence"] == tuned.calibration.prevalence
    assert tuned.metrics["brier"]["low"] < tuned.metrics["brier"]["estimate"] < tuned.metrics["brier"]["high"]
    assert found["temperature_alone"]["ece"]["low"] > found["cross_fitted"]["ece"]["high"]
    assert found["cross_fitted"]["slope"]["low"] < 1 < found["cross_fitted"]["slope"]["high"]
    assert 5 == found["blocks"]


def test_changed_films_make_probabilities_modest_and_move_no_film_across_the_threshold() -> None:
    rng = np.random.default_rng(1)
    diseased = rng.random(300) < 0.6
    logit = np.where(diseased, 3.0, -3.0) + rng.normal(0, 2, 300)
    changed = logit[:, None] + rng.normal(0, 4, (300, 3))
    patients = [f"p{i}" for i in range(300)]

    usual = tune(diseased, logit, patients, **cut(300), rng=np.random.default_rng(2), repeats=50)
    tuned = tune(
        diseased, logit, patients, **cut(300), rng=np.random.default_rng(2), changed=changed, repeats=50
    )

    assert tuned.calibration.temperature > 1.5 * usual.calibration.temperature
    before, after = (
        one.calibration.probability(logit) >= one.points["screening"].threshold for one in (usual, tuned)
    )
    np.testing.assert_array_equal(before, after)
    found = tuned.metrics["calibration"]
    assert 3 == found["changes"]
    assert found["unchanged_films"] == usual.metrics["calibration"]["cross_fitted"]
    assert found["cross_fitted"]["slope"]["estimate"] > found["unchanged_films"]["slope"]["estimate"]


def test_every_point_says_what_to_expect_elsewhere() -> None:
    rng = np.random.default_rng(1)
    diseased = rng.random(400) < 0.6
    logit = np.where(diseased, 3.0, -3.0) + rng.normal(0, 2.5, 400)

    tuned = tune(diseased, logit, [f"p{i // 2}" for i in range(400)], **cut(400), rng=rng, repeats=50)

    assert ["screening", "rule_out", "urgent"] == list(tuned.points)
    assert tuned.points["urgent"].specificity >= 0.95
    assert {} == tuned.metrics["operating_points_not_defined"]
    for point in tuned.points.values():
        assert point.predicted_sensitivity is not None
        assert point.predicted_specificity is not None
        assert point.predicted_sensitivity.low < point.sensitivity < point.predicted_sensitivity.high
        figures = tuned.metrics["operating_points"][point.name]
        assert point.predicted_specificity.low == figures["predicted_specificity"]["low"]


def test_a_point_that_cannot_be_reached_is_missing_with_its_reason() -> None:
    """The highest scores are all of non-diseased films."""
    diseased = np.arange(100) < 50
    logit = np.where(diseased, 0.0, 1.0) + np.linspace(0, 0.5, 100)

    tuned = tune(
        diseased, logit, [f"p{i}" for i in range(100)], **cut(100), rng=np.random.default_rng(1), repeats=20
    )

    assert "urgent" not in tuned.points
    assert "above 95% of the non-diseased ones" in tuned.metrics["operating_points_not_defined"]["urgent"]


def test_tuning_films_of_one_class_fix_nothing() -> None:
    with pytest.raises(
        UndefinedMetricError, match="diseased and non-diseased films; received 4 diseased of 4"
    ):
        tune(np.ones(4, bool), np.arange(4.0), list("abcd"), **cut(4), rng=np.random.default_rng(1))
