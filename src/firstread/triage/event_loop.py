"""Films are read one after another: the next event is an arrival, a finished film or a change of shift.

SimPy tells the same story in `simpy_room`; it takes about ten times as long, so it is what this is tested against.
"""

import bisect
import heapq
import itertools
import math
from collections import deque
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from firstread.terms import Discipline
from firstread.triage.arrivals import Arrivals
from firstread.triage.reading_room import HOURS

__all__ = [
    "FLAGGED",
    "INTERRUPTING",
    "NOT_FLAGGED",
    "PAUSED",
    "shift_changes",
    "urgency_ranks",
    "waiting_times",
]

INTERRUPTING, PAUSED, FLAGGED, NOT_FLAGGED = range(4)


def waiting_times(
    films: Arrivals,
    radiologists: Sequence[int],
    *,
    discipline: Discipline,
    wait_cap_min: float | None = None,
) -> npt.NDArray[np.float64]:
    """Return how long each film waits, pauses of its reading included, in minutes, shape (n_films,).

    Of the films being read, the one paused is the least urgent, and of those the last to arrive. Where no
    flag pauses a film, a paused film is resumed before another is begun. A radiologist whose shift ends
    finishes the film at hand, and interrupting films that wait.

    Args:
        films: In order of arrival.
        radiologists: Who read in each hour of the day, 24 values.
        discipline: Who is read next.
        wait_cap_min: A film that has waited so long counts as flagged, without pausing anybody.
    """
    room = _Room(films, radiologists, discipline, math.inf if wait_cap_min is None else wait_cap_min)
    return room.run() - films.arrival_min - films.reading_min


def urgency_ranks(films: Arrivals, discipline: Discipline) -> npt.NDArray[np.int64]:
    """Return each film's rank in the queue, lower first, shape (n_films,)."""
    flagged = FLAGGED if discipline is not Discipline.FIFO else NOT_FLAGGED
    ranks = np.where(films.flagged, flagged, NOT_FLAGGED)
    return np.where(films.interrupting, INTERRUPTING, ranks).astype(np.int64)


def shift_changes(radiologists: Sequence[int]) -> Iterator[tuple[float, int]]:
    """Yield, without end, the minute and the new number of radiologists at each change after midnight."""
    changes = [
        (hour, now)
        for hour, (before, now) in enumerate(
            zip([radiologists[-1], *radiologists], radiologists, strict=False)
        )
        if before != now
    ]
    for day in itertools.count() if changes else ():
        yield from ((60.0 * (HOURS * day + hour), now) for hour, now in changes if day or hour)


class _Room:
    """The state of the room: who is being read, who waits, how many read."""

    __slots__ = (
        "_arrival",
        "_cap",
        "_finished",
        "_keeps_rank",
        "_key",
        "_left",
        "_n",
        "_reading",
        "_shifts",
        "_staff",
        "_waiting",
    )

    def __init__(
        self, films: Arrivals, radiologists: Sequence[int], discipline: Discipline, cap: float
    ) -> None:
        self._n = len(films.arrival_min)
        self._arrival: list[float] = films.arrival_min.tolist()
        self._left: list[float] = films.reading_min.tolist()
        # One whole number orders films by rank, then arrival: comparing it is faster than comparing pairs.
        self._key: list[int] = (urgency_ranks(films, discipline) * self._n + np.arange(self._n)).tolist()
        self._keeps_rank = discipline is Discipline.PREEMPTIVE
        self._cap = cap
        self._staff = int(radiologists[0])
        self._shifts = shift_changes(radiologists)
        self._reading: list[tuple[float, int]] = []
        self._waiting: tuple[deque[int], ...] = tuple(deque() for _ in range(4))
        self._finished = np.empty(self._n)

    def run(self) -> npt.NDArray[np.float64]:
        """Read every film and return when each was finished, in minutes."""
        arrival, reading, n = self._arrival, self._reading, self._n
        finished, arrived = 0, 0
        change, staff = next(self._shifts, (math.inf, 0))
        while finished < n:
            done = reading[0][0] if reading else math.inf
            coming = arrival[arrived] if arrived < n else math.inf
            if done <= coming and done <= change:
                self._finish()
                finished += 1
            elif coming < change:
                self._arrive(arrived, coming)
                arrived += 1
            else:
                self._change_shift(staff, change)
                change, staff = next(self._shifts)
        return self._finished

    def _finish(self) -> None:
        now, film = heapq.heappop(self._reading)
        self._finished[film] = now
        if len(self._reading) < self._staff:
            self._fill(now)
        elif self._waiting[INTERRUPTING]:
            self._start(self._waiting[INTERRUPTING].popleft(), now)
        else:
            self._pause_for_flagged(now)

    def _change_shift(self, staff: int, now: float) -> None:
        self._staff = staff
        self._fill(now)
        self._pause_for_flagged(now)

    def _pause_for_flagged(self, now: float) -> None:
        """Let flagged films in that had to wait only because a radiologist was about to leave."""
        flagged = self._waiting[FLAGGED]
        while flagged and self._may_pause(FLAGGED) and self._pause(FLAGGED, now):
            self._start(flagged.popleft(), now)

    def _arrive(self, film: int, now: float) -> None:
        rank = self._key[film] // self._n
        if len(self._reading) < self._staff or (self._may_pause(rank) and self._pause(rank, now)):
            self._start(film, now)
        else:
            self._waiting[rank].append(film)

    def _may_pause(self, rank: int) -> bool:
        return rank == INTERRUPTING or (self._keeps_rank and len(self._reading) <= self._staff)

    def _start(self, film: int, now: float) -> None:
        heapq.heappush(self._reading, (now + self._left[film], film))

    def _pause(self, rank: int, now: float) -> bool:
        """Pause the least urgent film, if it is less urgent than this rank."""
        key = self._key
        victim = max(self._reading, key=lambda read: key[read[1]], default=None)
        if victim is None or key[victim[1]] // self._n <= rank:
            return False
        self._reading.remove(victim)
        heapq.heapify(self._reading)
        finish, film = victim
        self._left[film] = finish - now
        if not self._keeps_rank:
            key[film] = PAUSED * self._n + film
        bisect.insort(self._waiting[key[film] // self._n], film)
        return True

    def _fill(self, now: float) -> None:
        while len(self._reading) < self._staff and any(self._waiting):
            self._start(self._next(now), now)

    def _next(self, now: float) -> int:
        flagged, others = self._waiting[FLAGGED:]
        while others and now - self._arrival[others[0]] >= self._cap:
            film = others.popleft()
            self._key[film] = FLAGGED * self._n + film
            bisect.insort(flagged, film)
        return next(queue for queue in self._waiting if queue).popleft()
