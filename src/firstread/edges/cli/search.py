"""`firstread search`: ways of training compared on films that were held out."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from firstread.edges.cli.train import Cache

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firstread.evaluation.method_comparison import Method

__all__ = ["search"]


def search(
    run: Annotated[
        Path,
        typer.Option(
            "--run", metavar="DIR", help="Folder of the comparison; the same again goes on after a kill."
        ),
    ],
    folder: Annotated[
        Path | None,
        typer.Argument(
            help="Films in the layout train/NORMAL, train/PNEUMONIA …, or with a manifest.csv.",
            show_default=False,
        ),
    ] = None,
    candidates: Annotated[
        Path | None, typer.Argument(help="TOML file of what is compared.", show_default=False)
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, help="Trainings of each candidate on each fold.")] = 3,
    folds: Annotated[
        str,
        typer.Option(
            metavar="NAMES", help="What is held out in turn: look-alikes, or the number of a block."
        ),
    ] = "look-alikes,0,1,2,3,4",
    external: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=DIR", help="Films of another hospital, for the direction of its AUROC; repeatable."
        ),
    ] = None,
    weights: Annotated[
        str, typer.Option(help="Where candidates start that do not say: imagenet, none, a file, or a bundle.")
    ] = "imagenet",
    backend: Annotated[
        str | None, typer.Option(help="tensorflow, jax or torch.", show_default="KERAS_BACKEND")
    ] = None,
    cache: Cache = None,
    table: Annotated[
        bool, typer.Option("--table", help="Train nothing; write the table of what is finished again.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print search.json.")] = False,
) -> None:
    """Compare ways of training on films that were held out, and write the table.

    One training for each candidate, fold and seed; a finished one is not
    repeated. CANDIDATES has tables "training" and "augmentation" for all, and
    a list "candidates": each with a name, why it is tried in a sentence, and
    settings of its own such as training.low_pass_px = 3. The first is the base.

    Example: firstread search films candidates.toml --run runs/search
    """
    if table:
        from firstread.learning.search_record import SearchFolder

        methods = SearchFolder(run).write_table()
    elif folder is None or candidates is None:
        raise typer.BadParameter("name the folder of films and the file of candidates, or ask for --table.")
    else:
        from firstread.edges.cli.search_run import Asked, compare

        asked = Asked(folder, candidates, folds, seeds, external or (), weights, backend)
        methods = compare(asked, run=run, cache=cache)
    _tell(run, methods, json=json)


def _tell(run: Path, methods: "Sequence[Method]", *, json: bool) -> None:
    if json:
        typer.echo((run / "search.json").read_text(), nl=False)
        return
    for method in methods:
        figure = "–" if method.combined is None else f"{method.combined.mean:.2f}"
        n = len(method.seeds)
        typer.echo(
            f"{method.candidate}: F {figure}, {n} seed{'' if n == 1 else 's'}, {', '.join(method.folds)}"
        )
    typer.echo(f"Table: {run / 'search.md'}")
