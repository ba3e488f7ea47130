"""What a way of training will do on a part of the data that nobody has seen, from a part that was held out.

    python benchmarks/prediction.py RUN CANDIDATE FOLDER [--fold look-alikes] [--cache DIR] [--json FILE]

RUN is the folder of `firstread search`, FOLDER the films. Takes the network that each seed of the candidate kept, fits
calibration and threshold as an export does, and prints the table of docs/prediction.md: the mean over the seeds, and an
interval that counts seeds, tuning patients, held-out patients and those to come.
"""

import argparse
import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from firstread.config import Config, Training
from firstread.data import sources
from firstread.data.film_cache import FilmCache
from firstread.data.manifest import Manifest
from firstread.data.splits import Split
from firstread.edges.cli.train import cache_folder
from firstread.evaluation.foretelling import JudgedTraining, PatientScores, foretell
from firstread.evaluation.yardstick import Scores
from firstread.imaging.preprocess import Recipe
from firstread.learning import backend

backend.choose(backend.EXPORTING_BACKEND)

import keras  # noqa: E402 - the backend comes first

from firstread.learning.changed_films import changed_logits  # noqa: E402 - the backend comes first
from firstread.learning.fit import scores  # noqa: E402 - the backend comes first
from firstread.learning.folds import make_folds  # noqa: E402 - the backend comes first
from firstread.learning.kept_network import kept_network  # noqa: E402 - the backend comes first
from firstread.learning.run_folder import RunFolder  # noqa: E402 - the backend comes first

_WORDS = {
    "auroc": "AUROC",
    "sensitivity_achieved": "sensitivity at the screening point",
    "specificity_achieved": "specificity at the screening point",
    "accuracy": "accuracy at the screening point, 62.5 % diseased",
    "specificity": "highest specificity at a sensitivity of .95",
    "broken_promise": "larger of |predicted − achieved| sensitivity and specificity",
    "calibration_error": "ECE",
}
_DRAWS = 1000


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("candidate")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--fold", default="look-alikes")
    parser.add_argument("--cache", type=Path, default=cache_folder())
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    trials = (asked.run / "trials" / asked.candidate).glob(f"{asked.fold}-seed-*/trial.json")
    runs = [RunFolder(file.parent) for file in sorted(trials)]
    if not runs:
        parser.error(f"{asked.run} must hold trainings of {asked.candidate} on {asked.fold}; it has none.")
    judged = _judged(runs, asked.folder, asked.fold.removeprefix("block-"), asked.cache)
    told = foretell(judged, rng=np.random.default_rng(0), draws=_DRAWS)
    n_tuning, n_held_out = (part.scores.diseased.size for part in (judged[0].tuning, judged[0].held_out))
    print(
        f"{asked.candidate}, {asked.fold}, {len(runs)} trainings; {n_tuning} tuning films, "
        f"{n_held_out} held out\n\n| figure | foretold | 95 % |\n|---|---|---|"
    )
    for name, words in _WORDS.items():
        cell = told[name]
        print(f"| {words} | {cell.estimate:.3f} | {cell.low:.3f}–{cell.high:.3f} |")
    if asked.json is not None:
        asked.json.write_text(
            json.dumps({name: asdict(cell) for name, cell in told.items()}, indent=2) + "\n"
        )


def _judged(runs: list[RunFolder], folder: Path, fold: str, cached: Path) -> list[JudgedTraining]:
    """Return what each training says of the films it was kept from."""
    config = Config()
    settings = Training(**runs[0].read_json("config.json")["training"])
    recipe = Recipe(height=settings.side, width=settings.side)
    films = sources.read(folder).select(lambda film: film.folder_part != "test")

    def decoded(with_recipe: Recipe) -> FilmCache:
        return FilmCache.build(films, with_recipe, folder=cached, limits=config.read, workers=config.workers)

    (held,) = make_folds([fold], films, cache=decoded(Recipe()))
    cache = decoded(recipe)
    networks = (kept_network(run, run.load()[0].best_epoch, recipe=recipe, settings=settings) for run in runs)
    return [_told(network, cache, held.split, seed=settings.seed) for network in networks]


def _told(network: keras.Model, cache: FilmCache, split: Split, *, seed: int) -> JudgedTraining:
    def told(part: Manifest) -> Scores:
        return Scores(part.diseased, scores(network, cache, cache.positions(part))[:, 0].astype(np.float64))

    tuning, positions = split.tuning, cache.positions(split.tuning)
    changed = changed_logits(
        lambda some: np.asarray(network.predict_on_batch(some[..., None].astype(np.float32)))[:, 0],
        lambda chosen: cache.rows(positions[chosen]),
        len(tuning),
        rng=np.random.default_rng(seed),
    )
    held_out = split.internal_test or Manifest(())
    return JudgedTraining(
        PatientScores(replace(told(tuning), changed=changed), _patients(tuning)),
        PatientScores(told(held_out), _patients(held_out)),
    )


def _patients(films: Manifest) -> list[str]:
    return [str(patient) for patient in films.patients]


if __name__ == "__main__":
    main()
