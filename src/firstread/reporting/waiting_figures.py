"""How long films wait, with and without triage: the spread of waits, and the mean over traffic."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from firstread.reporting.plate import BLACK, DISEASED, GREY, NON_DISEASED, Plate, engrave
from firstread.terms import Discipline
from firstread.triage.arrivals import Group
from firstread.triage.reading_room import ReadingRoom
from firstread.triage.simulation import SimulatedFilms
from firstread.triage.traffic_curve import CurvePoint, theory_curve
from firstread.triage.wait_summary import GroupWaits

__all__ = ["traffic_plate", "waits_plate"]

_COLOURS = {Group.DISEASED: DISEASED, Group.NON_DISEASED: NON_DISEASED, Group.MISSED: BLACK}
_DASHES = {Group.DISEASED: "-", Group.NON_DISEASED: "--", Group.MISSED: "-."}
_MARKS = {Group.DISEASED: "o", Group.NON_DISEASED: "s", Group.MISSED: "^"}
_LINE_POINTS = 400
_THEORY_POINTS = 25


def waits_plate(films: SimulatedFilms, footnote: str) -> Plate:
    """Draw which share of each group still waits after so many minutes, with triage and without."""

    def draw(axes: Any) -> None:
        rarest = 1.0
        for group, colour in _COLOURS.items():
            mask = group.members(films.diseased, films.flagged)
            if mask.any():
                minutes, waiting = _still_waiting(films.triage_min[mask])
                axes.plot(minutes, waiting, color=colour, ls=_DASHES[group], label=f"{group}, with triage")
                rarest = min(rarest, 1 / int(mask.sum()))
        minutes, waiting = _still_waiting(films.fifo_min)
        axes.plot(minutes, waiting, color=GREY, ls=":", lw=2.2, label="every film, order of arrival")
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter("{x:g}")
        axes.set(xlabel="Waiting time t (min)", ylabel="Share of films that wait longer than t")
        axes.set(xlim=(0, None), ylim=(max(rarest, 1e-4), 1))
        axes.legend(loc="upper right")

    return engrave(
        "waiting_times",
        draw,
        title="How long films wait",
        reading="A line further to the left is read sooner. Missed films are diseased and not flagged; they wait "
        "with the non-diseased. The scale is logarithmic, so that the few who wait longest can be seen.",
        footnote=footnote,
    )


def _still_waiting(minutes: Any) -> tuple[Any, Any]:
    """Return moments and the share that waits longer, thinned so that a picture stays small."""
    shares = np.concatenate([[1.0], np.geomspace(1, max(1 / minutes.size, 1e-5), _LINE_POINTS)])
    moments = np.quantile(minutes, 1 - shares, method="inverted_cdf")
    # Films that do not wait at all make a step at 0, not a slope.
    moments[0] = 0.0
    return moments, shares


def traffic_plate(room: ReadingRoom, points: Sequence[CurvePoint], footnote: str) -> Plate:
    """Draw the mean wait over traffic: theory as lines where there is one, simulated points with intervals."""
    traffic = np.linspace(points[0].traffic, points[-1].traffic, _THEORY_POINTS).tolist()
    triage = theory_curve(room, room.discipline, traffic)
    fifo = theory_curve(room, Discipline.FIFO, traffic)

    def draw(axes: Any) -> None:
        for group, colour in _COLOURS.items():
            if triage is not None and group in triage:
                axes.plot(traffic, triage[group], color=colour, ls=_DASHES[group])
            label = f"{group}, with triage"
            _intervals(axes, points, group, "triage", color=colour, marker=_MARKS[group], label=label)
        if fifo is not None:
            axes.plot(traffic, fifo[Group.ALL], color=GREY, ls=":", lw=2.2)
        _intervals(
            axes, points, Group.ALL, "fifo", color=GREY, marker="D", label="every film, order of arrival"
        )
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter("{x:g}")
        axes.set(xlabel="Traffic: work that arrives / work that can be done")
        axes.set(ylabel="Mean waiting time (min)")
        axes.legend(loc="upper left", title=legend, alignment="left")

    legend = "marks: simulated" if fifo is None else "lines: theory, marks: simulated"
    return engrave(
        "waiting_over_traffic",
        draw,
        title="Mean waiting time over traffic",
        reading="Lines are what theory says, where it has a mean for this room; marks are simulated, with their "
        "intervals. Triage saves minutes only where films wait: in a quiet room there is nothing to save.",
        footnote=footnote,
    )


def _intervals(axes: Any, points: Sequence[CurvePoint], group: Group, arm: str, **looks: Any) -> None:
    known = [
        (point.traffic, waits) for point in points if isinstance(waits := point.groups[group], GroupWaits)
    ]
    if not known:
        return
    means = [getattr(waits, arm).mean for _, waits in known]
    minutes = [mean.minutes for mean in means]
    # On a logarithmic scale no interval reaches 0.
    reach = [
        [min(mean.minutes - mean.low, 0.99 * mean.minutes) for mean in means],
        [mean.high - mean.minutes for mean in means],
    ]
    traffic = [value for value, _ in known]
    axes.errorbar(traffic, minutes, yerr=reach, ls="none", ms=4.5, capsize=2, lw=1, **looks)
