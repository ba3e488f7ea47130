"""The whole way: folders of films in, a run with its bundle out."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Protocol

from firstread.config import Config, Training, as_dict
from firstread.data.film_cache import FilmCache
from firstread.errors import ExportError
from firstread.imaging.preprocess import Recipe
from firstread.inference import bundle as bundles
from firstread.inference.bundle import Bundle
from firstread.learning import data_set
from firstread.learning.backend import EXPORTING_BACKEND
from firstread.learning.callbacks import Observer
from firstread.learning.data_set import DataSet
from firstread.learning.devices import require_devices
from firstread.learning.export import export
from firstread.learning.fit import Films, asked, fit
from firstread.learning.kept_network import trainings
from firstread.learning.run_folder import RunFolder
from firstread.learning.weights import require_start

__all__ = ["TrainObserver", "export_run", "train"]


class TrainObserver(Observer, Protocol):
    """Somebody who watches everything from the films to the bundle."""

    def read(self, films: DataSet) -> None:
        """Films were listed and split; none is decoded yet."""

    def training_began(self, number: int, trainings: int, seed: int) -> None:
        """One of several trainings begins or goes on; `number` counts from 1."""


def train(
    folder: Path,
    run_folder: Path,
    *,
    also: Sequence[Path] = (),
    config: Config,
    backend: str,
    cache_folder: Path,
    observer: TrainObserver,
    seeds: int = 1,
) -> Bundle:
    """Train on folders of films, or go on with the run that was begun, and write its bundle.

    With several seeds every training has a folder of its own in that of the run, and the bundle is that of the training
    with the median tuning loss.

    Args:
        folder: In the layout of the Kaggle data set or with a manifest.csv; a part of it is tuned on.
        run_folder: Of this run.
        also: Folders whose films are learned from only.
        config: Every section.
        backend: Keras' engine, already chosen.
        cache_folder: Where decoded films are kept.
        observer: Told of every step.
        seeds: How many trainings there are, with seeds from `training.seed` on.

    Raises:
        FirstreadError: If the films, the weights or the settings do not fit; see `fit` and `export`.
    """
    require_start(config.training)
    recipe = Recipe(height=config.training.side, width=config.training.side)
    films = data_set.read(folder, config.training, also=also)
    observer.read(films)
    batch_size = min(config.training.batch_size, len(films.split.training))
    require_devices(config.training.devices, batch_size=batch_size)
    data = {"folder": str(folder.absolute()), "also": [str(other.absolute()) for other in also]}

    def begin(run: RunFolder, config: Config, own: dict[str, int]) -> None:
        settings = asked(config, manifest_hash=films.hash, recipe=recipe, backend=backend)
        run.open(settings | _asked_also(films) | own)
        run.write_json("data.json", data)

    run = RunFolder(run_folder)
    begin(run, config, {"seeds": seeds} if seeds > 1 else {})
    cache = FilmCache.build(
        films.manifest,
        recipe,
        folder=cache_folder,
        limits=config.read,
        workers=config.workers,
        on_progress=observer.decoded,
    )
    for index, one in enumerate(trainings(run)):
        own = replace(config, training=replace(config.training, seed=config.training.seed + index))
        if one != run:
            observer.training_began(index + 1, seeds, own.training.seed)
            begin(one, own, {})
        fit(Films(cache, films.split), one, recipe=recipe, config=own, observer=observer)
    if backend != EXPORTING_BACKEND:
        return _export_elsewhere(run, config=config, cache_folder=cache_folder)
    return export(run, films, config=config, cache_folder=cache_folder, today=date.today())  # noqa: DTZ011  # the user's day


def export_run(run_folder: Path, *, config: Config, cache_folder: Path, notes: Sequence[str] = ()) -> Bundle:
    """Write the bundle of a finished run again.

    Args:
        run_folder: Of the run.
        config: Sections `read` and `workers` are used.
        cache_folder: Where decoded films are kept.
        notes: For the model card.
    """
    run = RunFolder(run_folder)
    settings = Training(**run.read_json("config.json")["training"])
    data = run.read_json("data.json")
    also = [Path(other) for other in data.get("also", ())]  # runs of older versions name one folder
    films = data_set.read(Path(data["folder"]), settings, also=also)
    if run.read_json("config.json").get("also") != _asked_also(films).get("also"):
        names = ", ".join(map(str, also)) or data["folder"]
        raise ExportError(f"{names}: the films must be those of the run; they are others.")
    today = date.today()  # noqa: DTZ011  # the user's day
    return export(run, films, config=config, cache_folder=cache_folder, today=today, notes=notes)


def _asked_also(films: DataSet) -> dict[str, list[str]]:
    """Return what decides a run's result beside the first folder; a run of one folder is asked as it always was."""
    return {"also": [other.hash for other in films.also]} if films.also else {}


def _export_elsewhere(run: RunFolder, *, config: Config, cache_folder: Path) -> Bundle:
    """One process has one backend, and not every backend exports faithfully: another process does it."""
    command = [sys.executable, "-m", "firstread", "export", str(run.path), "--cache", str(cache_folder)]
    settings = {
        f"FIRSTREAD_{section}__{name}".upper(): str(value)
        for section, values in (("read", as_dict(config.read)), ("workers", as_dict(config.workers)))
        for name, value in values.items()
        if value is not None
    }
    done = subprocess.run(  # noqa: S603  # our own command line
        command,
        env=os.environ | settings | {"KERAS_BACKEND": EXPORTING_BACKEND},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ExportError(f"{run.path}: the run is trained and must be exported; {done.stderr.strip()}")
    return bundles.load(run.bundle)
