"""Mean waiting time from a quiet reading room to a crowded one, with and without flags."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from firstread.errors import UndefinedMetricError
from firstread.terms import Discipline
from firstread.triage.arrivals import Group
from firstread.triage.queueing import expected_waits
from firstread.triage.reading_room import ReadingRoom
from firstread.triage.simulation import simulate
from firstread.triage.wait_summary import GroupWaits, TooFewFilms, summarise

__all__ = ["TRAFFIC", "CurvePoint", "theory_curve", "traffic_curve"]

TRAFFIC = (0.3, 0.5, 0.6, 0.7, 0.8, 0.9)


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """A room at one traffic.

    Args:
        traffic: Work that arrives over work that can be done.
        groups: Simulated waiting times.
    """

    traffic: float
    groups: dict[Group, GroupWaits | TooFewFilms]


def traffic_curve(
    room: ReadingRoom,
    *,
    films: int,
    replications: int,
    rng: np.random.Generator,
    level: float = 0.95,
    on_progress: Callable[[], None] = lambda: None,
) -> tuple[CurvePoint, ...]:
    """Simulate the same room at each traffic of `TRAFFIC`.

    Args:
        room: Its arrivals are scaled.
        films: Films that count at each point.
        replications: Independent rooms at each point.
        rng: Source of chance.
        level: Confidence of the intervals.
        on_progress: Called after each point.
    """
    points = []
    for traffic in TRAFFIC:
        simulated = simulate(room.at_traffic(traffic), films=films, replications=replications, rng=rng)
        points.append(CurvePoint(traffic, summarise(simulated, level=level)))
        on_progress()
    return tuple(points)


def theory_curve(
    room: ReadingRoom, discipline: Discipline, traffic: Sequence[float]
) -> dict[Group, list[float]] | None:
    """Return the mean waiting times at each traffic by group, or None where theory has none for this room."""
    try:
        rooms = [expected_waits(room.at_traffic(value), discipline) for value in traffic]
    except UndefinedMetricError:
        return None
    return {group: [waits[group] for waits in rooms] for group in rooms[0]}
