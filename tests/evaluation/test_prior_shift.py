"""Prevalence without labels, where only the prevalence differs."""

import numpy as np
import numpy.typing as npt
import pytest
from scipy.special import expit

from firstread.errors import UndefinedMetricError
from firstread.evaluation import prior_shift
from firstread.evaluation.intervals import Interval, NotDefined
from firstread.evaluation.tuning_scores import TuningScores


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(4)


def logits(n_diseased: int, n_others: int, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Return normal logits, diseased first; log odds between the classes are linear in them."""
    return np.concatenate([rng.normal(1, 1, n_diseased), rng.normal(-1, 1, n_others)])


def reference(rng: np.random.Generator) -> TuningScores:
    return TuningScores.of(np.arange(1000) < 800, logits(800, 200, rng))


def test_the_most_likely_prevalence_is_where_the_em_algorithm_of_saerens_ends(
    rng: np.random.Generator,
) -> None:
    probability = expit(2 * logits(60, 240, rng) + np.log(0.8 / 0.2))
    now = 0.8
    for _ in range(2000):
        weighted = probability * now / 0.8
        now = float((weighted / (weighted + (1 - probability) * (1 - now) / 0.2)).mean())

    assert now == pytest.approx(prior_shift.most_likely(probability, prevalence=0.8), abs=1e-5)


def test_films_that_all_look_diseased_are_all_diseased() -> None:
    assert 1.0 == prior_shift.most_likely(np.full(5, 0.99), prevalence=0.5)
    assert 0.0 == prior_shift.most_likely(np.full(5, 0.01), prevalence=0.5)


def test_flags_turned_into_prevalence_by_hand() -> None:
    """30 % flagged of which 10 % are false alarms: 0.9 p + 0.1 (1 − p) = 0.3 gives p = 0.25."""
    assert 0.25 == pytest.approx(prior_shift.from_flagged(0.3, sensitivity=0.9, specificity=0.9))
    assert 0.0 == prior_shift.from_flagged(0.05, sensitivity=0.9, specificity=0.9)
    assert 1.0 == prior_shift.from_flagged(0.95, sensitivity=0.9, specificity=0.9)


def test_a_point_no_better_than_chance_tells_no_prevalence() -> None:
    with pytest.raises(UndefinedMetricError, match=r"above 1; received 0\.500 and 0\.500"):
        prior_shift.from_flagged(0.3, sensitivity=0.5, specificity=0.5)


def test_nine_in_ten_intervals_and_more_hold_the_prevalence(rng: np.random.Generator) -> None:
    held = {"most_likely": 0, "from_flagged": 0}
    for _ in range(40):
        found = prior_shift.estimate(
            logits(60, 140, rng), reference=reference(rng), threshold=0.0, rng=rng, repeats=60
        )
        for name in held:
            figure = getattr(found, name)
            assert isinstance(figure, Interval)
            held[name] += figure.low <= 0.3 <= figure.high

    assert min(held.values()) >= 35


def test_without_tuning_scores_there_is_no_estimate(rng: np.random.Generator) -> None:
    found = prior_shift.estimate(np.zeros(30), reference=None, threshold=0.0, rng=rng)

    assert isinstance(found.most_likely, NotDefined)
    assert "does not hold the scores of its tuning films" in found.most_likely.reason


def test_a_threshold_that_flags_everybody_tells_nothing(rng: np.random.Generator) -> None:
    found = prior_shift.estimate(
        logits(20, 20, rng), reference=reference(rng), threshold=-99.0, rng=rng, repeats=5
    )

    assert isinstance(found.from_flagged, NotDefined)
    assert isinstance(found.most_likely, Interval)


def test_a_prevalence_of_no_film_does_not_exist() -> None:
    with pytest.raises(UndefinedMetricError, match="at least one film; received 0"):
        prior_shift.most_likely(np.zeros(0), prevalence=0.5)


@pytest.mark.parametrize("prevalence", [0.0, 1.0])
def test_the_prevalence_referred_to_is_inside_0_and_1(prevalence: float) -> None:
    with pytest.raises(ValueError, match=r"prevalence must be in \(0, 1\)"):
        prior_shift.most_likely(np.ones(1), prevalence=prevalence)
