"""Means, quantiles and intervals of a few films, counted by hand."""

import numpy as np
import pytest

from firstread.triage.arrivals import Group
from firstread.triage.simulation import SimulatedFilms
from firstread.triage.wait_summary import GroupWaits, TooFewFilms, summarise


def simulated(
    replication: list[int], fifo: list[float], triage: list[float], missed: int = 0
) -> SimulatedFilms:
    """Return films of which the first few are missed and the others are normal."""
    diseased = np.arange(len(fifo)) < missed
    flagged = np.zeros(len(fifo), bool)
    return SimulatedFilms(np.array(replication), diseased, flagged, np.array(fifo), np.array(triage))


def waits_of(films: SimulatedFilms, group: Group, level: float = 0.95) -> GroupWaits:
    waits = summarise(films, level=level)[group]
    assert isinstance(waits, GroupWaits)
    return waits


def test_means_quantiles_and_maximum_by_hand() -> None:
    films = simulated([0, 0, 0, 1, 1, 1], [0, 2, 4, 6, 8, 10], [1, 2, 3, 7, 8, 30])

    waits = waits_of(films, Group.ALL)

    assert (6, 5.0, 5.0, 10.0) == (
        waits.films,
        waits.fifo.mean.minutes,
        waits.fifo.median.minutes,
        waits.fifo.maximum_min,
    )
    assert pytest.approx(np.quantile([1, 2, 3, 7, 8, 30], 0.95)) == waits.triage.percentile_95.minutes
    assert pytest.approx(3.5) == waits.difference.minutes


def test_the_interval_is_students_over_replications() -> None:
    """Where all replications have as many films, the mean's interval is the t interval of their means."""
    from scipy.stats import t

    rng = np.random.default_rng(5)
    waits = rng.exponential(40, (8, 25))
    films = simulated(np.repeat(np.arange(8), 25).tolist(), waits.ravel().tolist(), waits.ravel().tolist())

    mean = waits_of(films, Group.ALL, level=0.99).fifo.mean

    means = waits.mean(axis=1)
    low, high = t.interval(0.99, 7, loc=means.mean(), scale=means.std(ddof=1) / np.sqrt(8))
    assert pytest.approx((low, high)) == (mean.low, mean.high)


def test_no_limit_of_a_wait_is_below_nothing_but_that_of_a_difference_may_be() -> None:
    films = simulated([0, 0, 1, 1], [0, 0, 0, 9], [0, 0, 9, 9])

    waits = waits_of(films, Group.ALL)

    assert (0.0, 0.0, 0.0) == (
        waits.fifo.mean.low,
        waits.fifo.median.low,
        waits.triage.percentile_95.low,
    )
    assert waits.difference.low < 0


def test_films_count_alike_where_replications_differ_in_size() -> None:
    """By hand: (1 + 2 + 3 + 10) / 4 = 4, not the mean of the means, 6."""
    films = simulated([0, 0, 0, 1], [1, 2, 3, 10], [1, 2, 3, 10])

    assert 4.0 == waits_of(films, Group.ALL).fifo.mean.minutes


def test_intervals_hold_what_they_promise() -> None:
    """Of 100 intervals at 90 %, 90 hold the truth, give or take four standard deviations of 3."""
    rng = np.random.default_rng(6)
    held = 0
    for _ in range(100):
        sizes = rng.integers(5, 15, 10)
        minutes = rng.exponential(40, sizes.sum()).tolist()
        mean = waits_of(simulated(np.repeat(np.arange(10), sizes).tolist(), minutes, minutes), Group.ALL, 0.9)
        held += mean.fifo.mean.low <= 40 <= mean.fifo.mean.high

    assert 78 <= held <= 100


def test_the_same_films_make_the_difference_sharp() -> None:
    """Every film waits exactly 5 min less, however much films differ."""
    fifo = np.random.default_rng(7).exponential(40, 40) + 5
    films = simulated([0] * 20 + [1] * 20, fifo.tolist(), (fifo - 5).tolist())

    difference = waits_of(films, Group.ALL).difference

    assert [pytest.approx(-5)] * 3 == [difference.minutes, difference.low, difference.high]


def test_a_group_without_films_is_not_defined() -> None:
    films = simulated([0, 0, 1, 1], [1, 2, 3, 4], [1, 2, 3, 4], missed=1)

    groups = summarise(films)

    assert (
        TooFewFilms("an interval needs such films in at least 2 replications; they came in 1 of 2")
        == groups[Group.MISSED]
    )
    assert isinstance(groups[Group.FLAGGED], TooFewFilms)
    assert isinstance(groups[Group.NON_DISEASED], GroupWaits)


def test_a_level_is_between_0_and_1() -> None:
    with pytest.raises(ValueError, match=r"level must be in \(0, 1\); received 1.0"):
        summarise(simulated([0, 1], [1, 2], [1, 2]), level=1.0)
