"""A calibration is fitted on all films and judged on films it was not fitted on."""

import numpy as np
import numpy.typing as npt
import pytest
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from firstread.errors import UndefinedMetricError
from firstread.evaluation import calibration, calibration_fit
from firstread.evaluation.calibration import Calibration

Films = tuple[npt.NDArray[np.bool_], npt.NDArray[np.float64]]


def films(temperature: float, intercept: float, n: int = 4000) -> Films:
    """Return films whose true probability of disease is expit(logit / temperature + intercept)."""
    rng = np.random.default_rng(3)
    logit = rng.normal(0, 3, n)
    return rng.random(n) < expit(logit / temperature + intercept), logit


def test_the_fit_is_a_logistic_regression() -> None:
    """Of 4,000 films Firth's penalty weighs nothing beside the likelihood: scikit-learn without penalty agrees."""
    diseased, logit = films(0.5, 1.5)
    regression = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-10).fit(
        logit[:, None], diseased
    )

    fitted = calibration_fit.fit(diseased, logit)

    assert regression.coef_.item() == pytest.approx(1 / fitted.temperature, rel=0.01)
    assert regression.intercept_.item() == pytest.approx(fitted.intercept, abs=0.03)
    assert diseased.mean() == fitted.prevalence


def test_of_one_film_a_side_firths_penalty_has_a_closed_form() -> None:
    """Logits −1 and 1: by symmetry there is no intercept, and the slope s states p = 1 / (1 + e^−s) for the second.

    The loss is −2 log p − log (p (1 − p)); its derivative in s, −2 (1 − p) + (2 p − 1), is zero at p = 3 / 4, where the
    slope is log 3.
    """
    fitted = calibration_fit.fit(np.array([False, True]), np.array([-1.0, 1.0]))

    assert 1 / np.log(3) == pytest.approx(fitted.temperature, rel=1e-4)
    assert pytest.approx(0, abs=1e-4) == fitted.intercept


def test_the_fit_is_where_scipy_finds_the_penalised_likelihood_highest() -> None:
    diseased, logit = films(0.4, 2.0, 60)

    def loss(parameters: npt.NDArray[np.float64]) -> float:
        stated = expit(parameters[0] * logit + parameters[1])
        design = np.column_stack([logit, np.ones_like(logit)])
        information = design.T @ (design * (stated * (1 - stated))[:, None])
        likely = np.log(np.where(diseased, stated, 1 - stated)).sum()
        return float(-likely - 0.5 * np.linalg.slogdet(information)[1])

    expected = minimize(loss, [1.0, 0.0], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12}).x

    fitted = calibration_fit.fit(diseased, logit)

    assert expected[0] == pytest.approx(1 / fitted.temperature, rel=1e-4)
    assert expected[1] == pytest.approx(fitted.intercept, rel=1e-4)


def test_films_told_apart_without_a_mistake_keep_some_doubt() -> None:
    diseased = np.arange(200) < 100
    logit = np.where(diseased, 3.0, -3.0) + np.linspace(0, 1, 200)

    stated = calibration_fit.fit(diseased, logit).probability(logit)

    assert 0 < stated.min() < stated.max() < 1
    assert stated[~diseased].max() < 0.05


def test_scores_in_the_wrong_order_have_the_highest_temperature() -> None:
    fitted = calibration_fit.fit(np.array([True, False] * 20), np.array([-3.0, 3.0] * 20))

    assert calibration.TEMPERATURE_RANGE[1] == pytest.approx(fitted.temperature)


@pytest.mark.parametrize("logit", [[np.inf, 1.0], [2.0, 2.0]])
def test_a_calibration_needs_logits_that_differ(logit: list[float]) -> None:
    with pytest.raises(UndefinedMetricError, match="finite logits that differ"):
        calibration_fit.fit(np.array([True, False]), np.array(logit))


def test_each_film_is_judged_by_a_fit_on_the_other_blocks() -> None:
    diseased, logit = films(1.0, 0.0, 60)
    block = np.arange(60) % 3

    stated = calibration_fit.cross_fit(diseased, logit, block)

    for one in range(3):
        expected = calibration_fit.fit(diseased[block != one], logit[block != one])
        np.testing.assert_allclose(expected.probability(logit[block == one]), stated[block == one])


def test_what_a_fit_learned_from_may_be_other_than_what_it_is_judged_on() -> None:
    diseased, logit = films(1.0, 0.0, 60)
    block, ways = np.arange(60) % 3, np.stack([logit * 2, logit + 1], axis=1)

    stated = calibration_fit.cross_fit(diseased, logit, block, learned_from=ways)

    for one in range(3):
        learned = block != one
        expected = calibration_fit.fit(np.tile(diseased[learned], 2), ways[learned].T.ravel())
        np.testing.assert_allclose(expected.probability(logit[block == one]), stated[block == one])


def test_an_intercept_repairs_what_a_temperature_cannot() -> None:
    diseased, logit = films(1.0, 3.0)
    block = np.arange(diseased.size) % 5

    with_intercept = calibration_fit.cross_fit(diseased, logit, block)
    without = calibration_fit.cross_fit(diseased, logit, block, by=calibration_fit.temperature_alone)

    assert calibration.expected_calibration_error(diseased, without) > 0.08
    assert calibration.expected_calibration_error(diseased, with_intercept) < 0.03


def test_a_class_in_one_block_alone_cannot_be_judged() -> None:
    diseased = np.array([True, True, False, False])

    with pytest.raises(UndefinedMetricError, match=r"in two blocks of patients at least; received 2 blocks"):
        calibration_fit.cross_fit(diseased, np.arange(4.0), np.array([0, 0, 0, 1]))


def test_the_comparison_has_no_intercept() -> None:
    diseased, logit = films(2.0, 0.0)

    assert Calibration(calibration.fit_temperature(diseased, logit)) == calibration_fit.temperature_alone(
        diseased, logit
    )
