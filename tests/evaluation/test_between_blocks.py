"""What is predicted for other films counts how blocks of patients differ."""

import numpy as np
import pytest
from scipy.stats import norm, t

from firstread.errors import UndefinedMetricError
from firstread.evaluation import between_blocks, intervals


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(5)


def shares(angles: np.ndarray, patients: int) -> list[tuple[float, int]]:
    return [(float(np.sin(angle) ** 2), patients) for angle in angles]


def test_many_large_blocks_that_differ_give_the_spread_between_them(rng: np.random.Generator) -> None:
    """With 200 blocks and no sampling noise a normal distribution's 95 % is mean ± 1.96 standard deviations."""
    angles = norm.ppf(np.linspace(0.0025, 0.9975, 200), 1.0, 0.05)

    found = between_blocks.next_block(shares(angles, 100_000), rng=rng)

    reach = 1.96 * np.std(angles, ddof=1)
    assert np.sin(1 - reach) ** 2 == pytest.approx(found.low, abs=0.005)
    assert np.sin(1 + reach) ** 2 == pytest.approx(found.high, abs=0.005)
    assert np.mean(np.sin(angles) ** 2) == pytest.approx(found.estimate)


def test_few_blocks_that_differ_give_students_interval(rng: np.random.Generator) -> None:
    """Without sampling noise the next of normal values lies within mean ± t · sd · √(1 + 1 / n), the textbook's."""
    angles = np.array([0.9, 0.95, 1.0, 1.05, 1.1])

    found = between_blocks.next_block(shares(angles, 1_000_000), rng=rng)

    reach = t.ppf(0.975, 4) * np.std(angles, ddof=1) * np.sqrt(1 + 1 / 5)
    assert np.sin(1 - reach) ** 2 == pytest.approx(found.low, abs=0.01)
    assert np.sin(1 + reach) ** 2 == pytest.approx(found.high, abs=0.01)


def test_blocks_that_do_not_differ_leave_sampling_noise(rng: np.random.Generator) -> None:
    """All right in 5 blocks of 10 patients: Wilson's 50 of 50 is the least to reckon with."""
    found = between_blocks.next_block([(1.0, 10)] * 5, rng=rng)

    assert intervals.wilson(50, 50).low == pytest.approx(found.low)
    assert (1.0, 1.0) == (found.estimate, found.high)


def test_nine_in_ten_new_blocks_and_more_lie_inside(rng: np.random.Generator) -> None:
    """Simulated: true shares differ between blocks; the interval from ten of them shall hold the eleventh's."""
    inside = []
    for _ in range(300):
        truth = np.sin(rng.normal(1.1, 0.08, 11)) ** 2
        found = between_blocks.next_block(
            [(rng.binomial(60, share) / 60, 60) for share in truth[:10]], rng=rng
        )
        inside.append(found.low <= truth[10] <= found.high)

    assert 0.92 <= np.mean(inside) <= 0.985


def test_two_blocks_show_no_difference(rng: np.random.Generator) -> None:
    with pytest.raises(UndefinedMetricError, match="three blocks at least; received 2"):
        between_blocks.next_block([(0.9, 10), (0.8, 10)], rng=rng)


def test_a_stretch_is_judged_at_the_threshold_of_the_others(rng: np.random.Generator) -> None:
    """Three stretches with one film of each class; the threshold is the lowest diseased score of the others."""
    diseased = np.array([True, False] * 3)
    score = np.array([0.9, 0.1, 0.5, 0.4, 0.3, 0.2])
    seen: list[float] = []

    def choose(present: np.ndarray, others: np.ndarray) -> float:
        seen.append(float(others[present].min()))
        return seen[-1]

    sensitivity, specificity = between_blocks.predict(
        diseased,
        score,
        patient=list("abcdef"),
        stretch=["x", "x", "y", "y", "z", "z"],
        choose=choose,
        rng=rng,
    )

    assert [0.3, 0.3, 0.5] == seen  # without x, without y, without z
    assert 2 / 3 == pytest.approx(sensitivity.estimate)  # 0.3 is missed at 0.5
    assert 2 / 3 == pytest.approx(specificity.estimate)  # 0.4 is flagged at 0.3
