"""Radiographs that are nobody's: a mean, eigen-radiographs, and how each class draws from them."""

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from firstread.errors import DataError

__all__ = ["SIDE", "ClassSpread", "Drawn", "EigenRadiographs", "Kind", "develop", "draw", "frame", "shipped"]

SIDE = 128  # rows and columns of an eigen-radiograph

_FORMAT = 1
_FURTHEST = 1.8  # standard deviations at which a coefficient is cut off: beyond, ribs turn into ghosts
_SHRINK = 0.85
_QUANTA = 127  # components travel as int8


class Kind(StrEnum):
    """What a synthetic radiograph is meant to look like."""

    NORMAL = "normal"
    BACTERIAL = "bacterial"
    VIRAL = "viral"


@dataclass(frozen=True, slots=True)
class ClassSpread:
    """Where one class lies among the coefficients.

    Args:
        centre: Mean coefficients, shape (k,).
        axes: Principal axes scaled by their standard deviation, shape (k, k), one in each row.
    """

    centre: npt.NDArray[np.float32]
    axes: npt.NDArray[np.float32]


@dataclass(frozen=True)
class EigenRadiographs:
    """The principal-component model of chest radiographs.

    All classes share the eigen-radiographs, so that 200 of them fit where 3 × 66 would; each class has its own
    mean and its own principal axes among them.

    Args:
        mean: Shape (128, 128), in standard deviations about a film's mean grey level.
        components: Shape (k, 128, 128), in order of variance.
        classes: Where each kind lies.
        facts: What it was fitted on, for the reader: source, licence, films, hash.
    """

    mean: npt.NDArray[np.float32]
    components: npt.NDArray[np.float32]
    classes: Mapping[Kind, ClassSpread]
    facts: Mapping[str, Any]

    def save(self, file: Path) -> None:
        """Write the model, its components quantised to 8 bits each."""
        largest = np.abs(self.components).max(axis=(1, 2))
        quantised = np.rint(self.components / largest[:, None, None] * _QUANTA).astype(np.int8)
        spreads: dict[str, npt.NDArray[np.float16]] = {}
        for kind, spread in self.classes.items():
            spreads[f"{kind}_centre"] = spread.centre.astype(np.float16)
            spreads[f"{kind}_axes"] = spread.axes.astype(np.float16)
        facts = json.dumps({"format": _FORMAT, **self.facts}, sort_keys=True)
        with file.open("wb") as stream:
            np.savez_compressed(
                stream,
                allow_pickle=False,
                facts=np.array(facts),
                mean=self.mean.astype(np.float16),
                components=quantised,
                largest=largest.astype(np.float32),
                **spreads,
            )

    @classmethod
    def load(cls, file: Path) -> "EigenRadiographs":
        """Return a model that was saved.

        Raises:
            DataError: If the file is not one, or of another format.
        """
        try:
            with file.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
                facts = json.loads(str(stored["facts"]))
                if facts.pop("format", None) != _FORMAT:
                    raise DataError(f"{file}: must be a model of format {_FORMAT}; refit it.")
                scale = stored["largest"][:, None, None] / np.float32(_QUANTA)
                return cls(
                    mean=stored["mean"].astype(np.float32),
                    components=stored["components"].astype(np.float32) * scale,
                    classes={
                        kind: ClassSpread(
                            stored[f"{kind}_centre"].astype(np.float32),
                            stored[f"{kind}_axes"].astype(np.float32),
                        )
                        for kind in Kind
                    },
                    facts=facts,
                )
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            raise DataError(f"{file}: must be a model of synthetic radiographs; {error}.") from error


@dataclass(frozen=True, slots=True)
class Drawn:
    """Everything random about one synthetic radiograph, so that it can be developed again.

    Args:
        coefficients: Of the eigen-radiographs, shape (k,).
        brightness: Mean grey level, 0..1.
        contrast: Standard deviation of the grey levels, 0..1.
        box: Left, top, right and bottom of what is shown of the model's frame, in its pixels.
        width: Columns of the film.
        height: Rows of the film.
        grain_at: Row and column where the film's grain starts in the sheet of grain.
    """

    coefficients: npt.NDArray[np.float32]
    brightness: float
    contrast: float
    box: tuple[float, float, float, float]
    width: int
    height: int
    grain_at: tuple[int, int]


