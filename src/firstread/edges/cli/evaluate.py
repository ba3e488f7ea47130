"""`firstread evaluate`: the whole account of a bundle on films with a reference standard."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["JudgedPart", "evaluate"]


class JudgedPart(StrEnum):
    """Which films of the folder."""

    TRAINING = "training"
    TUNING = "tuning"
    INTERNAL_TEST = "internal-test"
    EXTERNAL_TEST = "external-test"


def evaluate(
    bundle: Annotated[Path, typer.Argument(help="The model: a bundle's folder.", show_default=False)],
    folder: Annotated[
        Path,
        typer.Argument(
            help="Films in the layout train/NORMAL, train/PNEUMONIA …, or with a manifest.csv.",
            show_default=False,
        ),
    ],
    part: Annotated[
        JudgedPart,
        typer.Option(
            help="Films the bundle learned from, was tuned on, the test folder, or every film of a folder."
        ),
    ],
    out: Annotated[
        Path,
        typer.Option(metavar="DIR", help="New folder for report.html, report.md, report.json and figures."),
    ],
    against: Annotated[
        Path | None, typer.Option(metavar="DIR", help="A second bundle, compared on the same films.")
    ] = None,
    split: Annotated[
        str | None,
        typer.Option(help="id-block, patient-grouped or official.", show_default="as the bundle was made"),
    ] = None,
    ledger: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Where looks at test films are written down.",
            show_default="firstread-ledger.jsonl in FOLDER",
        ),
    ] = None,
    title: Annotated[
        str | None,
        typer.Option(
            help="Whose films these are, for reports and the model card.", show_default="name of FOLDER"
        ),
    ] = None,
    reference_standard: Annotated[
        str | None,
        typer.Option(
            help="How these films came by their labels, and what is known against them.",
            show_default="not stated",
        ),
    ] = None,
    films: Annotated[
        bool, typer.Option(help="Show the worst errors' films and name films in the report.")
    ] = True,
    json: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also write report.json here; - for standard output.")
    ] = None,
    settings: Annotated[Path | None, typer.Option(metavar="FILE", help="TOML file with settings.")] = None,
) -> None:
    """Write the whole account of a bundle: every figure with its interval, split and n.

    A look at test films (internal-test, external-test) is written into a
    ledger before a film is opened, and the report says how many looks there
    were. Nothing is written to DIR unless the whole report is.
    """
    from firstread import config
    from firstread.edges.cli.evaluation_run import run

    run(
        bundle,
        folder,
        part=part.value,
        out=out,
        against=against,
        split=split,
        ledger=ledger,
        title=title,
        reference_standard=reference_standard,
        films=films,
        json=json,
        settings=config.load(settings),
    )
