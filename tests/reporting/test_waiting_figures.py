"""The waiting figures can be drawn for every room, and say what they are."""

from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from firstread.reporting import waiting_figures
from firstread.terms import Discipline
from firstread.triage.reading_room import ReadingRoom, constant
from firstread.triage.simulation import SimulatedFilms, simulate
from firstread.triage.traffic_curve import traffic_curve

pytest.importorskip("matplotlib")


@pytest.fixture
def room() -> ReadingRoom:
    return ReadingRoom(constant(4.0), discipline=Discipline.NON_PREEMPTIVE)


def simulated(room: ReadingRoom) -> SimulatedFilms:
    return simulate(room, films=2000, replications=2, rng=np.random.default_rng(1))


def test_a_share_that_waits_longer_is_counted_by_hand() -> None:
    """Of four films half wait longer than 2 min, a quarter longer than 3."""
    moments, shares = waiting_figures._still_waiting(np.array([1.0, 2.0, 3.0, 4.0]))

    for moment, share in zip(moments[1:-1], shares[1:-1], strict=True):
        assert (np.array([1.0, 2.0, 3.0, 4.0]) > moment).mean() <= share + 1e-9


def test_draws_the_spread_of_waits(room: ReadingRoom) -> None:
    plate = waiting_figures.waits_plate(simulated(room), "2,000 films.")

    assert "waiting_times" == plate.name
    ET.fromstring(plate.svg)  # noqa: S314  # our own file
    assert b"\x89PNG" == plate.png[:4]


@pytest.mark.parametrize(
    "change",
    [
        lambda room: room,
        lambda room: replace(room, sensitivity=1.0),
        lambda room: replace(room, sensitivity=0.0, specificity=1.0),
        lambda room: replace(room, films_per_hour=(0.0,) * 12 + (8.0,) * 12, wait_cap_min=30.0),
    ],
    ids=["theory", "nobody missed", "nobody flagged", "simulated only"],
)
def test_draws_the_mean_over_traffic(room: ReadingRoom, change: Callable[[ReadingRoom], ReadingRoom]) -> None:
    asked = change(room)
    points = traffic_curve(asked, films=600, replications=2, rng=np.random.default_rng(1))

    plate = waiting_figures.traffic_plate(asked, points, "600 films a point.")

    assert "waiting_over_traffic" == plate.name
    ET.fromstring(plate.svg)  # noqa: S314  # our own file
    waiting_figures.waits_plate(simulated(asked), "2,000 films.")
