"""What is foretold must hold what comes."""

import numpy as np
import pytest

from firstread.errors import UndefinedMetricError
from firstread.evaluation import yardstick
from firstread.evaluation.foretelling import FORETOLD, JudgedTraining, PatientScores, foretell
from firstread.evaluation.yardstick import Scores


def part(rng: np.random.Generator, n: int, *, moved: float = 0.0) -> PatientScores:
    """Two films of each patient, half of the patients diseased; healthy ones score higher by `moved`."""
    diseased = np.repeat(np.arange(n) % 2 == 0, 2)
    logit = rng.normal(np.where(diseased, 2.5, -2.5 + moved), 1.2)
    return PatientScores(Scores(diseased, logit), [str(patient) for patient in np.repeat(np.arange(n), 2)])


def test_the_estimate_is_the_mean_over_the_trainings() -> None:
    rng = np.random.default_rng(0)
    trainings = [JudgedTraining(part(rng, 60), part(rng, 60, moved=1)) for _ in range(2)]

    told = foretell(trainings, rng=rng, draws=20)

    each = [yardstick.measure(one.tuning.scores, one.held_out.scores) for one in trainings]
    assert set(FORETOLD) == set(told)
    assert np.mean([one.auroc for one in each]) == pytest.approx(told["auroc"].estimate)
    assert all(interval.low <= interval.high for interval in told.values())


def test_the_interval_holds_the_specificity_of_another_part_about_as_often_as_it_says() -> None:
    """Twenty parts of 80 patients: 95 % would be 19 of them."""
    rng = np.random.default_rng(1)
    held = 0
    for _ in range(20):
        tuning = part(rng, 80)
        told = foretell([JudgedTraining(tuning, part(rng, 80, moved=2))], rng=rng, draws=40)
        next_part = yardstick.measure(tuning.scores, part(rng, 80, moved=2).scores)
        interval = told["specificity_achieved"]
        held += interval.low <= next_part.specificity_achieved <= interval.high

    assert held >= 16


def test_no_training_foretells_nothing() -> None:
    with pytest.raises(UndefinedMetricError, match="one training or more; received none"):
        foretell([], rng=np.random.default_rng(0))