@functools.cache
def shipped() -> EigenRadiographs:
    """Return the model that comes with firstread."""
    return EigenRadiographs.load(Path(__file__).with_name("synthetic.npz"))


def draw(
    rng: np.random.Generator, model: EigenRadiographs, *, kind: Kind, near: Drawn | None = None
) -> Drawn:
    """Draw one radiograph.

    Brightness, contrast, margins, size and grain come from the same distributions for every kind: unlike in
    the public data, nothing but the picture of the lungs tells the classes apart.

    Args:
        rng: Where the randomness comes from.
        model: The eigen-radiographs.
        kind: What it is to look like.
        near: An earlier radiograph of the same imagined patient, which this one resembles.
    """
    spread = model.classes[kind]
    steps = np.clip(rng.standard_normal(len(spread.centre)), -_FURTHEST, _FURTHEST)
    coefficients = spread.centre + _SHRINK * (steps.astype(np.float32) @ spread.axes)
    if near is not None:
        coefficients = np.float32(0.75) * near.coefficients + np.float32(0.25) * coefficients
    left, top, right, bottom = (float(margin) for margin in rng.uniform(0.02, 0.07, 4) * SIDE)
    height = int(rng.integers(620, 981))
    return Drawn(
        coefficients=coefficients,
        brightness=float(np.clip(rng.normal(0.48, 0.05), 0.38, 0.58)),
        contrast=float(np.clip(rng.normal(0.225, 0.02), 0.18, 0.27)),
        box=(left, top, SIDE - right, SIDE - bottom),
        width=int(height * np.clip(rng.normal(1.22, 0.1), 1.0, 1.5)),
        height=height,
        grain_at=(int(rng.integers(_GRAIN_SIDE)), int(rng.integers(_GRAIN_SIDE))),
    )


def develop(model: EigenRadiographs, drawn: Drawn) -> npt.NDArray[np.float32]:
    """Return the radiograph that was drawn, grey levels 0..1, shape (height, width)."""
    from PIL import Image

    film = Image.fromarray(frame(model, drawn)).resize(
        (drawn.width, drawn.height), Image.Resampling.BICUBIC, box=drawn.box
    )
    pixels = np.asarray(film, dtype=np.float32)
    pixels = (pixels - pixels.mean()) / pixels.std()
    pixels = pixels * np.float32(drawn.contrast) + np.float32(drawn.brightness)
    grain = _grain_sheet(drawn.grain_at, drawn.height, drawn.width)
    return np.asarray(np.clip(pixels + grain, 0, 1), dtype=np.float32)


def frame(model: EigenRadiographs, drawn: Drawn) -> npt.NDArray[np.float32]:
    """Return mean and eigen-radiographs as they were drawn, shape (128, 128), in the model's units."""
    weighted = drawn.coefficients @ model.components.reshape(len(model.components), -1)
    return np.asarray(model.mean + weighted.reshape(SIDE, SIDE), dtype=np.float32)


_GRAIN_SIDE = 512


@functools.cache
def _grain() -> npt.NDArray[np.float32]:
    """Return a sheet of film grain that repeats in both directions, in grey levels 0..1."""
    from scipy.ndimage import gaussian_filter

    noise = np.random.default_rng(0).standard_normal((_GRAIN_SIDE, _GRAIN_SIDE))
    coarse = gaussian_filter(noise, 1.2, mode="wrap")
    grain: npt.NDArray[np.float64] = (0.6 * noise + coarse / coarse.std()) * 0.008
    return grain.astype(np.float32)


def _grain_sheet(start: tuple[int, int], height: int, width: int) -> npt.NDArray[np.float32]:
    shifted = np.roll(_grain(), (-start[0], -start[1]), axis=(0, 1))
    copies = (-(-height // _GRAIN_SIDE), -(-width // _GRAIN_SIDE))
    return np.tile(shifted, copies)[:height, :width]
