import numpy as np

from firstread.evaluation import calibration, discrimination
from firstread.learning.tuning import tune


def test_what_is_fixed_is_what_the_figures_say() -> None:
    rng = np.random.default_rng(1)
    diseased = rng.random(400) < 0.6
    logit = np.where(diseased, 3.0, -3.0) + rng.normal(0, 2.5, 400)
    patients = [f"p{index // 2}" for index in range(400)]

    tuned = tune(diseased, logit, patients, rng=rng, repeats=200)

    probability = calibration.probability(logit, tuned.temperature)
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
