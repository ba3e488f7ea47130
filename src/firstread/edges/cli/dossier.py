"""`firstread dossier`: a bundle's card and the reporting checklists, filled from artefacts."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["dossier"]


def dossier(
    bundle: Annotated[Path, typer.Argument(help="A bundle's folder.", show_default=False)],
    out: Annotated[Path, typer.Option(metavar="DIR", help="New folder for the card and the checklists.")],
    report: Annotated[
        Path | None, typer.Option(metavar="FILE", help="report.json of `firstread evaluate`.")
    ] = None,
    explanations: Annotated[
        Path | None, typer.Option(metavar="FILE", help="JSON of `firstread explain`.")
    ] = None,
    simulation: Annotated[
        Path | None, typer.Option(metavar="FILE", help="JSON of `firstread simulate`.")
    ] = None,
) -> None:
    """Write MODEL_CARD.md and the checklists CLAIM, TRIPOD+AI, STARD-AI and 21 CFR 892.2080.

    Every answer comes from the bundle or from an account named here; an item
    that none of them answers prints as "not answered".
    """
    from firstread.appraisal.dossier import artefacts_of, checklists, files_of
    from firstread.edges.cli import report_folder
    from firstread.inference import bundle as bundles

    named = {"report": report, "explanations": explanations, "simulation": simulation}
    report_folder.check(out)
    model = bundles.load(bundle)
    filled = checklists(artefacts_of(model, {name: file for name, file in named.items() if file is not None}))
    report_folder.write(out, files_of(model, filled))
    for one in filled:
        typer.echo(f"{one.name}: {one.answered} of {len(one.items)} items answered")
    typer.echo(f"Written: {out}")
