"""The same films are read twice, in order of arrival and with flags, in reading rooms simulated side by side.

Every replication draws its own films. Both ways of reading get the same ones (common random numbers: Law,
Simulation Modeling and Analysis, 5th ed., section 11.2), so the difference between them is far less noisy than
either.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, fields
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from firstread.errors import ConfigError
from firstread.terms import Discipline
from firstread.triage import arrivals, event_loop, simpy_room
from firstread.triage.reading_room import ReadingRoom

__all__ = ["Engine", "SimulatedFilms", "simulate", "warm_up_films"]

# After ten relaxation times e⁻¹⁰ of the empty room that every replication starts with is left.
_RELAXATIONS = 10
_DAYS = 2
_MAX_WARM_UP = 1_000_000


class Engine(StrEnum):
    """What tells the story of the room; both give the same waiting times."""

    EVENT_LOOP = "event-loop"
    SIMPY = "simpy"


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedFilms:
    """The films that count, none of them interrupting; every array has shape (n_films,).

    Args:
        replication: Which simulated room they came to, from 0.
        diseased: The reference standard.
        flagged: What the model said.
        fifo_min: Waiting time when films are read in order of arrival.
        triage_min: Waiting time of the same film when flags count.
    """

    replication: npt.NDArray[np.int64]
    diseased: npt.NDArray[np.bool_]
    flagged: npt.NDArray[np.bool_]
    fifo_min: npt.NDArray[np.float64]
    triage_min: npt.NDArray[np.float64]


def simulate(
    room: ReadingRoom,
    *,
    films: int,
    replications: int,
    rng: np.random.Generator,
    engine: Engine = Engine.EVENT_LOOP,
    on_progress: Callable[[], None] = lambda: None,
) -> SimulatedFilms:
    """Read films with and without flags.

    Films that come before the room is warm do not count. As many come after the last that counts, so that
    late films, too, are overtaken by the flagged ones behind them.

    Args:
        room: Arrivals, radiologists, operating point and discipline.
        films: Films that count over all replications, interrupting ones among them.
        replications: Independent rooms, at least 2.
        rng: Source of chance.
        engine: What tells the story.
        on_progress: Called after each replication.

    Raises:
        ConfigError: If there are fewer than two replications, or fewer films than replications.
    """
    if replications < 2:
        raise ConfigError(f"An interval needs at least 2 replications; received {replications}.")
    if films < replications:
        raise ConfigError(f"Each of {replications} replications needs a film; received {films} films in all.")
    each = math.ceil(films / replications)
    parts = []
    for number, chance in enumerate(rng.spawn(replications)):
        parts.append(_replication(room, number, each, chance, engine))
        on_progress()
    columns = (
        np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(SimulatedFilms)
    )
    return SimulatedFilms(*columns)


def warm_up_films(room: ReadingRoom) -> int:
    """Return how many films come before those that count.

    A single queue forgets how it began with the relaxation time S / (1 − √ρ)² (Cohen, The Single Server Queue,
    1982, section II.2); with c radiologists at most cρ / (1 − √ρ)² films come in it.

    Raises:
        ConfigError: If the room is so crowded that it hardly ever settles.
    """
    films = _RELAXATIONS * room.traffic * max(room.radiologists) / (1 - math.sqrt(room.traffic)) ** 2
    if films > _MAX_WARM_UP:
        raise ConfigError(
            f"The traffic must be so far below 1 that an empty room settles within {_MAX_WARM_UP:,} films; at "
            f"{room.traffic:.5f} it takes {films:,.0f}. Lower the arrivals or the reading time."
        )
    return math.ceil(max(films, 0 if room.is_steady else _DAYS * sum(room.films_per_hour)))


def _replication(
    room: ReadingRoom, number: int, each: int, rng: np.random.Generator, engine: Engine
) -> SimulatedFilms:
    read = event_loop.waiting_times if engine is Engine.EVENT_LOOP else simpy_room.waiting_times
    warm_up = warm_up_films(room)
    films = arrivals.draw(room, warm_up + each + warm_up, rng=rng)
    fifo = read(films, room.radiologists, discipline=Discipline.FIFO)
    triage = read(films, room.radiologists, discipline=room.discipline, wait_cap_min=room.wait_cap_min)
    counts = ~films.interrupting
    counts[:warm_up] = counts[warm_up + each :] = False
    return SimulatedFilms(
        replication=np.full(int(counts.sum()), number),
        diseased=films.diseased[counts],
        flagged=films.flagged[counts],
        fifo_min=fifo[counts],
        triage_min=triage[counts],
    )
