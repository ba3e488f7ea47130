"""One epoch of the real training over films made by NumPy; prints the process's highest resident memory in bytes.

Run as `python training_memory.py FOLDER N_FILMS WEIGHTS.h5`.
"""

import sys
from dataclasses import replace
from pathlib import Path

import numpy_films
from firstread.config import Config
from firstread.imaging.preprocess import Recipe
from firstread.learning import backend

backend.choose("tensorflow")

from firstread.learning.callbacks import Silent  # noqa: E402  # the backend has to be chosen first
from firstread.learning.estimate import peak_memory_bytes  # noqa: E402 - the backend comes first
from firstread.learning.fit import fit  # noqa: E402 - the backend comes first
from firstread.learning.run_folder import RunFolder  # noqa: E402 - the backend comes first

__all__: list[str] = []


def main(folder: Path, n_films: int, weights: str) -> None:
    """Train through every film once."""
    config = Config()
    config = replace(config, training=replace(config.training, weights=weights, epochs=1, head_epochs=0))
    recipe = Recipe(height=config.training.side, width=config.training.side)
    n_tuning = n_films // config.training.blocks
    films = numpy_films.films(folder, n_training=n_films - n_tuning, n_tuning=n_tuning, side=recipe.height)
    run = RunFolder(folder / "run")
    run.open({})
    fit(films, run, recipe=recipe, config=config, observer=Silent())
    print(peak_memory_bytes())


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
