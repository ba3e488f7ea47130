"""The interval of a probability is as wide as tuning films leave it."""

import numpy as np
import pytest
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression

from firstread.evaluation.calibration import Calibration
from firstread.evaluation.calibration_interval import probability_interval
from firstread.evaluation.tuning_scores import TuningScores


def drawn(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return films whose true log-odds of disease are 0.8 times their logit and 0.5."""
    raw = rng.normal(0, 2.5, n)
    return rng.random(n) < expit(0.8 * raw + 0.5), raw


def fitted(diseased: np.ndarray, raw: np.ndarray) -> Calibration:
    line = LogisticRegression(C=np.inf).fit(raw[:, np.newaxis], diseased)
    return Calibration(1 / line.coef_.item(), line.intercept_.item())


def test_it_covers_the_true_probability_as_often_as_it_says() -> None:
    """100 sets of tuning films: 95 % of the intervals hold the truth; ±5 % is more than twice the error of 100."""
    rng = np.random.default_rng(20)
    asked = np.array([-4.0, -1.0, 0.5, 3.0])
    truth = expit(0.8 * asked + 0.5)
    covered = []
    for _ in range(100):
        diseased, raw = drawn(rng, 300)
        low, high = probability_interval(fitted(diseased, raw), TuningScores.of(diseased, raw), asked)
        covered.append((low <= truth) & (truth <= high))

    assert np.mean(covered, axis=0) == pytest.approx(np.full(4, 0.95), abs=0.05)


def test_log_odds_vary_as_fits_to_other_films_do() -> None:
    rng = np.random.default_rng(21)
    diseased, raw = drawn(rng, 400)
    again = [fitted(*drawn(rng, 400)) for _ in range(150)]

    low, high = probability_interval(fitted(diseased, raw), TuningScores.of(diseased, raw), 2.0)

    half = float(logit(high) - logit(low)) / (2 * 1.96)
    assert np.std([2.0 / one.temperature + one.intercept for one in again]) == pytest.approx(half, rel=0.2)


def test_four_times_the_films_halve_it() -> None:
    diseased, raw = drawn(np.random.default_rng(22), 500)
    calibration = fitted(diseased, raw)
    many = TuningScores.of(np.tile(diseased, 4), np.tile(raw, 4))

    widths = [
        logit(high) - logit(low)
        for low, high in (
            probability_interval(calibration, scores, 1.0)
            for scores in (TuningScores.of(diseased, raw), many)
        )
    ]

    assert 2 * widths[1] == pytest.approx(widths[0])


def test_the_stated_probability_lies_inside() -> None:
    diseased, raw = drawn(np.random.default_rng(23), 500)
    calibration, asked = fitted(diseased, raw), np.linspace(-30, 30, 61)

    low, high = probability_interval(calibration, TuningScores.of(diseased, raw), asked)

    assert ((low <= calibration.probability(asked)) & (calibration.probability(asked) <= high)).all()


def test_films_of_one_logit_say_nothing() -> None:
    same = TuningScores(np.ones(5, np.float32), np.ones(5, np.float32))

    assert (0.0, 1.0) == tuple(map(float, probability_interval(Calibration(1.0), same, 3.0)))


def test_a_level_is_a_fraction() -> None:
    with pytest.raises(ValueError, match=r"level must be in \(0, 1\)"):
        probability_interval(
            Calibration(1.0), TuningScores(np.ones(5, np.float32), np.ones(5, np.float32)), 0.0, level=95
        )
