"""Many pages that look at once cost one look, and nobody is shown what is old."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from firstread.reading.recent_dashboards import RecentDashboards
from firstread.reading.standing_worklist import StandingWorklist
from firstread.reading.stretch import Stretch
from firstread.store.store import Store

NOW = 1_800_000_000.0


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Return a clock."""
    return Clock()


@pytest.fixture
def recent(store: Store, clock: Clock) -> RecentDashboards:
    """Return dashboards of an empty store."""
    return RecentDashboards(store, StandingWorklist(store.database, 50), clock)


def test_the_same_is_told_for_a_moment(
    recent: RecentDashboards, clock: Clock, arrive: Callable[..., list[int]]
) -> None:
    first = recent.look(Stretch.DAY, now=NOW)
    arrive("a", now=NOW)
    clock.now += 1.9
    again = recent.look(Stretch.DAY, now=NOW + 1.9)
    clock.now += 0.2
    later = recent.look(Stretch.DAY, now=NOW + 2.1)

    assert again is first
    assert (0, 1) == (first.arrived, later.arrived)


def test_each_stretch_and_each_zone_has_its_own(recent: RecentDashboards) -> None:
    day = recent.look(Stretch.DAY, now=NOW)

    assert 30 == len(recent.look(Stretch.DAYS_30, now=NOW).bins)
    assert 1800 == abs(day.begin - recent.look(Stretch.DAY, now=NOW, utc_offset_s=5400).begin) % 3600
    assert day is recent.look(Stretch.DAY, now=NOW)


def test_a_dear_look_is_repeated_less_often(store: Store) -> None:
    """A look that takes a second is told for ten: looking back has a tenth of a processor."""
    moments = iter([0.0, 1.0, 10.9, 11.1, 12.1])
    recent = RecentDashboards(store, StandingWorklist(store.database, 50), lambda: next(moments))

    first = recent.look(Stretch.DAYS_90, now=NOW)

    assert first is recent.look(Stretch.DAYS_90, now=NOW)
    assert first is not recent.look(Stretch.DAYS_90, now=NOW)


def test_who_asks_while_another_looks_gets_the_same(recent: RecentDashboards) -> None:
    with ThreadPoolExecutor(8) as readers:
        seen = list(readers.map(lambda _: recent.look(Stretch.WEEK, now=NOW), range(16)))

    assert 1 == len({id(each) for each in seen})


def test_not_every_zone_is_remembered_for_ever(recent: RecentDashboards) -> None:
    first = recent.look(Stretch.HOUR, now=NOW)
    for zone in range(1, 40):
        recent.look(Stretch.HOUR, now=NOW, utc_offset_s=900.0 * zone)

    assert first is not recent.look(Stretch.HOUR, now=NOW)
