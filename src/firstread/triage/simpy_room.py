"""The reading room told with SimPy: radiologists are a resource that films ask for, and may be taken from.

It shares the films and their ranks with `event_loop` and nothing else, so each is the other's oracle.
"""

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from firstread.terms import Discipline
from firstread.triage.arrivals import Arrivals
from firstread.triage.event_loop import (
    FLAGGED,
    INTERRUPTING,
    NOT_FLAGGED,
    PAUSED,
    shift_changes,
    urgency_ranks,
)

if TYPE_CHECKING:
    import simpy

__all__ = ["waiting_times"]

Story = Generator[Any, Any, None]


def waiting_times(
    films: Arrivals,
    radiologists: Sequence[int],
    *,
    discipline: Discipline,
    wait_cap_min: float | None = None,
) -> npt.NDArray[np.float64]:
    """Return how long each film waits, as `event_loop.waiting_times` does, with the same arguments."""
    import simpy

    env = simpy.Environment()
    reading_desk = simpy.PreemptiveResource(env, capacity=max(radiologists))
    room = _Room(env, reading_desk, films, discipline, wait_cap_min)
    env.process(room.shifts(radiologists))
    everybody = env.process(room.arrivals())
    env.run(until=everybody)
    return room.finished - films.arrival_min - films.reading_min


class _Room:
    """Films, shifts and the radiologists they share."""

    def __init__(
        self,
        env: "simpy.Environment",
        desk: "simpy.PreemptiveResource",
        films: Arrivals,
        discipline: Discipline,
        cap: float | None,
    ) -> None:
        self._env, self._desk, self._films, self._cap = env, desk, films, cap
        self._preemptive = discipline is Discipline.PREEMPTIVE
        self._ranks = urgency_ranks(films, discipline).tolist()
        self.finished = np.empty(len(films.arrival_min))

    def arrivals(self) -> Story:
        """Let the films come, and end when the last was read."""
        told = []
        for film, moment in enumerate(self._films.arrival_min.tolist()):
            yield self._env.timeout(moment - self._env.now)
            told.append(self._env.process(self._film(film, self._ranks[film])))
        yield self._env.all_of(told)

    def _film(self, film: int, rank: int) -> Story:
        """Wait for a radiologist, be read, perhaps in several pieces."""
        import simpy

        left = float(self._films.reading_min[film])
        preempt = self._preemptive or rank == INTERRUPTING
        begun = False
        while True:
            request = self._ask(rank, film, preempt=preempt)
            if self._cap is not None and rank == NOT_FLAGGED and not begun:
                yield request | self._env.timeout(self._cap)
                if not request.triggered:
                    request.cancel()
                    rank = FLAGGED
                    continue
            else:
                yield request
            begun, since = True, self._env.now
            try:
                yield self._env.timeout(left)
            except simpy.Interrupt:
                left -= self._env.now - since
                rank = rank if self._preemptive else PAUSED
                continue
            self._desk.release(request)
            self.finished[film] = self._env.now
            return

    def shifts(self, radiologists: Sequence[int]) -> Story:
        """Send radiologists home and let them come back at each change of shift."""
        away: list[Any] = []
        staff = max(radiologists)
        changes = shift_changes(radiologists)
        moment, wanted = 0.0, radiologists[0]
        while True:
            yield self._env.timeout(moment - self._env.now)
            for _ in range(staff - wanted):
                away.append(self._env.event())
                self._env.process(self._away(away[-1]))
            for _ in range(wanted - staff):
                away.pop().succeed()
            staff = wanted
            try:
                moment, wanted = next(changes)
            except StopIteration:
                return

    def _away(self, back: Any) -> Story:
        """Go home when the film at hand and the interrupting films that wait are read."""
        with self._ask(INTERRUPTING + 0.5, 0, preempt=False) as request:
            yield request | back
            if not back.triggered:
                # Nobody is called back from home: no film is more urgent than this.
                request.key = (-1,)
                # SimPy looks at the head of its queue only when somebody asks or leaves: ask for nothing, so
                # that a flagged film behind us may now pause another.
                with self._ask(NOT_FLAGGED + 1, 0, preempt=False):
                    pass
                yield back

    def _ask(self, rank: float, film: int, *, preempt: bool) -> Any:
        """Return a request for a radiologist; SimPy's whole-number priorities hold rank, then arrival."""
        priority = int(2 * rank) * len(self.finished) + film
        return self._desk.request(priority=priority, preempt=preempt)
