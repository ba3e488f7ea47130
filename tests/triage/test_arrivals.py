"""Films come at the rates asked for, of the kinds asked for."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from firstread.triage import arrivals
from firstread.triage.arrivals import Group
from firstread.triage.reading_room import ReadingRoom, ReadingTime, TimeShape

Room = Callable[..., ReadingRoom]
N = 40_000


def test_films_come_at_each_hours_rate(reading_room: Room) -> None:
    """Poisson counts: within four standard deviations in every hour, and none where the rate is 0."""
    rates = (0.0,) * 8 + (6.0,) * 10 + (2.0,) * 6
    room = replace(reading_room(radiologists=2), films_per_hour=rates)

    films = arrivals.draw(room, N, rng=np.random.default_rng(1))

    days = films.arrival_min[-1] / 1440
    counts = np.bincount((films.arrival_min % 1440 // 60).astype(int), minlength=24)
    expected = np.array(rates) * days
    assert (np.abs(counts - expected) <= 4 * np.sqrt(expected) + 6).all()
    assert 0 == counts[:8].sum()
    assert (np.diff(films.arrival_min) >= 0).all()


def test_gaps_at_a_steady_rate_are_exponential(reading_room: Room) -> None:
    from scipy.stats import kstest

    films = arrivals.draw(reading_room(), N, rng=np.random.default_rng(2))

    # Traffic .8 of 10 min: one film in 12.5 min.
    assert kstest(np.diff(films.arrival_min), "expon", args=(0, 12.5)).pvalue > 0.01


def test_kinds_come_in_the_shares_asked_for(reading_room: Room) -> None:
    room = reading_room(interrupting=0.2, prevalence=0.3, sensitivity=0.9, specificity=0.75)

    films = arrivals.draw(room, N, rng=np.random.default_rng(3))

    others = ~films.interrupting
    assert pytest.approx(0.2, abs=0.01) == films.interrupting.mean()
    assert pytest.approx(0.3, abs=0.01) == films.diseased[others].mean()
    assert pytest.approx(0.9, abs=0.01) == films.flagged[films.diseased].mean()
    assert pytest.approx(0.25, abs=0.01) == films.flagged[others & ~films.diseased].mean()
    assert not (films.interrupting & (films.diseased | films.flagged)).any()


def test_each_kind_has_its_own_reading_time(reading_room: Room) -> None:
    room = reading_room(
        interrupting=0.2,
        interrupting_time=ReadingTime(3.0, TimeShape.CONSTANT),
        diseased_time=ReadingTime(12.0, TimeShape.CONSTANT),
        non_diseased_time=ReadingTime(7.0, TimeShape.CONSTANT),
    )

    films = arrivals.draw(room, 1000, rng=np.random.default_rng(4))

    expected = np.where(films.interrupting, 3.0, np.where(films.diseased, 12.0, 7.0))
    np.testing.assert_array_equal(expected, films.reading_min)


def test_the_groups_of_four_films() -> None:
    diseased, flagged = np.array([True, True, False, False]), np.array([True, False, True, False])

    members = {group: group.members(diseased, flagged).tolist() for group in Group}

    assert {
        Group.ALL: [True, True, True, True],
        Group.DISEASED: [True, True, False, False],
        Group.NON_DISEASED: [False, False, True, True],
        Group.FLAGGED: [True, False, True, False],
        Group.NOT_FLAGGED: [False, True, False, True],
        Group.MISSED: [False, True, False, False],
    } == members
