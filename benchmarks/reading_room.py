"""Time a million simulated films, in the event loop and in SimPy; put the figures into docs/reading-room.md.

Run as `python benchmarks/reading_room.py`; `--quick` takes a hundredth of the films and writes no page.
"""

import argparse
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

import machine
import page
from figures import Figure, Goal, Report
from firstread.terms import Discipline
from firstread.triage.reading_room import HOURS, ReadingRoom, constant
from firstread.triage.simulation import Engine, simulate
from firstread.triage.wait_summary import summarise

__all__: list[str] = []

_PAGE = Path(__file__).resolve().parent.parent / "docs" / "reading-room.md"
_FILMS = 1_000_000
_REPLICATIONS = 20
_LIMIT_S = 60.0
# SimPy's time grows with the films as the loop's does; a tenth tells it.
_SIMPY_PART = 10


def _rooms() -> dict[str, ReadingRoom]:
    """Return rooms from the simplest to the one with most events a film."""
    day = (2.0,) * 8 + (10.0,) * 10 + (2.0,) * 6
    shifts = (1,) * 8 + (3,) * 10 + (1,) * 6
    return {
        "one radiologist, no pauses": ReadingRoom(constant(1e-9)).at_traffic(0.8),
        "two radiologists, interrupting films, flags pause": ReadingRoom(
            constant(1e-9), radiologists=(2,) * HOURS, interrupting=0.1, discipline=Discipline.PREEMPTIVE
        ).at_traffic(0.8),
        "day and night, shifts, interrupting films, wait cap": ReadingRoom(
            day, radiologists=shifts, interrupting=0.1, wait_cap_min=120.0
        ).at_traffic(0.8),
    }


def _seconds(room: ReadingRoom, films: int, engine: Engine) -> tuple[float, float]:
    """Return the time from drawing films to the finished table of waits: on the wall, and the processor's."""
    begun, busy = time.perf_counter(), time.process_time()
    simulated = simulate(
        room, films=films, replications=_REPLICATIONS, rng=np.random.default_rng(0), engine=engine
    )
    summarise(simulated)
    return time.perf_counter() - begun, time.process_time() - busy


def main() -> None:
    """Measure every room in both engines, one after the other."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="a hundredth of the films; writes no page")
    quick = parser.parse_args().quick
    films = _FILMS // 100 if quick else _FILMS
    figures = []
    for words, room in _rooms().items():
        wall, busy = _seconds(room, films, Engine.EVENT_LOOP)
        _, simpy = _seconds(room, films // _SIMPY_PART, Engine.SIMPY)
        ratio = busy / films / (simpy / (films // _SIMPY_PART))
        goal = Goal(f"≤ {_LIMIT_S:.0f} s", wall <= _LIMIT_S)
        figures.append(Figure(f"{words}: {films:,} films", "s", (wall,), goal=goal))
        figures.append(Figure("– processor time", "s", (busy,), ratio))
        figures.append(Figure(f"– SimPy, processor time, {films // _SIMPY_PART:,} films", "s", (simpy,)))
    report = Report(
        tuple(figures),
        "Films that count; each is read in order of arrival and with flags, and so are the films that warm the rooms. "
        "One process, one thread; drawing and the table of waits included. The ratio is processor time a film, event "
        "loop over SimPy.",
    )
    about = f"{datetime.now(UTC).date().isoformat()}, `python benchmarks/reading_room.py`, {machine.words()}."
    print(f"{report.table()}\n\n{report.note}\n\n{about}")
    if not quick:
        page.put(_PAGE, "speed", f"{report.table()}\n\n{report.note}\n\n{about}")


if __name__ == "__main__":
    main()
