"""`firstread audit`: what a data set lets a model cheat with."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["LEAKS_OR_UNREADABLE", "audit"]

LEAKS_OR_UNREADABLE = 1
"""Exit code when a film or a patient leaks between parts or classes, or a film cannot be read."""


def audit(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER",
            help="Films in the layout train/NORMAL, train/PNEUMONIA …, or with a manifest.csv.",
            show_default=False,
        ),
    ],
    bundle: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Also audit a model: what moves its scores and is no disease."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="New folder for audit.html, audit.md, audit.json and figures."),
    ] = None,
    json: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write audit.json here; - for standard output.")
    ] = None,
    films: Annotated[int, typer.Option(min=20, help="Films of each class that are changed, at most.")] = 250,
    names: Annotated[
        bool, typer.Option(help="Name films in what is written; else they are numbered.")
    ] = True,
    seed: Annotated[int, typer.Option(min=0, help="Of random splits, resamples and noise.")] = 20,
    settings: Annotated[Path | None, typer.Option(metavar="FILE", help="TOML file with settings.")] = None,
) -> None:
    """Show what this data lets a model cheat with, and how far a bundle does.

    Patients and copies, what the files give away, what a model gets that sees
    no lung, and how much of a figure is owed to the split. With --bundle: how
    far its scores move when films are re-encoded, cropped, turned … (only
    films it did not learn from), and what is left when films get worse.

    Exit code 1: a film or a patient leaks, or a film cannot be read.
    """
    from firstread import config
    from firstread.edges.cli.audit_run import run

    clean = run(
        folder,
        bundle=bundle,
        out=out,
        json=json,
        most_films=films,
        names=names,
        seed=seed,
        settings=config.load(settings),
    )
    if not clean:
        raise typer.Exit(LEAKS_OR_UNREADABLE)
