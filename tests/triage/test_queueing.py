"""Theory agrees with published rows, with textbook cases and with a chain solved by brute force."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from firstread.errors import UndefinedMetricError
from firstread.terms import Discipline
from firstread.triage import queueing
from firstread.triage.arrivals import Group
from firstread.triage.queueing import Stream
from firstread.triage.reading_room import ReadingRoom, ReadingTime, TimeShape

Room = Callable[..., ReadingRoom]
Rows = dict[str, Any]


@pytest.mark.parametrize("row", "ACDEFGHIJ")
def test_agrees_with_the_published_rows(golden_rows: Rows, row: str) -> None:
    golden = golden_rows[row]

    fifo = queueing.expected_waits(golden.room, Discipline.FIFO)
    with_flags = queueing.expected_waits(golden.room, Discipline.PREEMPTIVE)

    assert pytest.approx(golden.fifo, abs=1e-3) == fifo[Group.ALL]
    assert {group: pytest.approx(value, abs=1e-3) for group, value in golden.with_flags.items()} == {
        group: with_flags[group] for group in golden.with_flags
    }


def test_agrees_with_row_b_where_the_published_row_is_exact(golden_rows: Rows) -> None:
    """QuCAD approximates the lowest of three classes with two radiologists, by 0.05 min.

    Films read at one speed wait the same together, whoever of them is first: .18 · 0.390 + .82 · x = 18.286
    gives x = 22.215, where QuCAD prints 22.161. A chain of all three classes, cut off at 9 × 14 × 130 films
    and solved outright, gives 22.21473 and 0.39019.
    """
    golden = golden_rows["B"]

    fifo = queueing.expected_waits(golden.room, Discipline.FIFO)
    with_flags = queueing.expected_waits(golden.room, Discipline.PREEMPTIVE)

    assert pytest.approx(golden.fifo, abs=1e-3) == fifo[Group.ALL]
    assert pytest.approx(golden.with_flags[Group.FLAGGED], abs=1e-3) == with_flags[Group.FLAGGED]
    assert pytest.approx(22.21473, abs=1e-4) == with_flags[Group.NOT_FLAGGED]
    for group, published in golden.with_flags.items():
        assert pytest.approx(published, rel=0.003) == with_flags[group]


def test_agrees_with_row_k_once_every_class_is_made_exponential(golden_rows: Rows) -> None:
    """QuCAD gives a class that mixes 15 and 5 min one exponential time of the class's mean."""
    golden = golden_rows["K"]
    rate = golden.room.films_per_hour[0] / 60

    def exponential(share: float, mean_min: float) -> Stream:
        return Stream(rate * share, mean_min, 2 * mean_min**2)

    (fifo,) = queueing.one_radiologist([exponential(1, 6)], pausing=0)
    # Flagged: .09 diseased and .09 not. Not flagged: .01 and .81.
    mean = (0.01 * 15 + 0.81 * 5) / 0.82
    flagged, others = queueing.one_radiologist([exponential(0.18, 10), exponential(0.82, mean)], pausing=2)

    assert pytest.approx(golden.fifo, abs=1e-3) == fifo.of(6)
    first, last = flagged.of(10), others.of(mean)
    expected = (first, last, 0.9 * first + 0.1 * last, 0.1 * first + 0.9 * last)
    groups = (Group.FLAGGED, Group.NOT_FLAGGED, Group.DISEASED, Group.NON_DISEASED)
    for group, minutes in zip(groups, expected, strict=True):
        assert pytest.approx(golden.with_flags[group], abs=1e-3) == minutes


def test_a_mixture_of_reading_times_waits_longer_than_its_mean_promises(golden_rows: Rows) -> None:
    """Pollaczek and Khinchine by hand: λ E[S²] / 2 / (1 − ρ) = (2/15 · 90 / 2) / .2 = 30, not 24."""
    waits = queueing.expected_waits(golden_rows["K"].room, Discipline.FIFO)

    assert pytest.approx(30) == waits[Group.ALL]


