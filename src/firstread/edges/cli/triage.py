"""`firstread triage`: films in, a ranked reading worklist out."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

__all__ = ["NOTHING_SCORED", "Arrival", "triage"]

NOTHING_SCORED = 3
"""Exit code when there was no film that could be scored."""


class Arrival(StrEnum):
    """When films arrived."""

    TOGETHER = "together"
    MODIFIED = "modified"


def triage(
    paths: Annotated[list[Path], typer.Argument(help="Films, and folders of films.", show_default=False)],
    csv: Annotated[
        Path | None, typer.Option(help="Write the worklist as CSV; - for standard output.")
    ] = None,
    json: Annotated[
        Path | None, typer.Option(help="Write the worklist as JSON; - for standard output.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option(help="Write one page with films and heat maps, for any browser.")
    ] = None,
    heatmaps: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write each scored film with its heat map as PNG.")
    ] = None,
    bundle: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="The model; the one that comes with firstread if absent."),
    ] = None,
    top: Annotated[int, typer.Option(min=0, help="Films on screen; 0 for all.")] = 20,
    recursive: Annotated[bool, typer.Option(help="Also look into the folders of a folder.")] = True,
    arrival: Annotated[
        Arrival, typer.Option(help="Order of arrival: all came together, or by the files' times.")
    ] = Arrival.TOGETHER,
    wait_cap: Annotated[
        int | None,
        typer.Option(help="Places a film may stand below its order of arrival.", show_default="50"),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(help="Processes that open films.", show_default="one a processor")
    ] = None,
    threads: Annotated[
        int | None, typer.Option(help="Threads of the network.", show_default="one a processor")
    ] = None,
    batch_size: Annotated[
        int | None, typer.Option(help="Films in one pass of the network.", show_default="4")
    ] = None,
    timeout: Annotated[
        float | None, typer.Option(help="Seconds one film may take to open.", show_default="8")
    ] = None,
    settings: Annotated[
        Path | None, typer.Option(metavar="FILE", help="TOML file with settings; options go before it.")
    ] = None,
) -> None:
    """Rank films into a reading worklist: the most suspicious of pneumonia first.

    Every file given, and every file below a folder except hidden ones, is
    listed exactly once: with its probability and band (URGENT, REVIEW,
    ROUTINE), or, in the place it came in, with the reason why it was not
    scored. What is no film at all, such as a table, is listed last.

    Exit code: 0; 3 when nothing could be scored; 2 when it was refused.
    """
    from firstread import config
    from firstread.edges.cli.triage_run import Destinations, run

    flags: dict[str, dict[str, Any]] = {
        "workers": {"processes": workers, "timeout_s": timeout},
        "inference": {"threads": threads, "batch_size": batch_size},
        "worklist": {"wait_cap": wait_cap},
    }
    n_scored = run(
        paths,
        Destinations(csv=csv, json=json, html=html, heatmaps=heatmaps),
        bundle=bundle,
        settings=config.load(settings, flags=flags),
        top=top,
        recursive=recursive,
        by_modification=arrival is Arrival.MODIFIED,
    )
    if not n_scored:
        raise typer.Exit(NOTHING_SCORED)
