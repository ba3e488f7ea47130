"""Films and settings small enough to train on in a test."""

import os
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from firstread.config import Augmentation, Config, Training, with_changes

if TYPE_CHECKING:
    from firstread.learning.callbacks import Silent
    from firstread.learning.run_folder import EpochRow, State

# Keras reads this once, when it is first imported by any test of this room.
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


@pytest.fixture(scope="session")
def make_folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Path]:
    """Return a maker of folders in Kaggle's layout; diseased films have a bright right half."""

    def make(n_each: int) -> Path:
        folder = tmp_path_factory.mktemp("films")
        rng = np.random.default_rng(1)
        for index in range(n_each):
            for name, diseased in (
                (f"train/NORMAL/IM-{200 + index:04d}-0001.jpeg", False),
                (f"train/PNEUMONIA/person{300 + index}_bacteria_1.jpeg", True),
            ):
                film = np.tile(np.linspace(30, 200, 128), (128, 1)) + rng.normal(0, 15, (128, 128))
                film[:, 64:] += 40 if diseased else -40
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                Image.fromarray(film.clip(0, 255).astype(np.uint8)).save(path, quality=90)
        return folder

    return make


@pytest.fixture(scope="session")
def cut_after() -> Callable[[int], "Silent"]:
    """Return a maker of observers that end a training with Ctrl+C when an epoch is safe on disk and no more is done."""
    from firstread.learning.callbacks import Silent

    class Cutter(Silent):
        def __init__(self, epoch: int) -> None:
            self._epoch = epoch

        def epoch_ended(self, row: "EpochRow", state: "State") -> None:  # noqa: ARG002  # the observer's signature
            if row.epoch == self._epoch:
                raise KeyboardInterrupt

    return Cutter


@pytest.fixture(scope="session")
def no_augmentation() -> Augmentation:
    """Return settings under which every operation is switched off."""
    off = {f.name: 0 for f in fields(Augmentation) if f.name not in ("jpeg_quality", "border_width")}
    return with_changes(Config(), "augmentation", off).augmentation


@pytest.fixture(scope="session")
def tiny_config(no_augmentation: Augmentation) -> Config:
    """Return settings that learn the bright half within seconds."""
    training = Training(
        architecture="baseline",
        weights="none",
        side=64,
        blocks=4,
        head_epochs=0,
        epochs=2,
        batch_size=8,
        learning_rate=5e-3,
        fine_tune_from=0.3,
        margin_px=0,
        balance=0.0,
        ema=0.5,
    )
    return Config(training=training, augmentation=no_augmentation)
