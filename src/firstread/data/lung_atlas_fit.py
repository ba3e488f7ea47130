"""The lung atlas is made from training films: align, average, draw the lungs on the average."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from firstread.config import ReadLimits, Workers
from firstread.data.eigen_fit import Placement, align, normalised, realigned
from firstread.data.film_cache import FilmCache
from firstread.data.manifest import Manifest
from firstread.data.splits import id_block
from firstread.errors import DataError
from firstread.imaging import lung_field
from firstread.imaging.lung_field import LungAtlas
from firstread.imaging.preprocess import Recipe

__all__ = ["MASK_SIDE", "draw_lungs", "draw_thorax", "fit", "fit_manifest", "save"]

MASK_SIDE = 64
_STEP = 0.05  # between thresholds that are tried, in standard deviations of the mean film
_MARGIN = 3  # of 64: about half a cell of a 7 × 7 heat map

Mask = npt.NDArray[np.bool_]


def fit_manifest(
    manifest: Manifest,
    *,
    cache_folder: Path,
    limits: ReadLimits,
    workers: Workers,
    on_progress: Callable[[int, int], None] | None = None,
) -> LungAtlas:
    """Return the atlas of the public training films, without those that are tuned on.

    Args:
        manifest: The public data; cut by patient numbers.
        cache_folder: Where decoded films are kept.
        limits: What is refused before decoding.
        workers: The processes that decode.
        on_progress: Called with (films done, films in all).
    """
    split = id_block(manifest)
    training = split.training
    cache = FilmCache.build(
        training, Recipe(), folder=cache_folder, limits=limits, workers=workers, on_progress=on_progress
    )
    films = np.concatenate(
        [
            normalised(cache.rows(rows))
            for rows in np.array_split(np.arange(len(cache)), 1 + len(cache) // 256)
        ]
    )
    facts = {
        "source": "Kermany et al., Cell 2018; kaggle.com/datasets/paultimothymooney/chest-xray-pneumonia",
        "licence": "CC BY 4.0",
        "part": f"training part of the {split.name} split. {split.description}",
        "films": len(training),
        "non_diseased": int((~training.diseased).sum()),
        "training_hash": training.hash(),
    }
    return fit(films, align(films), training.diseased, facts=facts)


def fit(
    films: npt.NDArray[np.float32], placement: Placement, diseased: Mask, *, facts: dict[str, Any]
) -> LungAtlas:
    """Return the atlas of some films.

    The template is the mean of all films, so that it is as like a film with pneumonia as one without. The lungs
    are drawn on the mean of the films without pneumonia, where they are dark from border to border.

    Args:
        films: Mean 0 and standard deviation 1 each, shape (n_films, 128, 128).
        placement: Where each chest lies, from `eigen_fit.align`.
        diseased: Reference standard, shape (n_films,).
        facts: What the atlas says about its origin.
    """
    aligned = realigned(films, placement)
    lungs = draw_lungs(aligned[~diseased].mean(axis=0))
    template = lung_field.standardised(lung_field.reduced(aligned.mean(axis=0)[np.newaxis]))[0]
    return LungAtlas(template, lungs.astype(np.float32), draw_thorax(lungs).astype(np.float32), facts)


def draw_lungs(mean: npt.NDArray[np.float32]) -> Mask:
    """Return the two lungs of a mean film without pneumonia, shape (64, 64).

    They are the two largest dark places that do not touch the rim, at the highest threshold at which there are
    two; one 64th is added all around, because a threshold stays inside the soft border.

    Args:
        mean: Shape (128, 128), in standard deviations about 0.

    Raises:
        DataError: If no threshold shows two lungs.
    """
    from scipy.ndimage import binary_dilation

    for threshold in np.arange(0.5, -1, -_STEP):
        dark = _two_dark_places(mean < threshold)
        if dark is not None:
            half = dark.reshape(MASK_SIDE, 2, MASK_SIDE, 2).mean(axis=(1, 3)) >= 0.5
            return np.asarray(binary_dilation(half), np.bool_)
    raise DataError("The mean film must show two dark lungs apart from its rim; it shows none.")


def _two_dark_places(dark: Mask) -> Mask | None:
    """Return the two largest places off the rim, when each has at least 4 % of the film."""
    from scipy.ndimage import label

    places, n = label(dark)
    rim = np.concatenate([places[0], places[-1], places[:, 0], places[:, -1]])
    sizes = np.bincount(places.ravel(), minlength=n + 1)
    sizes[0] = 0
    sizes[rim] = 0
    largest = np.argsort(sizes)[::-1][:2]
    return np.isin(places, largest) if n >= 2 and sizes[largest[1]] >= 0.04 * dark.size else None


def draw_thorax(lungs: Mask) -> Mask:
    """Return the lungs, what lies between them, and a margin: lung lies behind the heart too."""
    from scipy.ndimage import binary_dilation

    between = np.maximum.accumulate(lungs, axis=1) & np.maximum.accumulate(lungs[:, ::-1], axis=1)[:, ::-1]
    return np.asarray(binary_dilation(between, iterations=_MARGIN), np.bool_)


def save(atlas: LungAtlas, file: Path) -> None:
    """Write an atlas: 32 × 32 numbers and two masks of one bit a pixel."""
    with file.open("wb") as stream:
        np.savez_compressed(
            stream,
            allow_pickle=False,
            template=atlas.template.astype(np.float16),
            lungs=np.packbits(atlas.lungs > 0),
            thorax=np.packbits(atlas.thorax > 0),
            mask_side=np.array(len(atlas.lungs)),
            facts=np.array(json.dumps(atlas.facts, sort_keys=True)),
        )
