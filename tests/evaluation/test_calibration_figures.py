"""Calibration figures against the plain functions and a truth known from millions of films."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.special import expit

from firstread.evaluation import calibration
from firstread.evaluation.calibration_figures import brier_score, calibration_error, calibration_line
from firstread.evaluation.clustered_bootstrap import Resamples
from firstread.evaluation.intervals import Interval, NotDefined
from firstread.evaluation.scored_films import ScoredFilms

Maker = Callable[..., ScoredFilms]


def draw(films: ScoredFilms, seed: int = 0) -> Resamples:
    return Resamples.draw(films, rng=np.random.default_rng(seed), repeats=200)


def test_the_brier_score_is_that_of_the_films(clustered_films: ScoredFilms) -> None:
    expected = calibration.brier_score(clustered_films.diseased, clustered_films.probability)

    found = brier_score(clustered_films, draw(clustered_films))

    assert isinstance(found, Interval)
    assert expected == pytest.approx(found.estimate)
    assert found.low < expected < found.high


def test_films_of_one_class_have_no_calibration_line(scored_films: Maker) -> None:
    films = scored_films([True] * 5, range(5))

    line = calibration_line(films, draw(films))

    assert all(isinstance(figure, NotDefined) and "5 diseased of 5" in figure.reason for figure in line)


def test_the_calibration_error_is_that_of_the_films(clustered_films: ScoredFilms) -> None:
    expected = calibration.expected_calibration_error(clustered_films.diseased, clustered_films.probability)

    assert expected == pytest.approx(calibration_error(clustered_films, draw(clustered_films)).estimate)


@pytest.mark.parametrize("sharpening", [1.0, 3.0])
def test_the_interval_of_the_calibration_error_holds_the_truth(
    scored_films: Maker, sharpening: float
) -> None:
    """The truth is computed from two million films; each of 40 samples of 400 gives an interval.

    For calibrated scores it is 0, and the percentile interval would hold it in none of them.
    """
    rng = np.random.default_rng(8)
    stated = rng.normal(0, 2, 2_000_000)
    risk = expit(stated / sharpening)
    bin_of = np.minimum((expit(stated) * 15).astype(int), 14)
    truth = np.abs(np.bincount(bin_of, expit(stated) - risk)).sum() / stated.size
    held = 0
    for start in range(0, 16_000, 400):
        rows = slice(start, start + 400)
        films = scored_films(rng.random(400) < risk[rows], stated[rows])
        found = calibration_error(films, draw(films, start))
        held += found.low <= truth <= found.high

    assert held >= 36
