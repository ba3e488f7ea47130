"""Where the lungs lie on a film: an atlas, placed on the film by shift and scale.

A consolidated lung is as bright as the heart, so no threshold on a film finds the lungs of the films that matter
most. The atlas is the mean of thousands of aligned training films, and its lungs were drawn once (see
`data.lung_atlas_fit`). On a film it is placed by least squares (Lucas and Kanade, IJCAI 1981): two shifts and two
scales. It knows no rotation and no shape: a turned child, one small lung or a hand's width of collimation move the
true border away from the placed one by up to a tenth of the film.
"""

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["LEAST_LIKENESS", "SIDE", "LungAtlas", "Placement", "coverage", "load", "place", "shipped"]

SIDE = 32
"""Rows and columns at which films are compared with the atlas."""
LEAST_LIKENESS = 0.6
"""Correlation with the atlas below which its lungs are not believed: 1 % of the training films fall below."""

_ROUNDS = 8
_BLUR = 0.75  # of a pixel of the comparison
_WINDOW = 0.34  # of the side: what lies at the rim counts little
_FURTHEST = np.array([0.15, 0.15, 0.3, 0.3])  # shift down and across, logarithm of both scales
# How far films stray (standard deviations in the training part), weighed so that a film without contrast keeps
# the atlas in the middle and an ordinary one is hardly held back.
_SPREAD = np.array([0.05, 0.025, 0.12, 0.08])
_PRIOR = 0.002
_SAMPLES = 8  # a cell of a map is sampled at this many rows and columns
_FLOOR = 0.01  # grey levels: below, there is nothing but rounding

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class LungAtlas:
    """The mean film, and where its lungs are.

    Args:
        template: Mean of aligned films as `place` compares them, mean 0 and standard deviation 1, shape (32, 32).
        lungs: Both lungs without what the heart and the diaphragm hide, shape (k, k), float32, 0 or 1.
        thorax: The lungs, what lies between them (lung lies behind the heart), and a margin, shape (k, k).
        facts: What it was made from.
    """

    template: Floats
    lungs: Floats
    thorax: Floats
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """Where the atlas lies on n films.

    Args:
        shift: Down and across, in fractions of the film's side, shape (n, 2).
        log_scale: Logarithm of the scale, vertical and horizontal, shape (n, 2).
        likeness: Correlation of the film with the placed atlas, −1 to 1, shape (n,).
    """

    shift: npt.NDArray[np.float64]
    log_scale: npt.NDArray[np.float64]
    likeness: npt.NDArray[np.float64]

    @property
    def found(self) -> npt.NDArray[np.bool_]:
        """Whether a film is enough like the atlas for its lungs to be believed, shape (n,)."""
        return self.likeness >= LEAST_LIKENESS


@functools.cache
def shipped() -> LungAtlas:
    """Return the atlas that comes with firstread."""
    return load(Path(__file__).with_name("lung_atlas.npz"))


def load(file: Path) -> LungAtlas:
    """Return an atlas that `data.lung_atlas_fit.save` wrote."""
    with np.load(file, allow_pickle=False) as stored:
        side = int(stored["mask_side"])
        lungs, thorax = (
            np.unpackbits(stored[name], count=side * side).reshape(side, side).astype(np.float32)
            for name in ("lungs", "thorax")
        )
        return LungAtlas(
            stored["template"].astype(np.float32), lungs, thorax, json.loads(str(stored["facts"]))
        )


def place(films: npt.NDArray[np.uint8] | Floats, atlas: LungAtlas) -> Placement:
    """Return where the atlas lies on each film.

    Args:
        films: Grey levels, shape (n, height, width), at least 32 rows and columns.
        atlas: From `shipped` or a fit.
    """
    fit = _fit_of(atlas)
    small = standardised(reduced(films))
    at = np.zeros((len(films), 4))
    for _ in range(_ROUNDS):
        wrong = (_moved(small, at) - atlas.template).reshape(len(films), SIDE * SIDE)
        at = np.clip(at - (wrong @ fit.downhill + at * fit.prior) @ fit.inverse, -_FURTHEST, _FURTHEST)
    likeness = (_moved(small, at) * atlas.template).mean(axis=(1, 2), dtype=np.float64)
    return Placement(at[:, :2], at[:, 2:], likeness)


def coverage(mask: Floats, placement: Placement, *, height: int, width: int) -> Floats:
    """Return how much of each cell of a map lies on a mask of the atlas.

    Args:
        mask: `LungAtlas.lungs` or `LungAtlas.thorax`.
        placement: From `place`.
        height: Rows of the map, for instance 7 for a heat map or 224 for the film.
        width: Columns of the map.

    Returns:
        Fractions 0 to 1, shape (n, height, width).
    """
    down, across = (
        _cells(count, mask.shape[axis], placement.shift[:, axis], placement.log_scale[:, axis])
        for axis, count in enumerate((height, width))
    )
    return np.asarray(down @ mask @ across.transpose(0, 2, 1), np.float32)


