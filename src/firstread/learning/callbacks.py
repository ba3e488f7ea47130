"""What happens beside the training steps: averaging, judging on tuning films, checkpoints, logs."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import keras
import numpy as np
import numpy.typing as npt

from firstread.errors import UndefinedMetricError
from firstread.evaluation import calibration, discrimination, operating_point
from firstread.learning.data_set import DataSet
from firstread.learning.estimate import Estimate
from firstread.learning.run_folder import EpochRow, RunFolder, State

__all__ = ["Bookkeeper", "Observer", "Silent", "averaged_weights", "take_averages"]


class Observer(Protocol):
    """Somebody who watches a training."""

    def decoded(self, done: int, films: int) -> None:
        """Films were decoded into the cache."""

    def estimated(self, estimate: Estimate) -> None:
        """Time and memory were estimated, before the first epoch."""

    def stepped(self, epoch: int, step: int, steps: int) -> None:
        """One training step is done; epoch and step count from 1."""

    def epoch_ended(self, row: EpochRow, state: State) -> None:
        """One epoch is done and safe on disk."""


class Silent:
    """Watches and says nothing."""

    def read(self, films: DataSet) -> None:
        """Say nothing."""

    def training_began(self, number: int, trainings: int, seed: int) -> None:
        """Say nothing."""

    def decoded(self, done: int, films: int) -> None:
        """Say nothing."""

    def estimated(self, estimate: Estimate) -> None:
        """Say nothing."""

    def stepped(self, epoch: int, step: int, steps: int) -> None:
        """Say nothing."""

    def epoch_ended(self, row: EpochRow, state: State) -> None:
        """Say nothing."""


@contextmanager
def averaged_weights(trainer: keras.Model) -> Iterator[None]:
    """Hold the moving average of the weights while the block runs; the raw ones come back after it."""
    variables = trainer.trainable_variables
    raw = [keras.ops.convert_to_numpy(variable).copy() for variable in variables]
    take_averages(trainer)
    try:
        yield
    finally:
        for variable, value in zip(variables, raw, strict=True):
            variable.assign(value)


def take_averages(trainer: keras.Model) -> None:
    """Replace the weights by their moving average, where one is kept.

    Batch norm that learns keeps its own moving statistics; they are not averaged a second time.
    """
    # Mixed precision wraps the optimiser in one that scales the loss and keeps no averages itself.
    optimizer = getattr(trainer.optimizer, "inner_optimizer", trainer.optimizer)
    if not optimizer.use_ema:
        return
    optimizer.finalize_variable_values(trainer.trainable_variables)
    for variable in trainer.trainable_variables:
        # On JAX weight and average are now one array, and a pass through the network gives its arrays away.
        variable.assign(keras.ops.convert_to_numpy(variable).copy())


class Bookkeeper(keras.callbacks.Callback):
    """Judges each epoch's averaged weights on tuning films and leaves the run safe on disk.

    Args:
        network: Film → logit, inside the model that is trained.
        score: Network → logits of the tuning films, shape (n_tuning,).
        diseased: Reference standard of the tuning films.
        run: Where everything is written.
        state: How far the run came.
        stage: What learns now.
        patience: Epochs of this stage without a lower tuning loss before it stops; None never stops.
        observer: Who watches.
        snapshot: Returns every variable that a resumed run needs.
        after_epoch: Called with the new state when the checkpoint is safe: logs and curves.
    """

    def __init__(
        self,
        *,
        network: keras.Model,
        score: Callable[[keras.Model], npt.NDArray[np.float64]],
        diseased: npt.NDArray[np.bool_],
        run: RunFolder,
        state: State,
        stage: str,
        patience: int | None,
        observer: Observer,
        snapshot: Callable[[], list[npt.NDArray[Any]]],
        after_epoch: Callable[[State], None],
    ) -> None:
        super().__init__()
        self.state = state
        self._network = network
        self._score = score
        self._diseased = diseased
        self._run = run
        self._stage = stage
        self._patience = patience
        self._observer = observer
        self._snapshot = snapshot
        self._after_epoch = after_epoch
        self._began = 0.0
        self._epoch = 0

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:  # noqa: ARG002  # Keras' signature
        """Start the clock."""
        self._began = time.monotonic()
        self._epoch = epoch + 1

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:  # noqa: ARG002  # Keras' signature
        """Tell the observer."""
        self._observer.stepped(self._epoch, batch + 1, self.params["steps"])

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Judge, keep the better weights, write the checkpoint, then the logs."""
        with averaged_weights(self.model):
            row = self._judge(epoch + 1, float((logs or {}).get("loss", np.nan)))
            state = self.state.with_epoch(row)
            if state.best_epoch == row.epoch:
                self._network.save_weights(self._run.best_weights(row.epoch))
        if self._patience is not None and state.waited(self._stage) >= self._patience:
            self.model.stop_training = True
        self.state = state
        self._run.save(state, self._snapshot())
        self._after_epoch(state)
        self._observer.epoch_ended(row, state)

    def _judge(self, epoch: int, loss: float) -> EpochRow:
        logit = self._score(self._network)
        if not np.isfinite(logit).all():
            raise UndefinedMetricError(
                f"Epoch {epoch}: every tuning film must get a finite score; some did not. Lower the learning rate."
            )
        point = operating_point.at_sensitivity(self._diseased, logit, minimum=0.95)
        return EpochRow(
            epoch=epoch,
            stage=self._stage,
            loss=loss,
            tuning_loss=calibration.negative_log_likelihood(self._diseased, logit),
            tuning_auroc=discrimination.auroc(self._diseased, logit),
            tuning_specificity=point.specificity,
            learning_rate=float(self.model.optimizer.learning_rate),
            seconds=time.monotonic() - self._began,
        )
