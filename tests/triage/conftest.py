"""Reading rooms for the tests of the simulation and of queueing theory."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from firstread.terms import Discipline
from firstread.triage.arrivals import Arrivals, Group
from firstread.triage.reading_room import HOURS, ReadingRoom, ReadingTime, constant


def _room(*, traffic: float = 0.8, **changes: Any) -> ReadingRoom:
    if isinstance(radiologists := changes.get("radiologists"), int):
        changes["radiologists"] = (radiologists,) * HOURS
    preemptive = ReadingRoom(constant(1e-9), discipline=Discipline.PREEMPTIVE)
    return replace(preemptive, **changes).at_traffic(traffic)


@pytest.fixture(scope="session")
def reading_room() -> Callable[..., ReadingRoom]:
    """Return a factory: one radiologist, 10 min, prevalence .1, sensitivity and specificity .9, preemptive."""
    return _room


@dataclass(frozen=True)
class Golden:
    """One row of FDA's QuCAD model (DIDSR, CC0): its theory's mean waiting times in minutes."""

    room: ReadingRoom
    fifo: float
    with_flags: dict[Group, float]


def _golden(room: ReadingRoom, fifo: float, *with_flags: float) -> Golden:
    groups = (Group.DISEASED, Group.NON_DISEASED, Group.FLAGGED, Group.NOT_FLAGGED)
    return Golden(room, fifo, dict(zip(groups, with_flags, strict=True)))


@pytest.fixture(scope="session")
def golden_rows() -> dict[str, Golden]:
    """Return QuCAD's published rows by their letter."""
    often_flagged = {"sensitivity": 0.95, "specificity": 0.76}
    unequal: dict[str, Any] = {"diseased_time": ReadingTime(15.0), "non_diseased_time": ReadingTime(5.0)}
    return {
        "A": _golden(_room(), 40.000, 6.355, 43.738, 1.682, 48.411),
        "B": _golden(_room(radiologists=2, interrupting=0.1), 18.286, 2.567, 19.984, 0.390, 22.161),
        "C": _golden(_room(traffic=0.5), 10.000, 2.088, 10.879, 0.989, 11.978),
        "D": _golden(_room(traffic=0.95), 190.000, 24.982, 208.335, 2.063, 231.255),
        "E": _golden(_room(**often_flagged), 40.000, 5.974, 43.781, 3.312, 56.560),
        "F": _golden(_room(prevalence=0.3, **often_flagged), 40.000, 8.821, 53.363, 5.684, 68.419),
        "G": _golden(_room(sensitivity=0.98, specificity=0.95), 40.000, 2.195, 44.201, 1.292, 46.459),
        "H": _golden(_room(radiologists=2), 17.778, 2.354, 19.492, 0.212, 21.634),
        "I": _golden(_room(radiologists=3), 10.787, 1.350, 11.835, 0.040, 13.146),
        "J": _golden(_room(interrupting=0.2), 42.439, 8.154, 46.248, 3.392, 51.010),
        "K": _golden(_room(**unequal), 24.000, 6.470, 32.965, 3.158, 36.277),
    }


@pytest.fixture
def films() -> Callable[..., Arrivals]:
    """Return a factory of films by hand: of each its moment, its reading time and its kind.

    Kinds are interrupting, hit, missed, false (flagged, not diseased) and normal.
    """

    def make(*rows: tuple[float, float, str]) -> Arrivals:
        kinds = [kind for _, _, kind in rows]
        return Arrivals(
            arrival_min=np.array([moment for moment, _, _ in rows], np.float64),
            reading_min=np.array([reading for _, reading, _ in rows], np.float64),
            interrupting=np.array([kind == "interrupting" for kind in kinds]),
            diseased=np.array([kind in ("hit", "missed") for kind in kinds]),
            flagged=np.array([kind in ("hit", "false") for kind in kinds]),
        )

    return make
