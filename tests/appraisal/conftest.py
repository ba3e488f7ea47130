"""Factories for the tests of appraisals."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from firstread.config import Config, Inference, Workers
from firstread.inference.bundle import Bundle
from firstread.inference.predictor import Predictor


@pytest.fixture
def grey_film() -> Callable[[Path, int], Path]:
    """Return a function that writes a film of one mean grey level; the tiny bundle scores it 12 · (g / 255 − 0.5)."""

    def write(path: Path, grey: int) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        ramp = np.linspace(-40, 40, 256)[np.newaxis, :].repeat(256, axis=0)
        Image.fromarray(np.rint(grey + ramp).astype(np.uint8)).save(path)
        return path

    return write


@pytest.fixture
def kaggle_folder(tmp_path: Path, grey_film: Callable[[Path, int], Path]) -> Path:
    """Return a folder in the Kaggle layout: 8 patients a class in train, 3 a class in test."""
    for number in range(8):
        grey_film(tmp_path / "train" / "NORMAL" / f"IM-{2000 + number}-0001.png", 60 + number)
        grey_film(tmp_path / "train" / "PNEUMONIA" / f"person{3000 + number}_virus_1.png", 160 + number)
    for number in range(3):
        grey_film(tmp_path / "test" / "NORMAL" / f"IM-{4000 + number}-0001.png", 70 + number)
        grey_film(tmp_path / "test" / "PNEUMONIA" / f"person{5000 + number}_bacteria_1.png", 150 + number)
    return tmp_path


@pytest.fixture
def settings() -> Config:
    return Config(workers=Workers(processes=1), inference=Inference(threads=1))


@pytest.fixture
def predictor(tiny_bundle: Bundle, settings: Config) -> Predictor:
    return Predictor(tiny_bundle, settings=settings.inference)
