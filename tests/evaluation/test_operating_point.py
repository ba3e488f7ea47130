"""The threshold chosen is the one a hand would choose, and it survives being written down."""

import json
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstread.errors import UndefinedMetricError
from firstread.evaluation import calibration, operating_point
from firstread.evaluation.operating_point import OperatingPoint

FILMS = st.lists(st.tuples(st.booleans(), st.integers(0, 8)), min_size=2, max_size=30).filter(
    lambda films: 0 < sum(diseased for diseased, _ in films) < len(films)
)


def test_exactly_the_asked_sensitivity_is_enough() -> None:
    """55 of 100 is 0.55: floating point must not ask for a 56th."""
    diseased = np.arange(200) < 100
    score = np.arange(200.0)[::-1]

    point = operating_point.at_sensitivity(diseased, score, minimum=0.55)

    assert 0.55 == point.sensitivity


def test_a_small_example_counted_by_hand() -> None:
    diseased = np.array([True, True, True, True, False, False, False])
    score = np.array([0.9, 0.8, 0.6, 0.2, 0.7, 0.3, 0.1])

    point = operating_point.at_sensitivity(diseased, score, minimum=0.75, name="screening")

    assert OperatingPoint("screening", 0.6, 0.75, 2 / 3, 4, 3) == point


@given(FILMS, st.sampled_from([0.1, 0.5, 0.95, 1.0]))
def test_no_threshold_is_more_specific_and_sensitive_enough(
    films: list[tuple[bool, int]], minimum: float
) -> None:
    """Every threshold there is, tried one by one."""
    diseased = np.array([diseased for diseased, _ in films])
    score = np.array([score for _, score in films], np.float64)

    point = operating_point.at_sensitivity(diseased, score, minimum=minimum)

    tried = [operating_point.at_threshold(diseased, score, threshold=t, name="") for t in np.unique(score)]
    enough = [other for other in tried if other.sensitivity >= minimum]
    assert point.sensitivity >= minimum
    assert max(other.specificity for other in enough) == point.specificity


def test_the_threshold_flags_the_same_films_after_json() -> None:
    """Rounded to float32 or to a few digits, the film the threshold stands on would be lost."""
    rng = np.random.default_rng(5)
    diseased = rng.random(600) < 0.7
    logit = (rng.normal(size=600) + 2 * diseased).astype(np.float32)
    score = calibration.Calibration(1.2345678901234567).probability(logit)
    point = operating_point.at_sensitivity(diseased, score, minimum=0.95)

    read_again = OperatingPoint(**json.loads(json.dumps(asdict(point))))

    assert point == read_again
    assert np.array_equal(score >= point.threshold, score >= read_again.threshold)
    assert point.threshold in score
    assert float(np.float32(point.threshold)) != point.threshold


def test_tolerance_keeps_the_film_the_threshold_stands_on() -> None:
    """On another processor the film scores 1e-6 lower."""
    diseased = np.array([True, True, False, False])
    score = np.array([0.9, 0.5, 0.4, 0.1])

    point = operating_point.at_sensitivity(diseased, score, minimum=1.0, tolerance=1e-5)

    assert 0.5 - 1e-5 == point.threshold
    assert (
        operating_point.at_threshold(diseased, score - 1e-6, threshold=point.threshold, name="").sensitivity
        == 1
    )


@given(FILMS, st.sampled_from([1e-6, 0.3, 1.0, 5.0]))
def test_tolerance_flags_the_same_films(films: list[tuple[bool, int]], tolerance: float) -> None:
    diseased = np.array([diseased for diseased, _ in films])
    score = np.array([score for _, score in films], np.float64)

    exact = operating_point.at_sensitivity(diseased, score, minimum=0.8)
    tolerant = operating_point.at_sensitivity(diseased, score, minimum=0.8, tolerance=tolerance)

    assert tolerant.threshold <= exact.threshold
    assert np.array_equal(score >= exact.threshold, score >= tolerant.threshold)


@pytest.mark.parametrize("diseased", [[True, True], [False, False]])
def test_one_class_has_no_operating_point(diseased: list[bool]) -> None:
    with pytest.raises(UndefinedMetricError, match=f"received {sum(diseased)} diseased of 2"):
        operating_point.at_sensitivity(np.array(diseased), np.array([0.1, 0.2]), minimum=0.95)


def test_nan_has_no_operating_point() -> None:
    with pytest.raises(UndefinedMetricError, match="NaN"):
        operating_point.at_sensitivity(np.array([True, False]), np.array([0.1, np.nan]), minimum=0.95)


@pytest.mark.parametrize("minimum", [0.0, -0.1, 1.01, float("nan")])
def test_a_sensitivity_out_of_range_is_refused(minimum: float) -> None:
    with pytest.raises(ValueError, match=r"minimum must be in \(0, 1\]"):
        operating_point.at_sensitivity(np.array([True, False]), np.array([0.1, 0.2]), minimum=minimum)


def test_a_negative_tolerance_is_refused() -> None:
    with pytest.raises(ValueError, match="tolerance must not be negative"):
        operating_point.at_sensitivity(np.array([True, False]), np.arange(2.0), minimum=0.5, tolerance=-1)


def test_the_most_sensitive_point_that_is_specific_enough() -> None:
    """Non-diseased 1 to 20: 19 of 20 spared is 0.95, so what is above 19 may be flagged: 19.5 and 30."""
    diseased = np.array([False] * 20 + [True] * 4)
    score = np.array([*range(1, 21), 5.0, 19.0, 19.5, 30.0], np.float64)

    point = operating_point.at_specificity(diseased, score, minimum=0.95)

    assert ("urgent", 19.5, 0.5, 0.95) == (point.name, point.threshold, point.sensitivity, point.specificity)


def test_exactly_the_asked_specificity_is_enough() -> None:
    """55 of 100 is 0.55: floating point must not ask for a 56th."""
    diseased = np.arange(200) >= 100

    point = operating_point.at_specificity(
        diseased, np.r_[np.arange(100.0), np.arange(100.0) + 0.5], minimum=0.55
    )

    assert 0.55 == point.specificity
    assert 54.5 == point.threshold


def test_a_specificity_beyond_every_diseased_film_cannot_be_reached() -> None:
    with pytest.raises(
        UndefinedMetricError, match=r"'urgent' needs a diseased film above 95% .* ask for a lower"
    ):
        operating_point.at_specificity(np.array([True, False]), np.array([1.0, 2.0]), minimum=0.95)


@pytest.mark.parametrize("minimum", [0.0, 1.1])
def test_a_specificity_to_reach_is_a_share(minimum: float) -> None:
    with pytest.raises(ValueError, match="minimum must be in"):
        operating_point.at_specificity(np.array([True, False]), np.array([2.0, 1.0]), minimum=minimum)
