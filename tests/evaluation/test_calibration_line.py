"""Cox's line is the one that scikit-learn draws, and the one that two groups give by hand."""

import numpy as np
import pytest
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression

from firstread.evaluation.calibration_line import CalibrationLine, log_odds


def overconfident(n: int = 400) -> CalibrationLine:
    rng = np.random.default_rng(6)
    stated = rng.normal(1, 3, n)
    return CalibrationLine(rng.random(n) < expit(0.4 * stated - 0.5), stated)


def test_intercept_and_slope_are_those_of_scikit_learn() -> None:
    line = overconfident()
    times = np.random.default_rng(1).integers(0, 4, (10, 400)).astype(np.float64)

    found = line.intercept_and_slope(times)

    for row, (intercept, slope) in zip(times, found, strict=True):
        fit = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-12)
        fit.fit(line.stated[:, np.newaxis], line.diseased, sample_weight=row)
        assert (fit.intercept_.item(), fit.coef_.item()) == pytest.approx((intercept, slope), rel=1e-6)


def test_two_groups_of_films_by_hand() -> None:
    """Of films said to have log-odds 2, 3 of 4 have it (log 3); of those with −2, 1 of 5 (log 1/4)."""
    stated = np.repeat([2.0, -2.0], [4, 5])
    diseased = np.array([1, 1, 1, 0, 1, 0, 0, 0, 0], np.bool_)

    found = CalibrationLine(diseased, stated).intercept_and_slope(np.ones((1, 9)))[0]

    assert ((np.log(3) + np.log(1 / 4)) / 2, (np.log(3) - np.log(1 / 4)) / 4) == pytest.approx(tuple(found))


def test_in_the_large_the_stated_number_of_diseased_films_is_the_true_one() -> None:
    """The likelihood equation of the intercept, for each resample."""
    line = overconfident()
    times = np.random.default_rng(2).integers(0, 4, (10, 400)).astype(np.float64)

    intercept = line.in_the_large(times)

    stated = (times * expit(line.stated + intercept[:, np.newaxis])).sum(axis=1)
    assert (times @ line.diseased) == pytest.approx(stated, rel=1e-9)


def test_calibrated_films_have_intercept_0_and_slope_1() -> None:
    rng = np.random.default_rng(3)
    stated = rng.normal(0, 2, 100_000)
    line = CalibrationLine(rng.random(100_000) < expit(stated), stated)

    found = [*line.intercept_and_slope(np.ones((1, 100_000)))[0], *line.in_the_large(np.ones((1, 100_000)))]

    assert [0, 1, 0] == pytest.approx(found, abs=0.04)  # standard errors are about 0.01


@pytest.mark.parametrize("diseased", [[False, False, True, True], [True, True, False, False], [True] * 4])
def test_films_told_apart_without_a_mistake_have_no_slope(diseased: list[bool]) -> None:
    line = CalibrationLine(np.array(diseased), np.array([-2.0, -1.0, 1.0, 2.0]))

    assert np.isnan(line.intercept_and_slope(np.ones((1, 4)))).all()


def test_a_touch_is_not_an_overlap() -> None:
    """One film of each class at the same score, all others apart: the slope grows without end."""
    line = CalibrationLine(np.array([False, False, True, True]), np.array([-1.0, 0.0, 0.0, 1.0]))

    assert np.isnan(line.intercept_and_slope(np.ones((1, 4)))).all()


def test_equal_scores_have_no_slope() -> None:
    line = CalibrationLine(np.array([False, True]), np.zeros(2))

    assert np.isnan(line.intercept_and_slope(np.ones((3, 2)))).all()


def test_a_resample_without_a_slope_does_not_touch_the_others() -> None:
    line = CalibrationLine(np.array([False, True, False, True]), np.array([-1.0, 0.0, 1.0, 2.0]))
    times = np.array([[1.0, 1, 1, 1], [1, 1, 0, 1]])

    found = line.intercept_and_slope(times)

    assert np.isfinite(found[0]).all()
    assert np.isnan(found[1]).all()


def test_one_class_has_no_intercept() -> None:
    assert np.isnan(CalibrationLine(np.ones(2, np.bool_), np.zeros(2)).in_the_large(np.ones((2, 2)))).all()


def test_log_odds_of_certainty_are_finite() -> None:
    assert [-36.04, 0.0, 36.04] == pytest.approx(log_odds(np.array([0.0, 0.5, 1.0])).tolist(), abs=0.01)
    assert logit([0.1, 0.7]) == pytest.approx(log_odds(np.array([0.1, 0.7])))
