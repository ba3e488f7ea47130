"""From a quiet room to a crowded one."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from firstread.terms import Discipline
from firstread.triage.arrivals import Group
from firstread.triage.reading_room import ReadingRoom
from firstread.triage.traffic_curve import TRAFFIC, theory_curve, traffic_curve
from firstread.triage.wait_summary import GroupWaits

Room = Callable[..., ReadingRoom]


def test_waits_grow_with_traffic(reading_room: Room) -> None:
    told: list[None] = []

    points = traffic_curve(
        reading_room(),
        films=4000,
        replications=4,
        rng=np.random.default_rng(1),
        on_progress=lambda: told.append(None),
    )

    groups = [point.groups[Group.ALL] for point in points]
    means = [waits.fifo.mean.minutes for waits in groups if isinstance(waits, GroupWaits)]
    assert TRAFFIC == tuple(point.traffic for point in points)
    assert len(TRAFFIC) == len(told)
    assert sorted(means) == means


def test_theory_is_the_closed_form_at_each_traffic(reading_room: Room) -> None:
    curve = theory_curve(reading_room(), Discipline.FIFO, [0.5, 0.8])

    assert curve is not None
    assert [pytest.approx(10), pytest.approx(40)] == curve[Group.ALL]


def test_theory_is_absent_where_hours_differ(reading_room: Room) -> None:
    room = replace(reading_room(), films_per_hour=(0.0,) * 12 + (1.0,) * 12)

    assert theory_curve(room, Discipline.FIFO, [0.5]) is None
