"""What `firstread simulate` does: refuse what cannot be written, simulate, then print and write."""

import json as json_lines
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import typer

from firstread.edges.cli import extras, report_folder
from firstread.edges.cli.progress import progress
from firstread.edges.cli.reading_room_options import RoomPoint
from firstread.errors import ConfigError, UndefinedMetricError
from firstread.terms import Discipline
from firstread.triage.arrivals import Group
from firstread.triage.cautions import cautions, false_flag_share
from firstread.triage.queueing import expected_waits
from firstread.triage.reading_room import ReadingRoom
from firstread.triage.simulation import Engine, SimulatedFilms, simulate, warm_up_films
from firstread.triage.traffic_curve import TRAFFIC, CurvePoint, traffic_curve
from firstread.triage.wait_summary import GroupWaits, TooFewFilms, summarise

__all__ = ["Asked", "Told", "run"]

_CURVE_FILMS = 100_000


@dataclass(frozen=True, slots=True)
class Asked:
    """A simulation as it was asked for."""

    room: ReadingRoom
    point: RoomPoint
    films: int
    replications: int
    level: float
    seed: int
    simpy: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What came out.

    Args:
        asked: What was simulated.
        groups: Simulated waiting times.
        theory: Mean waiting times by discipline, or why there are none.
        cautions: What the figures do not promise.
        curve: The same room at other traffic; empty where no figures were asked for.
    """

    asked: Asked
    groups: dict[Group, GroupWaits | TooFewFilms]
    theory: dict[Discipline, dict[Group, float] | str]
    cautions: tuple[str, ...]
    curve: tuple[CurvePoint, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return everything as JSON has it."""
        room = self.asked.room
        return {
            "settings": asdict(self.asked),
            "traffic": room.traffic,
            "warm_up_films": warm_up_films(room),
            "flagged_share": room.flagged,
            "false_flag_share": false_flag_share(room),
            "groups": {group: asdict(waits) for group, waits in self.groups.items()},
            "theory_mean_min": self.theory,
            "curve": [asdict(point) for point in self.curve],
            "cautions": self.cautions,
        }


def run(asked: Asked, *, json: bool, out: Path | None) -> None:
    """Simulate, print, and write where a folder is named."""
    import numpy as np

    from firstread.edges.cli.simulate_table import print_waits

    if not 0 < asked.level < 1:
        raise ConfigError(f"The confidence level must be in (0, 1); received {asked.level}.")
    if asked.simpy:
        extras.require("simpy", "--simpy")
    if out is not None:
        extras.require("matplotlib", "--out")
        report_folder.check(out)
    rng = np.random.default_rng(asked.seed)
    steps = asked.replications + (0 if out is None else len(TRAFFIC))
    with progress(steps, doing="Reading films") as advance:
        films = simulate(
            asked.room,
            films=asked.films,
            replications=asked.replications,
            rng=rng,
            engine=Engine.SIMPY if asked.simpy else Engine.EVENT_LOOP,
            on_progress=advance,
        )
        curve: tuple[CurvePoint, ...] = ()
        if out is not None:
            curve = traffic_curve(
                asked.room,
                films=min(asked.films, _CURVE_FILMS),
                replications=asked.replications,
                rng=rng,
                level=asked.level,
                on_progress=advance,
            )
    told = _told(asked, films, curve)
    text = json_lines.dumps(told.as_dict(), indent=2)
    if out is not None:
        _write(told, films, text, out)
    if json:
        typer.echo(text)
    else:
        print_waits(told)


def _told(asked: Asked, films: SimulatedFilms, curve: tuple[CurvePoint, ...]) -> Told:
    groups = summarise(films, level=asked.level)
    return Told(
        asked=asked,
        groups=groups,
        theory={
            discipline: _theory(asked.room, discipline)
            for discipline in (Discipline.FIFO, asked.room.discipline)
        },
        cautions=(
            *filter(None, [asked.point.caution]),
            *cautions(asked.room, groups, at_limits=_at_limits(asked)),
        ),
        curve=curve,
    )


def _at_limits(asked: Asked) -> tuple[ReadingRoom, ReadingRoom] | None:
    if asked.point.to_expect is None:
        return None
    sensitivity, specificity = asked.point.to_expect
    return (
        replace(asked.room, sensitivity=sensitivity.low, specificity=specificity.low),
        replace(asked.room, sensitivity=sensitivity.high, specificity=specificity.high),
    )


def _theory(room: ReadingRoom, discipline: Discipline) -> dict[Group, float] | str:
    try:
        return expected_waits(room, discipline)
    except UndefinedMetricError as error:
        return f"not defined: {error}"


def _write(told: Told, films: SimulatedFilms, text: str, out: Path) -> None:
    from firstread.reporting.waiting_figures import traffic_plate, waits_plate

    asked = told.asked
    footnote = (
        f"Simulated reading room, not patients. Prevalence {asked.room.prevalence:.3g}; sensitivity "
        f"{asked.room.sensitivity:.3f}, specificity {asked.room.specificity:.3f} ({asked.point.origin}); "
        f"{asked.room.discipline}; {asked.replications} replications; seed {asked.seed}"
    )
    alike = f"{footnote}; {asked.room.traffic:.2f} traffic; {films.diseased.size:,} films"
    each = f"{footnote}; {min(asked.films, _CURVE_FILMS):,} films a point; {asked.level:.0%} intervals"
    plates = [waits_plate(films, f"{alike}."), traffic_plate(asked.room, told.curve, f"{each}.")]
    pictures = {
        f"{plate.name}{end}": content
        for plate in plates
        for end, content in ((".png", plate.png), (".svg", plate.svg))
    }
    report_folder.write(out, {"simulation.json": text.encode(), **pictures})
