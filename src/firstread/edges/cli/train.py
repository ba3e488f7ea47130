"""`firstread train` and `firstread export`: from folders of films to a bundle."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from firstread.inference.bundle import Bundle

__all__ = ["Cache", "cache_folder", "export", "train"]

Settings = Annotated[
    Path | None, typer.Option("--settings", help="TOML file of settings.", show_default=False)
]
Cache = Annotated[
    Path | None,
    typer.Option("--cache", help="Folder of decoded films.", show_default="the user's cache"),
]


def train(
    folder: Annotated[
        Path,
        typer.Argument(help="Films in the layout train/NORMAL, train/PNEUMONIA …, or with a manifest.csv."),
    ],
    run: Annotated[
        Path, typer.Option("--run", help="Folder of this run; the same again goes on after a kill.")
    ],
    also: Annotated[
        list[Path] | None,
        typer.Option(
            help="Another such folder, whose train part is learned from only: stopping, calibration and thresholds "
            "stay FOLDER's own; repeatable."
        ),
    ] = None,
    architecture: Annotated[
        str | None,
        typer.Option(
            help="baseline, mobilenet_v2, efficientnet_v2_b0, densenet121, resnet50_v2 or efficientnet_lite0."
        ),
    ] = None,
    weights: Annotated[
        str | None, typer.Option(help="imagenet, none, a .h5 file, or a bundle to go on from.")
    ] = None,
    split: Annotated[str | None, typer.Option(help="id-block, patient-grouped or official.")] = None,
    epochs: Annotated[int | None, typer.Option(min=1)] = None,
    head_epochs: Annotated[
        int | None, typer.Option(min=0, help="Epochs in which only the head learns.")
    ] = None,
    side: Annotated[int | None, typer.Option(help="Rows and columns the network sees.")] = None,
    batch_size: Annotated[int | None, typer.Option(min=1)] = None,
    learning_rate: Annotated[float | None, typer.Option(help="Peak rate once the backbone learns.")] = None,
    batch_norm: Annotated[str | None, typer.Option(help="frozen or adapt.")] = None,
    seed: Annotated[int | None, typer.Option()] = None,
    seeds: Annotated[
        int,
        typer.Option(
            min=1,
            help="Train so often, with successive seeds; the bundle is that with the median tuning loss.",
        ),
    ] = 1,
    max_films: Annotated[
        int | None, typer.Option(min=1, help="Use so many films of each class of a folder.")
    ] = None,
    backend: Annotated[
        str | None, typer.Option(help="tensorflow, jax or torch.", show_default="KERAS_BACKEND")
    ] = None,
    devices: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Share every batch; needs --backend jax. Without accelerators: virtual ones, a rehearsal.",
        ),
    ] = None,
    cache: Cache = None,
    settings: Settings = None,
) -> None:
    """Train a network on a folder of films and write its bundle; resumes after a kill."""
    from firstread import config
    from firstread.edges.cli.training_progress import TrainingProgress
    from firstread.learning.backend import choose

    flags = {
        "architecture": architecture,
        "weights": weights,
        "split": split,
        "epochs": epochs,
        "head_epochs": head_epochs,
        "side": side,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
        "batch_norm": batch_norm,
        "seed": seed,
        "max_films": max_films,
        "devices": devices,
    }
    loaded = config.load(settings, flags={"training": flags})
    chosen = choose(backend)
    from firstread.learning import train as training  # Keras loads with the backend chosen above

    with TrainingProgress() as progress:
        bundle = training.train(
            folder,
            run,
            also=also or (),
            config=loaded,
            backend=chosen,
            cache_folder=cache or cache_folder(),
            observer=progress,
            seeds=seeds,
        )
    _tell(bundle)


def export(
    run: Annotated[Path, typer.Argument(help="Folder of a finished run.")],
    note: Annotated[
        list[str] | None,
        typer.Option(
            help="A sentence for the model card, which says that it is stated and not measured; repeatable."
        ),
    ] = None,
    cache: Cache = None,
    settings: Settings = None,
) -> None:
    """Write the bundle of a finished run again, proven to score as the trained network does."""
    from firstread import config
    from firstread.learning.backend import EXPORTING_BACKEND, choose

    choose(EXPORTING_BACKEND)
    from firstread.learning import train as training  # Keras loads with the backend chosen above

    loaded, folder = config.load(settings), cache or cache_folder()
    _tell(training.export_run(run, config=loaded, cache_folder=folder, notes=note or ()))


def cache_folder() -> Path:
    """Return where decoded films are kept when nobody says otherwise."""
    import platformdirs

    return platformdirs.user_cache_path("firstread") / "films"


def _tell(bundle: "Bundle") -> None:
    """Print what was made and what it promises."""
    tuning = bundle.facts["metrics"]["tuning"]
    point = tuning["operating_points"]["screening"]
    auroc = tuning["auroc"]
    first, *others = bundle.facts["data"]["sources"]
    whose = f" of {first['name']} alone" if others else ""
    typer.echo(
        f"Bundle: {bundle.folder}\n"
        f"Tuning part{whose}, {tuning['n_films']} films: AUROC {auroc['estimate']:.4f} "
        f"({auroc['low']:.4f} to {auroc['high']:.4f}); screening point {point['threshold']:.4f}: "
        f"sensitivity {point['sensitivity']['estimate']:.3f}, specificity {point['specificity']['estimate']:.3f}.\n"
        f"Try it: firstread triage FOLDER --bundle {bundle.folder}"
    )
