"""What the figures of a simulated reading room do not promise."""

from collections.abc import Mapping

from firstread.triage.arrivals import Group
from firstread.triage.reading_room import ReadingRoom
from firstread.triage.wait_summary import Estimate, GroupWaits, TooFewFilms

__all__ = ["cautions", "false_flag_share"]


def false_flag_share(room: ReadingRoom) -> float | None:
    """Return the non-diseased fraction of the flagged films (1 − PPV), None where no film is flagged."""
    false = (1 - room.prevalence) * (1 - room.specificity)
    return false / room.flagged if room.flagged else None


def cautions(
    room: ReadingRoom,
    groups: Mapping[Group, GroupWaits | TooFewFilms],
    *,
    at_limits: tuple[ReadingRoom, ReadingRoom] | None = None,
) -> tuple[str, ...]:
    """Return, in sentences, what a reader of these figures would otherwise miss.

    Args:
        room: What was simulated.
        groups: How long films waited in it.
        at_limits: The room at the lowest sensitivity and specificity to expect of the model, and at the highest; None
            where nobody looked.
    """
    return tuple(
        sentence
        for sentence in (
            _false_flags(room, at_limits),
            _missed(groups[Group.MISSED]),
            _non_diseased(groups[Group.NON_DISEASED]),
            _maximum(room, groups),
            "This is a model of a reading room, not a measurement of one. It says nothing about outcomes: a "
            "randomised trial of such triage (LungIMPACT, 2026) found no shorter time to diagnosis.",
        )
        if sentence
    )


def _false_flags(room: ReadingRoom, at_limits: tuple[ReadingRoom, ReadingRoom] | None) -> str:
    share = false_flag_share(room)
    if share is None:
        return "No film is flagged at this operating point."
    return (
        f"{share:.1%} of the flags are false: so many of the flagged films are non-diseased at a prevalence of "
        f"{room.prevalence:.1%}, if sensitivity and specificity are just these{_false_at(at_limits)}."
    )


def _false_at(at_limits: tuple[ReadingRoom, ReadingRoom] | None) -> str:
    if at_limits is None:
        return ""
    worst, best = (false_flag_share(room) or 0.0 for room in at_limits)
    return f", and {best:.1%} to {worst:.1%} over what is to be expected of them"


def _missed(waits: GroupWaits | TooFewFilms) -> str:
    if isinstance(waits, TooFewFilms) or waits.difference.low <= 0:
        return ""
    return f"A missed pneumonia waits {_longer(waits.difference)} than without the model, on average."


def _non_diseased(waits: GroupWaits | TooFewFilms) -> str:
    if isinstance(waits, TooFewFilms) or waits.difference.low <= 0:
        return ""
    return (
        f"Films without disease wait {_longer(waits.difference)} on average: triage moves waiting time, it makes none "
        "disappear."
    )


def _longer(difference: Estimate) -> str:
    return f"{difference.minutes:.1f} min ({difference.low:.1f}–{difference.high:.1f}) longer"


def _maximum(room: ReadingRoom, groups: Mapping[Group, GroupWaits | TooFewFilms]) -> str:
    diseased, everyone = groups[Group.DISEASED], groups[Group.ALL]
    if isinstance(diseased, TooFewFilms) or isinstance(everyone, TooFewFilms):
        return ""
    if diseased.difference.high >= 0 or everyone.triage.maximum_min <= everyone.fifo.maximum_min:
        return ""
    cap = "" if room.wait_cap_min is not None else " A wait cap limits this."
    return (
        f"The mean of the diseased falls, and the longest wait of all is longer than without the model.{cap}"
    )
