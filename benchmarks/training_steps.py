"""Epochs of the real training and, after each, bare steps of the same compiled model; prints films per second.

Run as `python training_steps.py FOLDER N_FILMS ROUNDS` after `networks.py FOLDER`.
"""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy_films
from firstread.config import Augmentation, Training
from firstread.imaging.preprocess import Recipe
from firstread.learning import backend

backend.choose("tensorflow")

import keras  # noqa: E402  # the backend has to be chosen first

from firstread.learning.callbacks import Silent  # noqa: E402 - the backend comes first
from firstread.learning.fit import _Fitting  # noqa: E402 - the backend comes first
from firstread.learning.run_folder import EpochRow, RunFolder, State  # noqa: E402 - the backend comes first
from firstread.learning.transfer import Stage  # noqa: E402 - the backend comes first
from firstread.learning.weights import start  # noqa: E402 - the backend comes first

__all__: list[str] = []

_OFF: dict[str, Any] = {
    each.name: 0 for each in fields(Augmentation) if each.name not in ("jpeg_quality", "border_width")
}


class _Timed(_Fitting):
    """The very trainer, optimiser and batches that `fit` uses, with its step laid bare."""

    def compile_backbone(self) -> None:
        """Make the model ready to learn as in the second stage."""
        self._compile(Stage.BACKBONE, epochs=self._settings.epochs)

    def bare_rate(self, steps: int) -> float:
        """Return films per second of steps on one batch that is in the backend's memory."""
        films, y_true, weight = (
            keras.ops.convert_to_tensor(part) for part in self._batches(first_epoch=0)[0]
        )
        self._trainer.train_on_batch(films, y_true, sample_weight=weight)
        began = time.perf_counter()
        for _ in range(steps):
            self._trainer.train_on_batch(films, y_true, sample_weight=weight)
        return steps * len(films) / (time.perf_counter() - began)


class _Watch(Silent):
    """Times each epoch from the end of the one before to its last step, and calls back after it."""

    def __init__(self, between_epochs: Callable[[], None]) -> None:
        self.seconds: list[float] = []
        self._between_epochs = between_epochs
        self._began = time.perf_counter()

    def stepped(self, epoch: int, step: int, steps: int) -> None:  # noqa: ARG002  # the observer's signature
        """Stop the clock at the last step: what follows is scoring of tuning films."""
        if step == steps:
            self.seconds.append(time.perf_counter() - self._began)

    def epoch_ended(self, row: EpochRow, state: State) -> None:  # noqa: ARG002  # the observer's signature
        """Measure the other side, then start the clock."""
        self._between_epochs()
        self._began = time.perf_counter()


def main(folder: Path, n_films: int, rounds: int) -> None:
    """Print the rates of every round as JSON; the first epoch compiles and does not count."""
    settings = replace(Training(), epochs=rounds + 1, patience=rounds + 1)
    recipe = Recipe(height=settings.side, width=settings.side)
    begun = start(str(folder / "network.weights.h5"), recipe=recipe, settings=settings)
    films = numpy_films.films(folder, n_training=n_films, n_tuning=64, side=recipe.height)
    run = RunFolder(folder / "run")
    run.open({})
    bare: dict[str, list[float]] = {"augmented": [], "plain": []}
    plain = _Timed(films, run, settings, Augmentation(**_OFF), begun, Silent())
    steps = n_films // settings.batch_size

    def between_epochs() -> None:
        n_bare = steps // 2 if bare["plain"] else 1
        bare["augmented"].append(whole.bare_rate(n_bare))
        bare["plain"].append(plain.bare_rate(n_bare))

    watch = _Watch(between_epochs)
    whole = _Timed(films, run, settings, Augmentation(), begun, watch)
    plain.compile_backbone()
    whole.learn(Stage.BACKBONE, State(), last_epoch=rounds + 1, variables=[])
    rates = {"pipeline": [steps * settings.batch_size / seconds for seconds in watch.seconds], **bare}
    print(json.dumps({name: values[1:] for name, values in rates.items()}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
