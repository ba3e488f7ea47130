"""The network that a finished run kept."""

import keras

from firstread.config import Training
from firstread.imaging.preprocess import Recipe
from firstread.learning import weights
from firstread.learning.run_folder import RunFolder

__all__ = ["kept_network"]


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
