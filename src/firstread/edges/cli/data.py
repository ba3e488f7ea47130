"""`firstread data`: look at a data folder, fetch one, or make one."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["data_commands"]

LEAKS_OR_UNREADABLE = 1

data_commands = typer.Typer(
    help="Look at a folder of films with labels, download one, or make one.", no_args_is_help=True
)


class _Source(StrEnum):
    KAGGLE_PNEUMONIA = "kaggle-pneumonia"


class _Format(StrEnum):
    JPEG = "jpeg"
    DICOM = "dicom"


class _Part(StrEnum):
    TRAIN = "train"
    VAL = "val"
    TEST = "test"


@data_commands.command(no_args_is_help=True)
def check(
    folder: Annotated[
        Path,
        typer.Argument(metavar="FOLDER", help="Holds train, val or test, with NORMAL and PNEUMONIA inside."),
    ],
    json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Print counts, class balance, copies of films, the map of patient numbers, and leakage.

    Exit code 0: fit to train and test on.

    Exit code 1: a film or a patient leaks between parts or classes, or a film cannot be read.

    Exit code 2: not a data folder.
    """
    from firstread import config
    from firstread.data.check import check_manifest
    from firstread.data.sources import read
    from firstread.edges.cli.data_tables import print_check, print_json
    from firstread.edges.cli.progress import progress
    from firstread.imaging.preprocess import Recipe

    settings = config.load()
    manifest = read(folder)
    with progress(len(manifest)) as advance:
        found = check_manifest(
            manifest,
            Recipe(),
            limits=settings.read,
            workers=settings.workers,
            on_progress=lambda _done, _total: advance(),
        )
    if json:
        print_json(found)
    else:
        print_check(found, folder)
    if found.leaks or found.unreadable:
        raise typer.Exit(LEAKS_OR_UNREADABLE)


@data_commands.command(no_args_is_help=True)
def download(
    source: Annotated[_Source, typer.Argument(metavar="SOURCE", help="kaggle-pneumonia.")],
    to: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="An empty or new folder; kagglehub's cache if absent."),
    ] = None,
) -> None:
    r"""Download a public data set: Kermany et al. 2018, 5,856 films of children, CC BY 4.0, 1.2 GB.

    It needs an extra: pip install 'firstread\[download]'

    Where the network refuses, it says what to do by hand.
    """
    from firstread.data import download as downloads
    from firstread.data.sources.kaggle_pneumonia import read_folder

    fetch = {_Source.KAGGLE_PNEUMONIA: downloads.kaggle_pneumonia}[source]
    folder = fetch(to)
    typer.echo(f"{len(read_folder(folder))} films in {folder}")
    typer.echo(f"Next: firstread data check {folder}")


@data_commands.command(no_args_is_help=True)
def synthesize(
    count: Annotated[int, typer.Argument(metavar="N", min=1, help="How many films.")],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="An empty or new folder.")],
    file_format: Annotated[_Format, typer.Option("--format", help="What to write.")] = _Format.JPEG,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same films.")] = 0,
    overwrite: Annotated[
        bool,
        typer.Option("--overwrite", help="Replace synthetic films in the folder; nothing else is touched."),
    ] = False,
    diseased_fraction: Annotated[
        float, typer.Option(min=0, max=1, help="How many of the films show pneumonia.")
    ] = 0.5,
    part: Annotated[_Part, typer.Option(help="The folder they are written to.")] = _Part.TRAIN,
) -> None:
    """Write radiographs that are nobody's, in folders as the public data has them.

    Drawn from eigen-radiographs, a little soft; every file says that it is synthetic.

    For trying things out, tests and pictures: figures measured on them say nothing about patients.
    """
    from firstread.data import synthetic
    from firstread.data.synthetic_file import FileFormat
    from firstread.edges.cli.progress import progress

    with progress(count, doing="Writing films") as advance:
        files = synthetic.generate(
            count,
            out,
            seed=seed,
            layout=FileFormat(file_format),
            diseased_fraction=diseased_fraction,
            part=part,
            overwrite=overwrite,
            on_progress=lambda _done, _total: advance(),
        )
    typer.echo(f"{len(files)} synthetic films in {out / part}")


@data_commands.command("fit-synthetic", hidden=True, no_args_is_help=True)
def fit_synthetic(
    folder: Annotated[Path, typer.Argument(help="The public training films.")],
    out: Annotated[Path, typer.Argument(help="The model, for src/firstread/data/synthetic.npz.")],
) -> None:
    """Fit the eigen-radiographs again, on the training part of the default split only."""
    import tempfile

    from firstread import config
    from firstread.data.eigen_fit import fit_manifest
    from firstread.data.sources.kaggle_pneumonia import read_folder

    settings = config.load()
    with tempfile.TemporaryDirectory() as cache:
        model = fit_manifest(
            read_folder(folder), cache_folder=Path(cache), limits=settings.read, workers=settings.workers
        )
    model.save(out)
    typer.echo(f"{out}: {len(model.components)} eigen-radiographs, {out.stat().st_size / 1e6:.1f} MB")


@data_commands.command("fit-lung-atlas", hidden=True, no_args_is_help=True)
def fit_lung_atlas(
    folder: Annotated[Path, typer.Argument(help="The public training films.")],
    out: Annotated[Path, typer.Argument(help="The atlas, for src/firstread/imaging/lung_atlas.npz.")],
) -> None:
    """Make the lung atlas again, from the training part of the default split only."""
    import tempfile

    from firstread import config
    from firstread.data import lung_atlas_fit
    from firstread.data.sources.kaggle_pneumonia import read_folder

    settings = config.load()
    with tempfile.TemporaryDirectory() as cache:
        atlas = lung_atlas_fit.fit_manifest(
            read_folder(folder), cache_folder=Path(cache), limits=settings.read, workers=settings.workers
        )
    lung_atlas_fit.save(atlas, out)
    typer.echo(f"{out}: lungs {atlas.lungs.mean():.1%} of the film, {out.stat().st_size / 1e3:.1f} kB")
