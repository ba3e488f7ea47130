"""The network that finished trainings kept: one, or the mean of several that differ in their seed alone.

Trainings that begin at the same weights end in one valley of the loss: the mean of their weights answers about as the
mean of their answers would, at the cost of one network (Wortsman et al., "Model soups", ICML 2022).
"""

from collections.abc import Sequence

import keras
import numpy as np
import numpy.typing as npt

from firstread.config import Training
from firstread.errors import ConfigError, ExportError
from firstread.evaluation.discrimination import auroc
from firstread.imaging.preprocess import Recipe
from firstread.learning import weights
from firstread.learning.run_folder import RunFolder, State

__all__ = ["LARGEST_LOSS_OF_AUROC", "kept_network", "require_averaging", "require_mean_as_good", "trainings"]

LARGEST_LOSS_OF_AUROC = 0.005
"""How far the mean may stay behind the lowest AUROC of its trainings, on tuning films: a wreck is at .5."""


def require_averaging(settings: Training, seeds: int) -> None:
    """Refuse to average what has no mean.

    Args:
        settings: Of every training.
        seeds: How many trainings there are to be.

    Raises:
        ConfigError: If there are none, or several that do not begin at the same weights or end with statistics of
            their own.
    """
    if seeds < 1:
        raise ConfigError(f"--seeds must be at least 1; received {seeds}.")
    if seeds > 1 and settings.weights == "none":
        raise ConfigError(
            "--seeds above 1: trainings can be averaged where all begin at the same weights; received training.weights "
            "none, with which each begins at random ones. Name weights, or train one at a time."
        )
    if seeds > 1 and settings.batch_norm != "frozen":
        raise ConfigError(
            "--seeds above 1: trainings can be averaged where batch normalisation keeps its statistics; received "
            f"training.batch_norm {settings.batch_norm}. Take frozen, or train one at a time."
        )


def trainings(run: RunFolder) -> tuple[RunFolder, ...]:
    """Return the trainings that a run is made of: itself, or one in a folder of its own for each of its seeds."""
    asked = run.read_json("config.json")
    if "seeds" not in asked:
        return (run,)
    first = asked["training"]["seed"]
    return tuple(RunFolder(run.path / f"seed-{seed}") for seed in range(first, first + asked["seeds"]))


def kept_network(runs: Sequence[RunFolder], *, recipe: Recipe, settings: Training) -> keras.Model:
    """Return the kept epoch's averaged weights in float32, however they were trained; of several trainings their mean.

    Args:
        runs: In each, at least one epoch is done.
        recipe: Of all.
        settings: Of all but for the seed.
    """
    keras.mixed_precision.set_dtype_policy("float32")
    network = weights.start("none", recipe=recipe, settings=settings).model
    kept = []
    for run in runs:
        network.load_weights(run.best_weights(run.load()[0].best_epoch))
        kept.append(network.get_weights())
    if len(kept) > 1:
        network.set_weights([np.mean(each, axis=0) for each in zip(*kept, strict=True)])
    return network


def require_mean_as_good(
    diseased: npt.NDArray[np.bool_], logit: npt.NDArray[np.float64], states: Sequence[State]
) -> None:
    """Refuse a mean of trainings that is no network of their kind.

    Args:
        diseased: Reference standard of tuning films, shape (n_films,).
        logit: What the mean says of them, shape (n_films,).
        states: How its trainings ended; one alone is its own mean.

    Raises:
        ExportError: If it tells tuning films apart worse than every one of them does.
    """
    if len(states) < 2:
        return
    lowest, found = min(state.kept.tuning_auroc for state in states), auroc(diseased, logit)
    if found < lowest - LARGEST_LOSS_OF_AUROC:
        raise ExportError(
            f"The mean of {len(states)} trainings must tell tuning films apart about as well as each of them does; its "
            f"AUROC is {found:.4f}, theirs at least {lowest:.4f}. Export one of them: firstread export RUN/seed-…"
        )
