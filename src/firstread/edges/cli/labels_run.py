"""One writing of labels: with progress, told with every caution that belongs to it."""

import time
from collections.abc import Iterator
from dataclasses import asdict
from json import dumps
from pathlib import Path

import typer

from firstread.config import Config
from firstread.edges.cli import destinations
from firstread.edges.cli.destinations import STDOUT
from firstread.edges.cli.progress import stages
from firstread.reading import label_folder
from firstread.reading.label_folder import LabelFolder
from firstread.reading.labels import Choice
from firstread.store.accounts import THIS_COMPUTER
from firstread.store.store import join_store

__all__ = ["run"]


def run(out: Path, choice: Choice, *, overwrite: bool, json: Path | None, settings: Config) -> None:
    """Write labels of a store into a folder, and tell of them."""
    if json is not None:
        destinations.check_file(json, (".json",))
    with join_store(settings.store) as store, stages() as show:
        made = label_folder.write(
            store,
            out,
            choice,
            config=settings,
            actor=THIS_COMPUTER,
            now=time.time(),
            overwrite=overwrite,
            on_progress=show,
        )
    for line in _told(made, out):
        typer.echo(line, err=json == STDOUT)
    cautions = list(_cautions(made, out))
    for caution in cautions:
        typer.echo(f"caution: {caution}", err=True)
    if json is not None:
        values = {"folder": str(out), **asdict(made), "cautions": cautions}
        with destinations.written(json) as stream:
            stream.write((dumps(values, indent=2, ensure_ascii=False) + "\n").encode())


def _told(made: LabelFolder, out: Path) -> Iterator[str]:
    yield (
        f"Labels: {_films(made.n_present + made.n_absent)} of {made.n_patients} patients, "
        f"{made.n_present} with pneumonia and {made.n_absent} without, in {out}"
    )
    left_out = {
        "a reader is unsure": made.n_uncertain,
        "readers disagree": made.n_disagreed,
        "not scored": made.n_not_scored,
        "gone or damaged": made.n_unopened,
        "official test part": made.n_official_test,
    }
    if any(left_out.values()):
        yield f"Left out: {', '.join(f'{n} {why}' for why, n in left_out.items() if n)}"
    told_apart = {
        "by DICOM Patient ID": made.n_by_header,
        "by Kaggle file name": made.n_by_name,
        "unknown": made.n_unknown,
    }
    yield f"Patients of films: {', '.join(f'{n} {how}' for how, n in told_apart.items() if n)}"
    yield f"Next: firstread recalibrate BUNDLE {out} --out NEWBUNDLE, or firstread train {out}"


def _cautions(made: LabelFolder, out: Path) -> Iterator[str]:
    if made.n_official_test:
        yield (
            f"{_films(made.n_official_test)} left out that by name are of the official test part of the Kaggle data: a "
            "model that learned from them could not be judged on it any more."
        )
    if made.n_unknown:
        yield (
            f"it is not known whose film it is for {_films(made.n_unknown)}; each counts as a patient of its own. "
            "Where one patient has several, figures will look better than they are: correct the column patient of "
            f"{out / 'manifest.csv'} before you use it."
        )
    if made.n_dicom:
        yield (
            f"{_films(made.n_dicom)} are DICOM files as they came, which may hold names: the manifest names nobody, "
            "the films may. Keep the folder as you keep them."
        )


def _films(n: int) -> str:
    return f"{n} film{'s' * (n != 1)}"
