"""How long a training will take on this machine, and how much memory, before it begins."""

import sys
import time
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

__all__ = ["Estimate", "peak_memory_bytes", "seconds_per_step"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a training costs.

    Args:
        epochs: Epochs still to do.
        seconds_per_epoch: In the stage in which the backbone learns, tuning included.
        seconds: All of it, were it not stopped early.
        memory_bytes: Highest resident memory of the trial steps; None where the system does not say.
        films_per_second: In that stage.
        devices: Names of those that share every batch; none when there is one.
    """

    epochs: int
    seconds_per_epoch: float
    seconds: float
    memory_bytes: int | None
    films_per_second: float
    devices: tuple[str, ...] = ()


def seconds_per_step(trainer: keras.Model, batch: tuple[Any, Any, Any], *, steps: int = 3) -> float:
    """Return the median time of one training step; the model comes out as it went in.

    Args:
        trainer: Compiled.
        batch: (films, y_true, sample weights).
        steps: Timed ones, after one that compiles.
    """
    variables = [*trainer.variables, *trainer.optimizer.variables]
    before = [keras.ops.convert_to_numpy(variable).copy() for variable in variables]
    films, y_true, weight = batch
    times = []
    for _ in range(steps + 1):
        began = time.perf_counter()
        trainer.train_on_batch(films, y_true, sample_weight=weight)
        times.append(time.perf_counter() - began)
    for variable, value in zip(variables, before, strict=True):
        variable.assign(value)
    return float(np.median(times[1:]))


def peak_memory_bytes() -> int | None:
    """Return the highest resident memory of this process so far; None where the system does not say."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
