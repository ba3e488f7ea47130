"""Probabilities mean what they say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, log_loss

from firstread.errors import UndefinedMetricError
from firstread.evaluation import calibration
from firstread.evaluation.calibration import Calibration


def films_with_temperature(temperature: float, n: int = 4000) -> tuple[np.ndarray, np.ndarray]:
    """Return films whose true probability of disease is expit(logit / temperature)."""
    rng = np.random.default_rng(7)
    logit = rng.normal(0, 4, n).astype(np.float32)
    return rng.random(n) < expit(logit / temperature), logit


@given(st.floats(-1e300, 1e300), st.floats(0.1, 10))
def test_probability_is_the_logistic_function_of_scipy(logit: float, temperature: float) -> None:
    expected = expit(np.float64(logit) / temperature)

    assert expected == pytest.approx(
        float(Calibration(temperature).probability(logit)), rel=1e-12, abs=1e-300
    )


@given(st.floats(0.01, 0.99), st.floats(0.1, 10), st.floats(-5, 5))
def test_the_logit_of_a_probability_gives_it_back(
    stated: float, temperature: float, intercept: float
) -> None:
    found = Calibration(temperature, intercept)

    assert stated == pytest.approx(float(found.probability(found.logit(stated))))


def test_the_intercept_moves_the_odds() -> None:
    """By hand: logit 2 at temperature 2 is 1; with an intercept of −1 it is even odds."""
    assert 0.5 == Calibration(2.0, -1.0).probability(2.0)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ((1.0, float("inf")), "intercept must be a finite"),
        ((1.0, 0.0, 1.0), r"prevalence must be in \(0, 1\)"),
    ],
)
def test_a_calibration_is_in_range(values: tuple[float, ...], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Calibration(*values)


def test_certainty_has_no_logit() -> None:
    with pytest.raises(ValueError, match=r"probability must be in \(0, 1\); received 1"):
        Calibration(1.0).logit(1.0)


def test_probability_keeps_the_order_of_the_films() -> None:
    logit = np.sort(np.random.default_rng(0).normal(0, 5, 1000)).astype(np.float32)

    assert (np.diff(Calibration(2.5).probability(logit)) >= 0).all()


def test_probability_does_not_hide_nan() -> None:
    assert np.isnan(Calibration(1.0).probability(np.array([np.nan]))).all()


@pytest.mark.parametrize("temperature", [0.0, -1.0, float("nan")])
def test_a_temperature_must_be_above_zero(temperature: float) -> None:
    with pytest.raises(ValueError, match="temperature must be above 0"):
        Calibration(temperature)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.5])
def test_the_temperature_is_that_of_a_logistic_regression_without_intercept(temperature: float) -> None:
    """scikit-learn fits the same one number, as the slope 1 / temperature, by another method."""
    diseased, logit = films_with_temperature(temperature)
    regression = LogisticRegression(C=np.inf, fit_intercept=False, solver="newton-cholesky", tol=1e-10).fit(
        logit[:, np.newaxis].astype(np.float64), diseased
    )

    fitted = calibration.fit_temperature(diseased, logit)

    assert 1 / regression.coef_.item() == pytest.approx(fitted, rel=1e-4)
    assert temperature == pytest.approx(fitted, rel=0.15)


def test_negative_log_likelihood_is_that_of_scikit_learn() -> None:
    diseased, logit = films_with_temperature(1.5, 200)

    expected = log_loss(diseased, expit(logit.astype(np.float64) / 1.5))

    assert expected == pytest.approx(calibration.negative_log_likelihood(diseased, logit, 1.5))


def test_films_told_apart_without_a_mistake_have_the_lowest_temperature() -> None:
    fitted = calibration.fit_temperature(np.array([True, False]), np.array([3.0, -3.0]))

    assert calibration.TEMPERATURE_RANGE[0] == pytest.approx(fitted, rel=1e-3)


def test_scores_in_the_wrong_order_have_the_highest_temperature() -> None:
    fitted = calibration.fit_temperature(np.array([True, False]), np.array([-3.0, 3.0]))

    assert calibration.TEMPERATURE_RANGE[1] == pytest.approx(fitted, rel=1e-3)


def test_one_class_has_no_temperature() -> None:
    with pytest.raises(UndefinedMetricError, match="diseased and non-diseased"):
        calibration.fit_temperature(np.array([True, True]), np.array([1.0, 2.0]))


@pytest.mark.parametrize("logit", [np.nan, np.inf])
def test_a_logit_must_be_a_finite_number(logit: float) -> None:
    with pytest.raises(UndefinedMetricError, match="Every"):
        calibration.fit_temperature(np.array([True, False]), np.array([logit, 2.0]))


def test_brier_score_is_that_of_scikit_learn() -> None:
    diseased, logit = films_with_temperature(1.0, 300)
    stated = expit(logit.astype(np.float64))

    assert brier_score_loss(diseased, stated) == pytest.approx(calibration.brier_score(diseased, stated))


def test_calibration_error_counted_by_hand() -> None:
    """Two bins: 0.1 and 0.3 state 0.2 where 1 of 2 is diseased; 0.9 states 0.9 where 1 of 1 is."""
    diseased = np.array([False, True, True])
    stated = np.array([0.1, 0.3, 0.9])

    expected = 2 / 3 * abs(0.5 - 0.2) + 1 / 3 * abs(1 - 0.9)

    assert expected == pytest.approx(calibration.expected_calibration_error(diseased, stated, bins=2))


def test_a_certain_and_right_model_has_no_calibration_error() -> None:
    diseased = np.array([True, False, True])

    assert 0.0 == calibration.expected_calibration_error(diseased, diseased.astype(np.float64))


def test_calibration_error_falls_to_chance_with_the_right_temperature() -> None:
    diseased, logit = films_with_temperature(3.0)
    temperature = calibration.fit_temperature(diseased, logit)

    before = calibration.expected_calibration_error(diseased, Calibration(1.0).probability(logit))
    after = calibration.expected_calibration_error(diseased, Calibration(temperature).probability(logit))

    assert before > 0.1
    assert after < 0.04  # 4,000 films in 15 bins: sampling alone gives about 0.02


@pytest.mark.parametrize("stated", [[1.1], [-0.1], [np.nan], [0.5, 0.5], []])
def test_what_is_no_probability_has_no_calibration(stated: list[float]) -> None:
    diseased = np.ones(0 if not stated else 1, np.bool_)

    with pytest.raises(UndefinedMetricError, match="probability"):
        calibration.brier_score(diseased, np.array(stated))
    with pytest.raises(UndefinedMetricError, match="probability"):
        calibration.expected_calibration_error(diseased, np.array(stated))
