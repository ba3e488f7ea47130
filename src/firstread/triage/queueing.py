"""Mean waiting times where queueing theory has them: the simulation's oracle.

A waiting time is turnaround time less reading time, so a pause of the reading counts.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from firstread.errors import UndefinedMetricError
from firstread.terms import Discipline
from firstread.triage.arrivals import Group
from firstread.triage.priority_chain import mean_waiting_below_interrupting
from firstread.triage.reading_room import ReadingRoom, ReadingTime, TimeShape

__all__ = [
    "ClassWait",
    "Stream",
    "delayed_share",
    "expected_waits",
    "one_radiologist",
    "several_radiologists",
]


@dataclass(frozen=True, slots=True)
class Stream:
    """Films of one class: they arrive at random, one by one.

    Args:
        films_per_min: Arrival rate.
        mean_min: Mean reading time.
        second_moment_min2: Mean of the squared reading time.
    """

    films_per_min: float
    mean_min: float
    second_moment_min2: float

    @property
    def work(self) -> float:
        """Reading minutes that arrive in a minute."""
        return self.films_per_min * self.mean_min


@dataclass(frozen=True, slots=True)
class ClassWait:
    """The mean waiting time of a class, by a film's own reading time.

    Args:
        fixed_min: What every film of the class waits.
        per_reading_min: What each minute of a film's own reading time adds: the pauses in it.
    """

    fixed_min: float
    per_reading_min: float = 0.0

    def of(self, reading_min: float) -> float:
        """Return the mean waiting time of a film that takes so long to read, in minutes."""
        return self.fixed_min + self.per_reading_min * reading_min


def one_radiologist(streams: Sequence[Stream], *, pausing: int) -> list[ClassWait]:
    """Return the waiting time of each class where one radiologist reads, most urgent class first.

    With σₖ the work of classes 1 to k and R the mean residual work, half of Σ λ E[S²] over the classes that
    can be ahead, class k waits R / ((1 − σₖ₋₁)(1 − σₖ)) until its reading begins: over classes 1 to k where
    every class pauses the later ones, over all classes where none does (Cobham, Operations Research 2, 1954;
    Conway, Maxwell and Miller, Theory of Scheduling, 1967, chapter 8). Pauses by work σ stretch the reading
    by 1 / (1 − σ). With one class this is Pollaczek's and Khinchine's formula.

    Args:
        streams: Most urgent class first; their work must be below 1.
        pausing: How many classes, from the first, pause every class after them.
    """
    work = np.concatenate([[0.0], np.cumsum([stream.work for stream in streams])])
    residual = np.cumsum([stream.films_per_min * stream.second_moment_min2 / 2 for stream in streams])
    waits = []
    for place in range(len(streams)):
        ahead = residual[place] if place < pausing else residual[-1]
        pauses = work[min(place, pausing)]
        waits.append(
            ClassWait(
                fixed_min=float(ahead / ((1 - work[place]) * (1 - work[place + 1]))),
                per_reading_min=float(pauses / (1 - pauses)),
            )
        )
    return waits


def delayed_share(radiologists: int, offered: float) -> float:
    """Return the probability that a film finds every radiologist busy (Erlang's C formula, 1917).

    Args:
        radiologists: How many read, c.
        offered: Reading minutes that arrive in a minute, below c.
    """
    blocked = 1.0
    for number in range(1, radiologists + 1):
        blocked = offered * blocked / (number + offered * blocked)
    return radiologists * blocked / (radiologists - offered * (1 - blocked))


def several_radiologists(
    radiologists: int, streams: Sequence[Stream], *, interrupting: Stream | None, preemptive: bool
) -> list[ClassWait]:
    """Return the waiting time of each class below the interrupting films, most urgent class first.

    All reading times are exponential, with one mean for all classes but the interrupting one. Then classes
    1 to k together wait as one FIFO class would: who is read first changes nothing in how many wait. The
    difference of two such sums is class k. Where no class pauses another: Kella and Yechiali, Queueing
    Systems 1, 1985.

    Args:
        radiologists: How many read.
        streams: Most urgent class first, without the interrupting films.
        interrupting: Films that pause all others; None where there are none.
        preemptive: Whether each class pauses those after it.

    Raises:
        UndefinedMetricError: If interrupting films pause classes that do not pause one another.
    """
    reading_min = streams[0].mean_min
    films = np.concatenate([[0.0], np.cumsum([stream.films_per_min for stream in streams])])
    if preemptive or len(streams) == 1:
        together = [0.0] + [
            rate * _one_class(radiologists, rate, reading_min, interrupting) for rate in films[1:].tolist()
        ]
        return [
            ClassWait((after - before) / stream.films_per_min)
            for before, after, stream in zip(together, together[1:], streams, strict=False)
        ]
    if interrupting is not None:
        raise UndefinedMetricError(
            "Without pauses between classes, several radiologists and interrupting films have no known mean "
            "waiting time; it is simulated."
        )
    load = films * reading_min / radiologists
    begin = delayed_share(radiologists, float(films[-1]) * reading_min) * reading_min / radiologists
    return [ClassWait(float(begin / ((1 - before) * (1 - after)))) for before, after in pairwise(load)]


def _one_class(
    radiologists: int, films_per_min: float, reading_min: float, interrupting: Stream | None
) -> float:
    if interrupting is not None:
        return mean_waiting_below_interrupting(
            radiologists,
            interrupting_per_min=interrupting.films_per_min,
            interrupting_min=interrupting.mean_min,
            films_per_min=films_per_min,
            reading_min=reading_min,
        )
    offered = films_per_min * reading_min
    return delayed_share(radiologists, offered) * reading_min / (radiologists - offered)


def expected_waits(room: ReadingRoom, discipline: Discipline) -> dict[Group, float]:
    """Return the mean waiting time of each group that has films, in minutes.

    Args:
        room: A room whose hours are all alike, without a wait cap.
        discipline: Who is read next.

    Raises:
        UndefinedMetricError: If theory has no mean waiting time for this room; the message says why.
    """
    _require_theory(room, discipline)
    diseased, flagged = np.array([True, True, False, False]), np.array([True, False, True, False])
    share = np.where(diseased, room.prevalence, 1 - room.prevalence) * np.where(
        flagged,
        np.where(diseased, room.sensitivity, 1 - room.specificity),
        np.where(diseased, 1 - room.sensitivity, room.specificity),
    )
    times = [room.diseased_time] * 2 + [room.non_diseased_time] * 2
    urgent = flagged & (discipline is not Discipline.FIFO)
    # A class without films has no waiting time: it is left out, and so are the groups that need it.
    classes = [mask for mask in (urgent, ~urgent) if share[mask].sum() > 0]
    waits = _class_waits(room, [_stream(room, share * mask, times) for mask in classes], discipline)
    minutes = np.zeros(4)
    for mask, wait in zip(classes, waits, strict=True):
        for cell in np.flatnonzero(mask):
            minutes[cell] = wait.of(times[cell].mean_min)
    members = {group: group.members(diseased, flagged) for group in Group}
    return {
        group: float(np.average(minutes[mask], weights=share[mask]))
        for group, mask in members.items()
        if share[mask].sum() > 0
    }


def _class_waits(room: ReadingRoom, streams: Sequence[Stream], discipline: Discipline) -> list[ClassWait]:
    preemptive = discipline is Discipline.PREEMPTIVE
    rate, time = room.interrupting * room.films_per_hour[0] / 60, room.interrupting_time
    interrupting = Stream(rate, time.mean_min, time.second_moment_min2) if room.interrupting else None
    radiologists = int(room.radiologists[0])
    if radiologists > 1:
        return several_radiologists(radiologists, streams, interrupting=interrupting, preemptive=preemptive)
    above = [] if interrupting is None else [interrupting]
    pausing = len(above) + len(streams) if preemptive else len(above)
    return one_radiologist([*above, *streams], pausing=pausing)[len(above) :]


def _stream(room: ReadingRoom, share: npt.NDArray[np.float64], times: list[ReadingTime]) -> Stream:
    """Return a mixture of films, given the share of each kind among those that do not interrupt."""
    part = share / share.sum()
    return Stream(
        films_per_min=(1 - room.interrupting) * room.films_per_hour[0] / 60 * float(share.sum()),
        mean_min=math.fsum(part * [time.mean_min for time in times]),
        second_moment_min2=math.fsum(part * [time.second_moment_min2 for time in times]),
    )


def _require_theory(room: ReadingRoom, discipline: Discipline) -> None:
    if not room.is_steady:
        raise UndefinedMetricError(
            "Theory needs hours that are all alike; these differ, so they are simulated."
        )
    if discipline is not Discipline.FIFO and room.wait_cap_min is not None:
        raise UndefinedMetricError("A wait cap has no known mean waiting time; it is simulated.")
    times = [room.diseased_time, room.non_diseased_time]
    times += [room.interrupting_time] if room.interrupting else []
    exponential = all(time.shape is TimeShape.EXPONENTIAL for time in times)
    if room.radiologists[0] > 1 and not (exponential and times[0].mean_min == times[1].mean_min):
        raise UndefinedMetricError(
            "With several radiologists, theory needs exponential reading times with one mean for diseased and "
            "non-diseased films; others are simulated."
        )
