"""Nobody reads the figures without what they cost."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from firstread.terms import Discipline
from firstread.triage.arrivals import Group
from firstread.triage.cautions import cautions, false_flag_share
from firstread.triage.reading_room import ReadingRoom
from firstread.triage.wait_summary import Estimate, GroupWaits, TooFewFilms, Waits

Room = Callable[..., ReadingRoom]


def waits(fifo: float, triage: float, *, longest: tuple[float, float] = (400.0, 400.0)) -> GroupWaits:
    def one(mean: float, maximum: float) -> Waits:
        estimate = Estimate(mean, mean - 0.1, mean + 0.1)
        return Waits(estimate, estimate, estimate, maximum)

    change = triage - fifo
    difference = Estimate(change, change - 0.1, change + 0.1)
    return GroupWaits(100, one(fifo, longest[0]), one(triage, longest[1]), difference)


def groups(**changed: GroupWaits | TooFewFilms) -> dict[Group, GroupWaits | TooFewFilms]:
    usual = {
        "ALL": waits(40, 40, longest=(890, 1293)),
        "DISEASED": waits(40, 6),
        "NON_DISEASED": waits(40, 43.8),
        "MISSED": waits(40, 56.6),
    }
    return {Group[name]: value for name, value in {**usual, **changed}.items()}


def test_seven_of_ten_flags_are_false(reading_room: Room) -> None:
    """By hand: .9 · .24 / (.9 · .24 + .1 · .95) = .6945."""
    room = reading_room(sensitivity=0.95, specificity=0.76)

    assert pytest.approx(0.216 / 0.311) == false_flag_share(room)
    assert "69.5% of the flags are false: so many of the flagged films" in cautions(room, groups())[0]


def test_false_flags_span_what_is_to_be_expected_of_the_model(reading_room: Room) -> None:
    """By hand at .8 and .7: .9 · .3 / (.9 · .3 + .1 · .8) = .7714; at a specificity of 1 there is none."""
    room = reading_room(sensitivity=0.95, specificity=0.76)
    limits = replace(room, sensitivity=0.8, specificity=0.7), replace(room, sensitivity=1, specificity=1)

    told = cautions(room, groups(), at_limits=limits)[0]

    assert "if sensitivity and specificity are just these, and 0.0% to 77.1% over what is to be" in told


def test_says_who_waits_longer(reading_room: Room) -> None:
    told = " ".join(cautions(reading_room(), groups()))

    assert "A missed pneumonia waits 16.6 min (16.5–16.7) longer than without the model" in told
    assert "Films without disease wait 3.8 min (3.7–3.9) longer" in told
    assert "the longest wait of all is longer than without the model. A wait cap limits this." in told
    assert "found no shorter time to diagnosis" in told


def test_what_has_no_interval_is_told_without_a_number(reading_room: Room) -> None:
    """A maximum grows with the number of simulated films: 1293 would be believed."""
    assert "1293" not in " ".join(cautions(reading_room(), groups()))


def test_says_nothing_that_is_not_so(reading_room: Room) -> None:
    """No missed film, no difference, no longer maximum: two sentences are left."""
    calm = groups(
        ALL=waits(40, 40), NON_DISEASED=waits(40, 40.05), MISSED=TooFewFilms("none"), DISEASED=waits(40, 6)
    )

    assert 2 == len(cautions(reading_room(), calm))


def test_a_cap_is_not_advised_to_who_has_one(reading_room: Room) -> None:
    room = replace(reading_room(discipline=Discipline.NON_PREEMPTIVE), wait_cap_min=60.0)

    assert "limits this" not in " ".join(cautions(room, groups()))


def test_a_model_that_flags_nothing_has_no_false_flags(reading_room: Room) -> None:
    room = reading_room(sensitivity=0.0, specificity=1.0)

    assert false_flag_share(room) is None
    assert "No film is flagged" in cautions(room, groups())[0]
