"""SimPy and the event loop share nothing but films and ranks, and make every film wait the same."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from firstread.terms import Discipline
from firstread.triage import arrivals, event_loop, simpy_room
from firstread.triage.reading_room import HOURS, ReadingRoom

pytest.importorskip("simpy")
SHIFTS = (1,) * 8 + (3,) * 4 + (2,) * 6 + (0,) * 3 + (1,) * 3


@pytest.mark.parametrize("radiologists", [(1,) * HOURS, (3,) * HOURS, SHIFTS], ids=["one", "three", "shifts"])
@pytest.mark.parametrize("interrupting", [0.0, 0.15])
@pytest.mark.parametrize(
    ("discipline", "cap"),
    [
        (Discipline.FIFO, None),
        (Discipline.PREEMPTIVE, None),
        (Discipline.NON_PREEMPTIVE, None),
        (Discipline.NON_PREEMPTIVE, 30.0),
    ],
)
def test_agrees_with_the_event_loop_film_by_film(
    reading_room: Callable[..., ReadingRoom],
    radiologists: tuple[int, ...],
    interrupting: float,
    discipline: Discipline,
    cap: float | None,
) -> None:
    room = reading_room(radiologists=radiologists, interrupting=interrupting)
    room = replace(room, films_per_hour=(1.0,) * 8 + (3.0,) * 16).at_traffic(0.9)
    films = arrivals.draw(room, 1500, rng=np.random.default_rng(3))
    asked: dict[str, Any] = {"discipline": discipline, "wait_cap_min": cap}

    expected = simpy_room.waiting_times(films, radiologists, **asked)
    waits = event_loop.waiting_times(films, radiologists, **asked)

    # Minutes of weeks are added in another order: 1e-12 of 1e5 min.
    np.testing.assert_allclose(waits, expected, rtol=0, atol=1e-7)
    assert waits.min() > -1e-7
