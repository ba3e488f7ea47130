"""`firstread dossier`: a bundle's card and the reporting checklists, filled from artefacts."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["dossier"]


def dossier(
    bundle: Annotated[Path, typer.Argument(help="A bundle's folder.", show_default=False)],
    out: Annotated[Path, typer.Option(metavar="DIR", help="New folder for the card and the checklists.")],
    report: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE", help="report.json of `firstread evaluate`; repeatable, one for each set of films."
        ),
    ] = None,
    explanations: Annotated[
        Path | None, typer.Option(metavar="FILE", help="JSON of `firstread explain`.")
    ] = None,
    simulation: Annotated[
        Path | None, typer.Option(metavar="FILE", help="JSON of `firstread simulate`.")
    ] = None,
    keep: Annotated[
        bool,
        typer.Option(
            "--keep", help="Also write the card, and what reports on test films found, into BUNDLE itself."
        ),
    ] = False,
) -> None:
    """Write MODEL_CARD.md and the checklists CLAIM, TRIPOD+AI, STARD-AI and 21 CFR 892.2080.

    Every answer comes from the bundle or from an account named here; an item
    that none of them answers prints as "not answered". With --keep the bundle
    carries what was found on test films from then on, and its later reports
    say it first; it stays the same bundle, with the same SHA-256.
    """
    from firstread.appraisal import dossier as dossiers
    from firstread.edges.cli import report_folder
    from firstread.inference import bundle as bundles

    report_folder.check(out)
    model = bundles.load(bundle)
    reports = {file: dossiers.account_in(file, model) for file in report or ()}
    named = {"explanations": explanations, "simulation": simulation}
    others = {name: dossiers.account_in(file, model) for name, file in named.items() if file is not None}
    judgements = dossiers.judgements_with(model, reports)
    filled = dossiers.checklists(
        dossiers.artefacts_of(model, reports=list(reports.values()), judgements=judgements, others=others)
    )
    card = dossiers.card_of(model, judgements)
    report_folder.write(out, dossiers.files_of(card, filled))
    if keep:
        bundles.record(model, judgements, model_card=card)
    for one in filled:
        typer.echo(f"{one.name}: {one.answered} of {len(one.items)} items answered")
    typer.echo(f"Evaluations on test films: {len(judgements)}{', kept in the bundle' if keep else ''}")
    typer.echo(f"Written: {out}")
