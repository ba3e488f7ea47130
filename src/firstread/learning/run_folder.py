"""The folder of one training run: what it was asked, how far it came, what it learned."""

import json
import os
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from firstread.errors import TrainingError

__all__ = ["EpochRow", "RunFolder", "State"]


@dataclass(frozen=True, slots=True)
class EpochRow:
    """One line of the log.

    Args:
        epoch: Counted from 1.
        stage: "head" or "backbone".
        loss: Mean weighted training loss.
        tuning_loss: Mean −log likelihood of the tuning films, in nats.
        tuning_auroc: Of the averaged weights.
        tuning_specificity: At the threshold where tuning sensitivity is at least 0.95.
        learning_rate: At the end of the epoch.
        seconds: The epoch took.
    """

    epoch: int
    stage: str
    loss: float
    tuning_loss: float
    tuning_auroc: float
    tuning_specificity: float
    learning_rate: float
    seconds: float


@dataclass(frozen=True, slots=True)
class State:
    """How far a run came.

    Args:
        epochs: The log so far.
        best_epoch: With the lowest tuning loss; 0 before the first.
        best_loss: Of that epoch; None before the first.
        finished: Training has ended, by its length or for lack of progress.
    """

    epochs: tuple[EpochRow, ...] = ()
    best_epoch: int = 0
    best_loss: float | None = None
    finished: bool = False

    @property
    def done(self) -> int:
        """Epochs done."""
        return len(self.epochs)

    @property
    def kept(self) -> EpochRow:
        """The line of the best epoch; at least one must be done."""
        return next(row for row in self.epochs if row.epoch == self.best_epoch)

    def waited(self, stage: str) -> int:
        """Return how many epochs of a stage have passed since the best epoch."""
        return sum(row.stage == stage and row.epoch > self.best_epoch for row in self.epochs)

    def with_epoch(self, row: EpochRow) -> "State":
        """Return the state after one more epoch.

        The tuning loss decides, a proper score: the AUROC is near its ceiling after a few epochs on this data, and
        its last digits are noise.
        """
        state = replace(self, epochs=(*self.epochs, row))
        if self.best_loss is None or row.tuning_loss < self.best_loss:
            return replace(state, best_epoch=row.epoch, best_loss=row.tuning_loss)
        return state


@dataclass(frozen=True, slots=True)
class RunFolder:
    """Paths of a run, and the one file that says how far it is.

    The checkpoint holds weights, optimiser and state together and is replaced in one step, so that a kill at any
    moment leaves a run that goes on from its last whole epoch.

    Args:
        path: The folder.
    """

    path: Path
    bundle: Path = field(init=False)
    checkpoint: Path = field(init=False)
    log: Path = field(init=False)
    curves: Path = field(init=False)
    tensorboard: Path = field(init=False)

    def __post_init__(self) -> None:
        for name, file in (
            ("bundle", "bundle"),
            ("checkpoint", "checkpoints/last.npz"),
            ("log", "log.csv"),
            ("curves", "curves.png"),
            ("tensorboard", "tensorboard"),
        ):
            object.__setattr__(self, name, self.path / file)

    def open(self, asked: Mapping[str, Any]) -> None:
        """Begin a run here, or go on with the one that was asked the same.

        One that ended before its first epoch, of a mistyped option say, has nothing to go on from: it begins anew.

        Args:
            asked: What decides the result, as plain values.

        Raises:
            TrainingError: If the folder holds a run that was asked something else, or cannot be written.
        """
        file = self.path / "config.json"
        wanted = json.loads(json.dumps(asked))
        if file.exists() and self.checkpoint.exists():
            differing = _differences(self.read_json("config.json"), wanted)
            if differing:
                raise TrainingError(
                    f"{self.path}: a run goes on only as it began; these differ: {', '.join(differing)}. "
                    "Choose another --run folder, or remove this one."
                )
            return
        try:
            (self.path / "checkpoints").mkdir(parents=True, exist_ok=True)
            self.write_json("config.json", wanted)
        except OSError as error:
            raise TrainingError(f"{self.path}: the run folder must be writable; {error.strerror}.") from error

    def read_json(self, name: str) -> Any:
        """Return a JSON file of the run."""
        try:
            return json.loads((self.path / name).read_text())
        except (OSError, ValueError) as error:
            raise TrainingError(f"{self.path / name}: the file must be readable JSON; {error}.") from error

    def write_json(self, name: str, values: Any) -> None:
        """Write a JSON file of the run, whole or not at all."""
        _replace(self.path / name, (json.dumps(values, indent=2) + "\n").encode())

    def runs_beside(self) -> int:
        """Return how many other runs in the folder of this one were judged on tuning films of the same split.

        Runs elsewhere and runs that were deleted do not show, so it is the least there were.
        """
        own = _tuned_on(self.read_json("config.json"))
        others = [RunFolder(file.parent) for file in self.path.absolute().parent.glob("*/config.json")]
        return sum(
            other.path.name != self.path.absolute().name
            and other.checkpoint.exists()
            and _tuned_on(other.read_json("config.json")) == own
            for other in others
        )

    def best_weights(self, epoch: int) -> Path:
        """Return the file of an epoch's averaged weights."""
        return self.path / "checkpoints" / f"epoch-{epoch:03d}.weights.h5"

    def save(self, state: State, variables: list[npt.NDArray[Any]]) -> None:
        """Replace the checkpoint, then drop weights of epochs that are no longer the best."""
        file = self.checkpoint
        part = file.with_suffix(".part")
        arrays = {f"v{index:05d}": value for index, value in enumerate(variables)}
        arrays["state"] = np.array(json.dumps(asdict(state)))
        with part.open("wb") as stream:
            np.savez(stream, allow_pickle=False, **arrays)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(file)
        keep = self.best_weights(state.best_epoch)
        for weights in file.parent.glob("epoch-*.weights.h5"):
            if weights != keep:
                weights.unlink(missing_ok=True)

    def load(self) -> tuple[State, list[npt.NDArray[Any]]]:
        """Return the last checkpoint: (state, variables); an empty state and no variables before the first."""
        file = self.checkpoint
        if not file.exists():
            return State(), []
        try:
            with file.open("rb") as stream, np.load(stream) as stored:
                values = json.loads(str(stored["state"]))
                variables = [stored[name] for name in sorted(stored.files) if name != "state"]
        except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
            raise TrainingError(
                f"{file}: the checkpoint must be whole; {error}. Remove it to begin anew."
            ) from error
        rows = tuple(EpochRow(**row) for row in values.pop("epochs"))
        return State(epochs=rows, **values), variables


def _tuned_on(asked: Mapping[str, Any]) -> tuple[Any, ...]:
    training = asked.get("training", {})
    return asked.get("manifest"), *(training.get(name) for name in ("split", "blocks", "tuning_block"))


def _differences(old: Any, new: Any, prefix: str = "") -> list[str]:
    """Return "name (old → new)" for each leaf that differs."""
    if isinstance(old, dict) and isinstance(new, dict):
        return [
            line
            for name in sorted(old.keys() | new.keys())
            for line in _differences(old.get(name), new.get(name), f"{prefix}.{name}" if prefix else name)
        ]
    return [] if old == new else [f"{prefix} ({old} → {new})"]


def _replace(file: Path, content: bytes) -> None:
    part = file.with_name(f"{file.name}.part")
    part.write_bytes(content)
    part.replace(file)
