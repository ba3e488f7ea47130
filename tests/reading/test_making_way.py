"""Scoring waits for films that come thick and fast, and for nothing else."""

import threading

import pytest

from firstread.reading.making_way import MakingWay


class Time(threading.Event):
    """A clock that goes on while somebody waits, by no more than twenty milliseconds, and stops nobody."""

    now = 100.0

    def wait(self, timeout: float | None = None) -> bool:
        self.now += min(timeout or 0.02, 0.02)
        return self.is_set()

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def way(time: Time) -> MakingWay:
    return MakingWay(time)


def waited_s(way: MakingWay, time: Time, n_films: int) -> float:
    began = time.now
    way.step_back(n_films, stop=time)
    return time.now - began


def test_one_load_alone_is_not_waited_for(way: MakingWay, time: Time) -> None:
    way.hear()
    assert not way.is_due
    time.now += 1
    way.hear()
    assert not way.is_due
    assert 0 == waited_s(way, time, 64)


def test_loads_that_follow_each_other_are_waited_for_until_no_more_come(way: MakingWay, time: Time) -> None:
    way.hear()
    time.now += 0.1
    way.hear()

    assert way.is_due
    assert 0.25 == pytest.approx(waited_s(way, time, 64), abs=0.03)
    assert not way.is_due


def test_however_long_films_come_some_are_scored_all_along(way: MakingWay) -> None:
    """Sixty a second and worker, less what they take: fifteen milliseconds after each."""

    class Flood(Time):
        def wait(self, timeout: float | None = None) -> bool:
            way.hear()
            return super().wait(timeout)

    flood = Flood()
    way.clock = flood
    way.hear()
    way.hear()

    assert 0.96 == pytest.approx(waited_s(way, flood, 64), abs=0.03)
    assert 0.15 == pytest.approx(waited_s(way, flood, 10), abs=0.03)


def test_who_is_told_to_stop_waits_for_nothing(way: MakingWay, time: Time) -> None:
    way.hear()
    way.hear()
    time.set()

    assert waited_s(way, time, 64) <= 0.03
