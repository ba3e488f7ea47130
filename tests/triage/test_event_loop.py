"""Days in the reading room, followed by hand."""

from collections.abc import Callable
from itertools import islice

import pytest

from firstread.terms import Discipline
from firstread.triage import event_loop
from firstread.triage.arrivals import Arrivals
from firstread.triage.reading_room import HOURS

Films = Callable[..., Arrivals]
ONE, TWO = (1,) * HOURS, (2,) * HOURS


def waits(
    films: Arrivals, radiologists: tuple[int, ...], discipline: Discipline, **options: float
) -> list[float]:
    minutes = event_loop.waiting_times(films, radiologists, discipline=discipline, **options)
    return [round(float(value), 9) for value in minutes]


@pytest.mark.parametrize(
    ("discipline", "expected"),
    [
        (Discipline.FIFO, [0, 9, 18, 23]),
        # The flagged film that comes at 3 waits for the first to end, and goes before the one of 1.
        (Discipline.NON_PREEMPTIVE, [0, 14, 7, 23]),
        # It pauses the first at 3 for 5 min.
        (Discipline.PREEMPTIVE, [5, 14, 0, 23]),
    ],
)
def test_a_flagged_film_goes_first(films: Films, discipline: Discipline, expected: list[float]) -> None:
    arrived = films((0, 10, "normal"), (1, 11, "normal"), (3, 5, "hit"), (3, 2, "missed"))

    assert expected == waits(arrived, ONE, discipline)


@pytest.mark.parametrize("discipline", list(Discipline))
def test_an_interrupting_film_pauses_all_others(films: Films, discipline: Discipline) -> None:
    """It is read from 2 to 6; the paused film goes on before the flagged one is begun, or after it."""
    arrived = films((0, 10, "normal"), (1, 3, "hit"), (2, 4, "interrupting"))
    expected = {
        Discipline.FIFO: [4, 13, 0],
        Discipline.NON_PREEMPTIVE: [4, 13, 0],
        Discipline.PREEMPTIVE: [7, 4, 0],
    }

    assert expected[discipline] == waits(arrived, ONE, discipline)


def test_of_two_films_the_less_urgent_and_later_one_is_paused(films: Films) -> None:
    """The interrupting film of 2 takes the place of the film of 1, which goes on at 5."""
    arrived = films((0, 10, "normal"), (1, 10, "normal"), (2, 3, "interrupting"))

    assert [0, 3, 0] == waits(arrived, TWO, Discipline.FIFO)


def test_an_interrupting_film_waits_for_another(films: Films) -> None:
    arrived = films((0, 10, "interrupting"), (4, 1, "interrupting"))

    assert [0, 6] == waits(arrived, ONE, Discipline.PREEMPTIVE)


@pytest.mark.parametrize(("cap", "expected"), [(7, [0, 9, 10, 17]), (30, [0, 15, 8, 11])])
def test_a_film_that_waited_as_long_as_the_cap_goes_before_later_flagged_ones(
    films: Films, cap: float, expected: list[float]
) -> None:
    """When the first film ends at 10, the second has waited 9 min: it goes first under a cap of 7."""
    arrived = films((0, 10, "normal"), (1, 2, "normal"), (2, 3, "hit"), (2, 3, "hit"))
    # Read from 10 to 12, 12 to 15, 15 to 18; or from 16 to 18, 10 to 13, 13 to 16.
    expected[2:] = [10, 13] if cap == 7 else [8, 11]

    assert expected == waits(arrived, ONE, Discipline.NON_PREEMPTIVE, wait_cap_min=cap)


def test_a_cap_keeps_the_order_of_arrival_among_films_that_reached_it(films: Films) -> None:
    arrived = films((0, 10, "normal"), (1, 1, "hit"), (2, 1, "normal"), (3, 1, "hit"))

    assert [0, 9, 9, 9] == waits(arrived, ONE, Discipline.NON_PREEMPTIVE, wait_cap_min=0)


def test_nobody_reads_between_shifts(films: Films) -> None:
    """One radiologist until 1:00, none until 2:00: the film of 0:58 is finished, the film of 0:59 waits."""
    radiologists = (1, 0) + (1,) * 22
    arrived = films((58, 10, "normal"), (59, 5, "normal"))

    assert [0, 61] == waits(arrived, radiologists, Discipline.FIFO)


def test_who_leaves_still_reads_interrupting_films_that_wait(films: Films) -> None:
    radiologists = (1, 0) + (1,) * 22
    arrived = films((50, 15, "interrupting"), (58, 5, "interrupting"), (59, 5, "hit"))

    assert [0, 7, 61] == waits(arrived, radiologists, Discipline.PREEMPTIVE)


def test_who_is_about_to_leave_begins_no_flagged_film(films: Films) -> None:
    """Of two, one leaves at 1:00. The flagged film of 1:01 pauses the other's only once the first is gone."""
    radiologists = (2,) + (1,) * 23
    arrived = films((50, 15, "normal"), (51, 30, "normal"), (61, 4, "hit"))

    # The first film ends at 65; then the flagged one is read to 69 and the second goes on.
    assert [0, 4, 4] == waits(arrived, radiologists, Discipline.PREEMPTIVE)


def test_shifts_change_every_day() -> None:
    radiologists = (1,) * 8 + (2,) * 10 + (1,) * 6

    changes = list(islice(event_loop.shift_changes(radiologists), 4))

    assert [(480.0, 2), (1080.0, 1), (1920.0, 2), (2520.0, 1)] == changes
    assert [] == list(event_loop.shift_changes(ONE))


def test_a_change_at_midnight_is_a_change() -> None:
    radiologists = (1,) * 12 + (2,) * 12

    assert [(720.0, 2), (1440.0, 1)] == list(islice(event_loop.shift_changes(radiologists), 2))
