"""`firstread recalibrate`: test a bundle on a site's own films, and fit it to them."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["NOT_ACCEPTED", "recalibrate"]

NOT_ACCEPTED = 1
"""Exit code when the bundle failed the acceptance test."""


def recalibrate(
    bundle: Annotated[Path, typer.Argument(help="The model: a bundle's folder.", show_default=False)],
    folder: Annotated[
        Path,
        typer.Argument(
            help="The site's films: in the layout NORMAL, PNEUMONIA or with a manifest.csv; with --unlabelled any.",
            show_default=False,
        ),
    ],
    out: Annotated[
        Path | None, typer.Option(metavar="NEWBUNDLE", help="Folder of the new bundle.", show_default=False)
    ] = None,
    accept_auroc: Annotated[
        float,
        typer.Option(min=0.5, max=0.9999, help="The lower 95 % limit of the AUROC must be above this."),
    ] = 0.90,
    unlabelled: Annotated[
        bool,
        typer.Option("--unlabelled", help="Films without labels: report how far they are, write no bundle."),
    ] = False,
    json: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write everything as JSON; - for standard output.")
    ] = None,
    settings: Annotated[Path | None, typer.Option(metavar="FILE", help="TOML file with settings.")] = None,
) -> None:
    """Test a bundle on a site's own films and write it anew with the site's calibration.

    About 200 films with labels: an acceptance test against a criterion stated
    before, then calibration and operating points of the site in a new bundle
    that names its parent. When the test fails nothing is written.

    Exit code: 0; 1 when the test failed; 2 when it was refused.
    """
    from firstread import config
    from firstread.edges.cli import recalibration_run

    loaded = config.load(settings)
    if unlabelled:
        if out is not None:
            raise typer.BadParameter("films without labels make no bundle; leave out --out or --unlabelled.")
        recalibration_run.survey(bundle, folder, json=json, settings=loaded)
        return
    if out is None:
        raise typer.BadParameter("name the new bundle's folder with --out, or ask for --unlabelled.")
    accepted = recalibration_run.recalibrate(
        bundle, folder, out=out, minimum_auroc=accept_auroc, json=json, settings=loaded
    )
    if not accepted:
        raise typer.Exit(NOT_ACCEPTED)
