"""`firstread bundle`: look at a model, or verify it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from firstread.inference.bundle import Bundle

__all__ = ["bundle_commands"]

bundle_commands = typer.Typer(help="Look at a model and everything it needs.", no_args_is_help=True)

_Folder = Annotated[
    Path | None,
    typer.Argument(
        metavar="[BUNDLE]", help="A bundle's folder; the one that comes with firstread if absent."
    ),
]


@bundle_commands.command()
def show(
    bundle: _Folder = None,
    everything: Annotated[bool, typer.Option("--all", help="Print every fact the bundle states.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Print where a model comes from and what to expect of it."""
    from firstread.edges.cli.bundle_summary import bundle_values, summary_table

    model = _load(bundle)
    if json:
        from json import dumps

        typer.echo(dumps(bundle_values(model), indent=2, ensure_ascii=False, allow_nan=False))
        return
    from rich.console import Console

    from firstread.edges.cli.bundle_facts import facts_table, points_table

    console = Console(highlight=False)
    console.print(facts_table(model) if everything else summary_table(model))
    console.print(points_table(model))
    if not everything:
        console.print("Everything the bundle states: --all, or --json.", style="dim")


@bundle_commands.command()
def verify(bundle: _Folder = None) -> None:
    """Check every part's hash and that the parts fit, and run the network once."""
    from firstread.config import Inference
    from firstread.inference.predictor import Predictor

    model = _load(bundle)
    Predictor(model, settings=Inference())
    typer.echo(f"{model.folder}: every part matches its hash and the others. SHA-256 {model.sha256}")


def _load(folder: Path | None) -> "Bundle":
    from firstread.inference import bundle as bundles

    return bundles.load(folder or bundles.shipped())