@pytest.mark.parametrize(("row", "diseased"), [("A", 13.084), ("E", 12.780), ("F", 15.056), ("G", 9.756)])
def test_agrees_with_the_closed_form_without_pauses(golden_rows: Rows, row: str, diseased: float) -> None:
    waits = queueing.expected_waits(golden_rows[row].room, Discipline.NON_PREEMPTIVE)

    assert pytest.approx(diseased, abs=1e-3) == waits[Group.DISEASED]


def test_constant_reading_times_halve_the_wait(reading_room: Room) -> None:
    """M/D/1: ρ S / 2 / (1 − ρ)."""
    constant = ReadingTime(10.0, TimeShape.CONSTANT)

    room = reading_room(diseased_time=constant, non_diseased_time=constant)

    assert pytest.approx(20) == queueing.expected_waits(room, Discipline.FIFO)[Group.ALL]


def test_a_missed_film_with_a_long_reading_is_paused_more_often(reading_room: Room) -> None:
    """Pauses stretch 15 min by .24 / .76 of it, so a missed film waits 10 · .24 / .76 more than 5 min would."""
    room = reading_room(diseased_time=ReadingTime(15.0), non_diseased_time=ReadingTime(5.0))

    waits = queueing.expected_waits(room, Discipline.PREEMPTIVE)
    not_flagged = 0.01 / 0.82 * waits[Group.MISSED] + 0.81 / 0.82 * (waits[Group.MISSED] - 10 * 0.24 / 0.76)

    assert pytest.approx(waits[Group.NOT_FLAGGED]) == not_flagged


def test_a_model_that_flags_nothing_changes_nothing(reading_room: Room) -> None:
    room = reading_room(sensitivity=0.0, specificity=1.0, radiologists=3)

    waits = queueing.expected_waits(room, Discipline.PREEMPTIVE)

    assert Group.FLAGGED not in waits
    assert pytest.approx(queueing.expected_waits(room, Discipline.FIFO)[Group.ALL]) == waits[Group.MISSED]


@pytest.mark.parametrize(
    ("radiologists", "offered", "share"), [(1, 0.8, 0.8), (2, 1.0, 1 / 3), (3, 2.0, 4 / 9)]
)
def test_the_share_that_waits_is_erlangs(radiologists: int, offered: float, share: float) -> None:
    """By hand: ρ for one; 1/3 and 4/9 are the textbook's."""
    assert pytest.approx(share) == queueing.delayed_share(radiologists, offered)


def test_one_of_several_radiologists_is_one_radiologist() -> None:
    streams = [Stream(0.02, 10, 200), Stream(0.05, 10, 200)]
    for preemptive in (False, True):
        one = queueing.one_radiologist(streams, pausing=2 * preemptive)
        several = queueing.several_radiologists(1, streams, interrupting=None, preemptive=preemptive)

        assert [pytest.approx(wait.of(10)) for wait in one] == [wait.of(10) for wait in several]


@pytest.mark.parametrize(
    ("changes", "discipline", "words"),
    [
        ({"radiologists": (1,) * 12 + (2,) * 12}, Discipline.FIFO, "hours that are all alike"),
        (
            {"wait_cap_min": 60, "discipline": Discipline.NON_PREEMPTIVE},
            Discipline.NON_PREEMPTIVE,
            "A wait cap has no known mean",
        ),
        ({"radiologists": 2, "diseased_time": ReadingTime(15.0)}, Discipline.FIFO, "with one mean"),
        (
            {"radiologists": 2, "interrupting": 0.1},
            Discipline.NON_PREEMPTIVE,
            "several radiologists and interrupting films",
        ),
    ],
)
def test_says_where_theory_has_no_answer(
    reading_room: Room, changes: dict[str, Any], discipline: Discipline, words: str
) -> None:
    with pytest.raises(UndefinedMetricError, match=words):
        queueing.expected_waits(reading_room(**changes), discipline)


def test_a_wait_cap_leaves_the_order_of_arrival_alone(reading_room: Room) -> None:
    room = replace(reading_room(discipline=Discipline.NON_PREEMPTIVE), wait_cap_min=60.0)

    assert pytest.approx(40) == queueing.expected_waits(room, Discipline.FIFO)[Group.ALL]
