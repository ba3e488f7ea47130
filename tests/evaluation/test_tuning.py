import numpy as np
import pytest

from firstread.evaluation import discrimination, intervals
from firstread.evaluation.tuning import tune


def test_what_is_fixed_is_what_the_figures_say() -> None:
    rng = np.random.default_rng(1)
    diseased = rng.random(400) < 0.6
    logit = np.where(diseased, 3.0, -3.0) + rng.normal(0, 2.5, 400)
    patients = [f"p{index // 2}" for index in range(400)]

    tuned = tune(diseased, logit, patients, rng=rng, repeats=200)

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
    assert max(diseased.mean(), 1 - diseased.mean()) == tuned.metrics["null_accuracy"]


def test_a_perfect_figure_still_has_an_interval() -> None:
    """20 of 20 patients right is no certainty: Wilson says at least 0.839."""
    diseased = np.arange(80) < 40
    logit = np.where(diseased, 3.0, -3.0) + np.linspace(0, 1, 80)
    patients = [f"p{index // 2}" for index in range(80)]

    tuned = tune(diseased, logit, patients, rng=np.random.default_rng(1), repeats=50)

    specificity = tuned.metrics["operating_points"]["screening"]["specificity"]
    wilson = intervals.wilson(20, 20)
    assert (1.0, pytest.approx(wilson.low), 1.0) == (
        specificity["estimate"],
        specificity["low"],
        specificity["high"],
    )
