"""`firstread labels`: what readers agree on becomes a folder to learn from."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["labels"]


def labels(
    out: Annotated[
        Path,
        typer.Argument(metavar="DIR", help="New folder for the films and manifest.csv.", show_default=False),
    ],
    reader: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Only what this reader said; everybody if absent.", show_default=False
        ),
    ] = None,
    blinded_only: Annotated[
        bool, typer.Option("--blinded-only", help="Only what was said before the score was shown.")
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace labels that were written to DIR before.")
    ] = False,
    json: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the counts as JSON; - for standard output."),
    ] = None,
    folder: Annotated[
        str | None,
        typer.Option(metavar="DIR", help="Where films and readings are kept.", show_default="your data"),
    ] = None,
    settings: Annotated[
        Path | None, typer.Option(metavar="FILE", help="TOML file with settings; options go before it.")
    ] = None,
) -> None:
    """Write the films that readers agree on, with a manifest.csv of what they found.

    `firstread recalibrate` and `firstread train` take the folder. Films on
    which readers disagree or are unsure are left out, and so are those that
    were not scored. Patients are told apart by a pseudonym of the DICOM
    Patient ID or by Kaggle file names; the manifest names nobody.
    """
    from firstread import config
    from firstread.edges.cli import labels_run
    from firstread.reading.labels import Choice

    loaded = config.load(settings, flags={"store": {"folder": folder}})
    labels_run.run(out, Choice(reader, blinded_only), overwrite=overwrite, json=json, settings=loaded)
