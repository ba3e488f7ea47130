"""`firstread simulate`: how long films wait in a reading room, with and without triage."""

from pathlib import Path
from typing import Annotated

import typer

from firstread.terms import Discipline

__all__ = ["simulate"]


def simulate(
    bundle: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Take its screening point; the bundle that comes with firstread if absent."
        ),
    ] = None,
    sensitivity: Annotated[float | None, typer.Option(help="Instead of a bundle's.")] = None,
    specificity: Annotated[float | None, typer.Option(help="Instead of a bundle's.")] = None,
    prevalence: Annotated[float, typer.Option(help="Diseased fraction of the films.")] = 0.1,
    traffic: Annotated[
        float | None,
        typer.Option(
            help="Work that arrives over work that can be done, below 1.",
            show_default="0.8, or as --arrivals",
        ),
    ] = None,
    arrivals: Annotated[
        str | None, typer.Option(metavar="HOURS", help="Films an hour: 6, or by hours 8-18:10,18-8:2.")
    ] = None,
    radiologists: Annotated[
        str, typer.Option(metavar="HOURS", help="How many read: 2, or in shifts 8-18:3,18-8:1.")
    ] = "1",
    discipline: Annotated[
        Discipline, typer.Option(help="Whether a flagged film pauses the film at hand, or comes after it.")
    ] = Discipline.NON_PREEMPTIVE,
    wait_cap: Annotated[
        float | None,
        typer.Option(
            metavar="MIN", help="A film that has waited so long counts as flagged (non-preemptive)."
        ),
    ] = None,
    reading_time: Annotated[
        str,
        typer.Option(
            metavar="TIME",
            help="Of films without disease: mean minutes (exponential), constant:10, or log-normal:10:0.5 "
            "(mean, standard deviation over mean).",
        ),
    ] = "10",
    diseased_time: Annotated[
        str | None, typer.Option(metavar="TIME", help="Of diseased films.", show_default="as --reading-time")
    ] = None,
    interrupting: Annotated[
        float, typer.Option(help="Fraction of the films that interrupt every other, with or without triage.")
    ] = 0.0,
    interrupting_time: Annotated[
        str, typer.Option(metavar="TIME", help="Reading time of interrupting films.")
    ] = "5",
    films: Annotated[int, typer.Option(min=2, max=50_000_000, help="Simulated films that count.")] = 200_000,
    replications: Annotated[int, typer.Option(min=2, help="Independent rooms they come to.")] = 20,
    level: Annotated[float, typer.Option(help="Confidence of the intervals.")] = 0.95,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same figures.")] = 0,
    simpy: Annotated[
        bool, typer.Option("--simpy", help="Let SimPy tell the story: the same waits, slower.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="New folder for figures (PNG, SVG) and simulation.json."),
    ] = None,
) -> None:
    """Simulate a reading room with and without triage, and compare how long films wait.

    The same films are read twice: in order of arrival, and flagged films
    first. Waiting time ends where reading begins; pauses are added.

    Example: firstread simulate --arrivals 8-18:10,18-8:2 --radiologists 8-18:2,18-8:1
    """
    from firstread.edges.cli import reading_room_options as options
    from firstread.edges.cli.simulate_run import Asked, run
    from firstread.triage.reading_room import ReadingRoom

    point = options.room_point(sensitivity, specificity, bundle)
    others = options.reading_time("--reading-time", reading_time)
    room = ReadingRoom(
        # Without --arrivals every hour is alike, at a rate far below any limit until the traffic scales it.
        films_per_hour=options.by_hour("--arrivals", arrivals or "1e-9"),
        radiologists=options.whole_by_hour("--radiologists", radiologists),
        prevalence=prevalence,
        sensitivity=point.sensitivity,
        specificity=point.specificity,
        interrupting=interrupting,
        diseased_time=options.reading_time("--diseased-time", diseased_time) if diseased_time else others,
        non_diseased_time=others,
        interrupting_time=options.reading_time("--interrupting-time", interrupting_time),
        discipline=discipline,
        wait_cap_min=wait_cap,
    )
    if traffic is not None or arrivals is None:
        room = room.at_traffic(0.8 if traffic is None else traffic)
    run(
        Asked(room, point, films=films, replications=replications, level=level, seed=seed, simpy=simpy),
        json=json,
        out=out,
    )