def reduced(films: npt.NDArray[np.uint8] | Floats) -> Floats:
    """Return films averaged and blurred to the size of the comparison, shape (n, 32, 32)."""
    down, across = (_averages(extent) for extent in films.shape[1:])
    return np.asarray(down @ films.astype(np.float32) @ across.T, np.float32)


def standardised(films: Floats) -> Floats:
    """Return each film with mean 0 and standard deviation 1; a film of one grey level becomes 0."""
    centred = films - films.mean(axis=(1, 2), keepdims=True)
    spread = np.sqrt(np.square(centred).mean(axis=(1, 2), keepdims=True))
    return np.asarray(centred / np.maximum(spread, _FLOOR), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class _Fit:
    """What least squares needs of an atlas; the template stands still, so it is worked out once.

    Args:
        downhill: How each pixel that is too bright moves shift and scale, shape (pixels, 4).
        inverse: Of the normal matrix with the prior, shape (4, 4).
        prior: Pull to the middle, shape (4,).
    """

    downhill: npt.NDArray[np.float64]
    inverse: npt.NDArray[np.float64]
    prior: npt.NDArray[np.float64]


@functools.lru_cache(maxsize=2)
def _fit_of(atlas: LungAtlas) -> _Fit:
    along = _places(SIDE)
    window = np.exp(-(along[:, None] ** 2 + along**2) / (2 * _WINDOW**2)).ravel()
    window /= window.sum()
    down, across = (slope * SIDE for slope in np.gradient(atlas.template.astype(np.float64)))
    slopes = np.stack([down, across, down * along[:, None], across * along], axis=-1).reshape(-1, 4)
    downhill = slopes * window[:, None]
    prior = _PRIOR / _SPREAD**2
    return _Fit(downhill, np.linalg.inv(downhill.T @ slopes + np.diag(prior)), prior)


def _moved(films: Floats, at: npt.NDArray[np.float64]) -> Floats:
    """Return the films with the atlas in the middle; what lies outside a film repeats its edge."""
    sides = []
    for axis in (0, 1):
        source = np.exp(at[:, 2 + axis, None]) * _places(SIDE) + at[:, axis, None]
        pixel = np.clip(source * SIDE + (SIDE - 1) / 2, 0, SIDE - 1)
        sides.append(_between(pixel, SIDE))
    return standardised(np.asarray(sides[0] @ films @ sides[1].transpose(0, 2, 1), np.float32))


def _cells(
    count: int, side: int, shift: npt.NDArray[np.float64], log_scale: npt.NDArray[np.float64]
) -> Floats:
    """Return what each row of the mask adds to each row of the map, shape (n, count, side)."""
    on_film = _places(count * _SAMPLES)
    on_atlas = (on_film - shift[:, None]) / np.exp(log_scale[:, None])
    weights = _between(on_atlas * side + (side - 1) / 2, side)
    return np.asarray(weights.reshape(len(shift), count, _SAMPLES, side).mean(axis=2), np.float32)


def _between(pixel: npt.NDArray[np.float64], side: int) -> Floats:
    """Return the weights of linear interpolation, shape (n, places, side); 0 outside."""
    return np.asarray(np.maximum(0, 1 - np.abs(pixel[..., None] - np.arange(side))), np.float32)


def _places(count: int) -> npt.NDArray[np.float64]:
    """Return the middles of so many cells, in fractions of the side from the centre."""
    return (np.arange(count) - (count - 1) / 2) / count


@functools.lru_cache(maxsize=8)
def _averages(extent: int) -> Floats:
    """Return the matrix that averages so many rows to 32 and blurs them, shape (32, extent)."""
    edges = np.linspace(0, extent, SIDE + 1)
    first, last = edges[:-1, None], edges[1:, None]
    rows = np.arange(extent)
    share = np.clip(np.minimum(last, rows + 1) - np.maximum(first, rows), 0, None)
    apart = np.arange(SIDE)[:, None] - np.arange(SIDE)
    blur = np.exp(-(apart**2) / (2 * _BLUR**2))
    averages = blur @ (share / share.sum(axis=1, keepdims=True))
    # What is too small for a normal float32 slows the product down ten times.
    averages[averages < np.finfo(np.float32).tiny] = 0
    return np.asarray(averages / averages.sum(axis=1, keepdims=True), np.float32)
