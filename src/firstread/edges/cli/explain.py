"""`firstread explain`: what a bundle's heat maps are worth."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["explain"]


class _Part(StrEnum):
    TRAINING = "training"
    TUNING = "tuning"


def explain(
    bundle: Annotated[Path, typer.Argument(metavar="BUNDLE", help="A folder that `firstread export` wrote.")],
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Films with labels and patients.")],
    part: Annotated[
        _Part, typer.Option(help="Of the bundle's own split. A test part is for `firstread evaluate`.")
    ] = _Part.TUNING,
    films: Annotated[
        int, typer.Option(min=2, help="Films to cover place by place, about 2 s each; half of each class.")
    ] = 100,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="A new or empty folder: figures and explanations.md.")
    ] = None,
    json: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Everything as JSON; - prints it.")
    ] = None,
    repeats: Annotated[int, typer.Option(min=100, help="Resamples of the patients.")] = 2000,
    seed: Annotated[int, typer.Option(min=0, help="Of the sample and of the resamples.")] = 0,
) -> None:
    """Ask a bundle's heat maps what they are worth.

    Where the heat lies against an atlas of the lungs, for every film. For some films also: agreement with occlusion,
    deletion and insertion curves against a random order, and what is left of the map when the last unit is random.

    Every figure is a mean with a 95 % interval clustered by patient. No film is written anywhere.
    """
    from firstread.edges.cli.explain_run import run

    run(bundle, folder, part=part.value, films=films, out=out, json=json, repeats=repeats, seed=seed)
