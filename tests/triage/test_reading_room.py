"""A room says what it cannot be."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from firstread.errors import ConfigError
from firstread.terms import Discipline
from firstread.triage.reading_room import ReadingRoom, ReadingTime, TimeShape, constant

Room = Callable[..., ReadingRoom]


@pytest.mark.parametrize(
    ("time", "second_moment"),
    [
        (ReadingTime(10.0), 200.0),
        (ReadingTime(10.0, TimeShape.CONSTANT), 100.0),
        (ReadingTime(10.0, TimeShape.LOG_NORMAL, 0.5), 125.0),
    ],
)
def test_reading_times_have_the_moments_they_say(time: ReadingTime, second_moment: float) -> None:
    """By hand: m² (1 + v²)."""
    drawn = time.draw(np.random.default_rng(1), 400_000)

    assert pytest.approx(second_moment) == time.second_moment_min2
    assert pytest.approx(10, rel=0.01) == drawn.mean()
    assert pytest.approx(second_moment, rel=0.02) == (drawn**2).mean()


def test_traffic_is_work_over_readers(reading_room: Room) -> None:
    """By hand: 24 · 6 films of .1 · 5 + .9 · (.1 · 20 + .9 · 10) = 10.4 min, for 36 hours of reading."""
    room = ReadingRoom(
        constant(6.0),
        radiologists=(2,) * 12 + (1,) * 12,
        interrupting=0.1,
        diseased_time=ReadingTime(20.0),
    )

    assert pytest.approx(144 * 10.4 / 60 / 36) == room.traffic
    assert pytest.approx(0.5) == room.at_traffic(0.5).traffic
    assert not room.is_steady
    assert reading_room().is_steady


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"prevalence": 0.0}, r"The prevalence must be in \(0, 1\); received 0.0"),
        ({"prevalence": 1.0}, r"The prevalence must be in \(0, 1\); received 1.0"),
        ({"prevalence": float("nan")}, "The prevalence must be in"),
        ({"sensitivity": 1.1}, "The sensitivity must be in"),
        ({"specificity": -0.1}, "The specificity must be in"),
        ({"interrupting": 1.0}, "The interrupting fraction must be in"),
        (
            {"traffic": 1.0},
            "The traffic must be below 1: where more work arrives than can be read.*received 1.0",
        ),
        ({"traffic": 0.0}, "The traffic must be above 0; received 0.0"),
        ({"traffic": float("nan")}, "The traffic must be above 0; received nan"),
        ({"radiologists": 0}, "radiologists must hold a value for each of 24 hours"),
        (
            {"films_per_hour": (1.0, 2.0)},
            "films_per_hour must hold a value for each of 24 hours.*received '2 values from 1.0 to 2.0'",
        ),
        ({"wait_cap_min": 30.0}, "A wait cap needs the non-preemptive discipline; received 'preemptive'"),
        (
            {"wait_cap_min": -1.0, "discipline": Discipline.NON_PREEMPTIVE},
            "The wait cap must not be negative",
        ),
    ],
)
def test_refuses_what_is_no_reading_room(reading_room: Room, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        reading_room(**changes)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((0.0,), "A mean reading time must be above 0 min; received 0.0"),
        ((10.0, TimeShape.LOG_NORMAL, 0.0), "The variation of reading times must be above 0"),
    ],
)
def test_refuses_what_is_no_reading_time(arguments: tuple[Any, ...], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        ReadingTime(*arguments)
