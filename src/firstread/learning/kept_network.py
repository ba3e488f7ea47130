"""The network that a finished run kept; of several trainings that differ in their seed alone, the middle one's."""

from collections.abc import Sequence

import keras

from firstread.config import Training
from firstread.imaging.preprocess import Recipe
from firstread.learning import weights
from firstread.learning.run_folder import RunFolder, State

__all__ = ["kept_network", "middle", "trainings"]


def kept_network(run: RunFolder, best_epoch: int, *, recipe: Recipe, settings: Training) -> keras.Model:
    """Return the kept epoch's averaged weights in float32, however they were trained.

    Args:
        run: At least one epoch is done.
        best_epoch: The kept one.
        recipe: Of the run.
        settings: Of the run.
    """
    keras.mixed_precision.set_dtype_policy("float32")
    network = weights.start("none", recipe=recipe, settings=settings).model
    network.load_weights(run.best_weights(best_epoch))
    return network


def trainings(run: RunFolder) -> tuple[RunFolder, ...]:
    """Return the trainings that a run is made of: itself, or one in a folder of its own for each of its seeds."""
    asked = run.read_json("config.json")
    if "seeds" not in asked:
        return (run,)
    first = asked["training"]["seed"]
    return tuple(RunFolder(run.path / f"seed-{seed}") for seed in range(first, first + asked["seeds"]))


def middle(states: Sequence[State]) -> int:
    """Return which training has the median tuning loss, of an even number the lower of both: not the luckiest.

    Args:
        states: How each training ended; at least one.
    """
    order = sorted(range(len(states)), key=lambda index: states[index].kept.tuning_loss)
    return order[(len(states) - 1) // 2]
