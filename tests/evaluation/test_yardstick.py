"""One number for how far a method is from what it should do, counted by hand."""

from dataclasses import replace

import numpy as np
import pytest

from firstread.errors import UndefinedMetricError
from firstread.evaluation.yardstick import PREVALENCE, Scores, Yardstick, measure

REACHED = Yardstick(
    auroc=0.994,
    accuracy=0.965,
    specificity=0.97,
    broken_promise=0.03,
    calibration_error=0.025,
    mean_change=0.02,
    tuning_auroc=0.997,
    sensitivity_achieved=0.97,
    specificity_achieved=0.96,
)


def films(diseased: list[float], others: list[float]) -> Scores:
    return Scores(
        np.arange(len(diseased) + len(others)) < len(diseased), np.array([*diseased, *others], float)
    )


def test_goals_reached_or_surpassed_are_no_distance() -> None:
    assert 0 == pytest.approx(REACHED.distance)
    assert 0 == pytest.approx(replace(REACHED, auroc=1.0, mean_change=0.0).distance)


def test_what_is_barely_enough_is_one_and_no_figure_counts_for_more_than_five() -> None:
    barely = replace(
        REACHED,
        auroc=0.988,
        accuracy=0.945,
        specificity=0.92,
        broken_promise=0.05,
        calibration_error=0.05,
        mean_change=0.05,
    )

    assert 1 == pytest.approx(barely.distance)
    assert 5 / 6 == pytest.approx(replace(REACHED, auroc=0.5).distance)


def test_without_changes_the_other_five_figures_count() -> None:
    assert 1 / 5 == pytest.approx(replace(REACHED, auroc=0.988, mean_change=float("nan")).distance)


def test_figures_are_those_of_held_out_films_at_the_threshold_of_tuning_films() -> None:
    """19 of 20 tuning films lie at 1 or more, and no other; of the held-out films 3 of 4 and 1 of 4 do."""
    tuning = films([*range(1, 20), -5], [-9, -8, -7, -6])
    held_out = films([2, 3, 4, 0.5], [-3, -2, -1, 1.5])

    found = measure(tuning, held_out)

    assert (0.75, 0.75) == (found.sensitivity_achieved, found.specificity_achieved)
    assert 0.75 == pytest.approx(found.accuracy)
    assert 0.25 == pytest.approx(found.broken_promise)
    assert 15 / 16 == pytest.approx(found.auroc)
    assert 0.75 == pytest.approx(found.specificity)
    assert np.isnan(found.mean_change)


def test_accuracy_is_that_of_the_stated_prevalence() -> None:
    """One of two diseased films is flagged and no other: .5 · prevalence + 1 − prevalence."""
    tuning = films(list(range(1, 21)), [-2, -3])

    found = measure(tuning, films([5, -1], [-4, -5, -6, -7]))

    assert 0.5 * PREVALENCE + (1 - PREVALENCE) == pytest.approx(found.accuracy)


def test_a_change_that_does_nothing_moves_nothing() -> None:
    tuning = films([1, 2, 3, 0], [-1, -2, 0.5, -3])
    held_out = films([1, 2], [-1, 0])

    found = measure(tuning, held_out, {"none": held_out.logit, "inverted": -held_out.logit})

    assert 0 == measure(tuning, held_out, {"none": held_out.logit}).mean_change
    assert 0 < found.mean_change < 0.5


def test_held_out_films_of_one_class_measure_nothing() -> None:
    with pytest.raises(UndefinedMetricError, match="diseased and non-diseased"):
        measure(films([1, 2], [0, -1]), films([1, 2], []))


def test_a_calibration_on_changed_films_moves_probabilities_and_not_what_is_flagged() -> None:
    rng = np.random.default_rng(5)
    tuning = films([*(2 + rng.normal(0, 1.5, 60))], [*(-2 + rng.normal(0, 1.5, 60))])
    held_out = films([*(2 + rng.normal(0, 3, 60))], [*(-2 + rng.normal(0, 3, 60))])
    changed = replace(tuning, changed=tuning.logit[:, None] + rng.normal(0, 4, (120, 3)))

    usual, found = measure(tuning, held_out), measure(changed, held_out)

    assert found.calibration_error < usual.calibration_error - 0.02
    same = {"accuracy", "auroc", "broken_promise", "sensitivity_achieved", "specificity_achieved"}
    assert all(getattr(found, name) == getattr(usual, name) for name in same)
