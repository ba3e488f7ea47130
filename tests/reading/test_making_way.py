"""Scoring waits for films that come thick and fast, and for nothing else."""

import threading

import pytest

from firstread.reading.making_way import COMING, OVER, MakingWay


class Stop(threading.Event):
    """Stops nobody, and counts who waits for it."""

    n_waits = 0

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        assert 0 < timeout < 0.1
        self.n_waits += 1
        return False


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def way(clock: Clock) -> MakingWay:
    return MakingWay(clock)


def steps_back(way: MakingWay) -> bool:
    stop = Stop()
    way.step_back(stop)
    return stop.n_waits > 0


def test_where_nothing_comes_nothing_is_waited_for(way: MakingWay) -> None:
    assert not steps_back(way)


def test_one_load_alone_is_not_waited_for(way: MakingWay, clock: Clock) -> None:
    way.hear(COMING)
    assert not steps_back(way)
    clock.now += 0.4
    way.hear(COMING)
    assert not steps_back(way)


def test_loads_that_follow_each_other_are_waited_for_until_no_more_come(way: MakingWay, clock: Clock) -> None:
    way.hear(COMING)
    for _ in range(3):
        clock.now += 0.1
        way.hear(COMING)
        assert steps_back(way)
    clock.now += 0.2
    assert steps_back(way)
    clock.now += 0.2
    assert not steps_back(way)


def test_when_no_load_is_on_its_way_any_more_nothing_is_waited_for(way: MakingWay, clock: Clock) -> None:
    for _ in range(3):
        way.hear(COMING)
        clock.now += 0.1
    assert steps_back(way)
    way.hear(OVER)
    assert not steps_back(way)
    clock.now += 0.1
    way.hear(OVER + COMING)
    assert steps_back(way)
