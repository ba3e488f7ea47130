"""Eigen-radiographs are learned from films: align, leave out the odd ones, decompose."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from firstread.config import ReadLimits, Workers
from firstread.data.eigen_radiographs import (
    SIDE,
    ClassSpread,
    EigenRadiographs,
    Kind,
    draw,
    frame,
)
from firstread.data.film_cache import FilmCache
from firstread.data.manifest import Manifest, Series
from firstread.data.splits import id_block
from firstread.errors import DataError
from firstread.imaging.preprocess import Recipe

__all__ = ["KIND_OF_SERIES", "Placement", "align", "fit", "fit_manifest", "normalised", "realigned"]

KIND_OF_SERIES: Mapping[str, Kind] = {
    Series.BACTERIA: Kind.BACTERIAL,
    Series.VIRUS: Kind.VIRAL,
    Series.IM: Kind.NORMAL,
    Series.NORMAL2_IM: Kind.NORMAL,
}

_COARSE = 64  # rows and columns at which films are aligned
_ROUNDS = 8
_KEPT = 0.8  # of the films: the rest is cropped tightly, turned, or shows tubes and hands
_FLOOR = 1e-6
_APART = (
    1.5  # times as far from the middle as they lie: what else tells the classes apart is too fine to be kept
)
_MEASURED = 600  # films, drawn and real, between which detail is compared
_MOST_RAISED = 2.2  # beyond, what little was kept of the finest detail turns into noise


@dataclass(frozen=True, slots=True)
class Placement:
    """Where each film's chest lies: shift and logarithm of the scale, vertical and horizontal.

    Args:
        shift: Shape (n_films, 2), in fractions of the side.
        log_scale: Shape (n_films, 2).
    """

    shift: npt.NDArray[np.float64]
    log_scale: npt.NDArray[np.float64]


def fit_manifest(
    manifest: Manifest,
    *,
    cache_folder: Path,
    limits: ReadLimits,
    workers: Workers,
    on_progress: Callable[[int, int], None] | None = None,
) -> EigenRadiographs:
    """Return the model of the public training films, without those that are tuned on.

    Args:
        manifest: The public data; cut by patient numbers, so that the default tuning films stay untouched.
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
    facts = {
        "source": "Kermany et al., Cell 2018; kaggle.com/datasets/paultimothymooney/chest-xray-pneumonia",
        "licence": "CC BY 4.0",
        "part": f"training part of the {split.name} split. {split.description}",
        "training_films": len(training),
        "training_hash": training.hash(),
    }
    return fit(training, lambda rows: cache.rows(np.array(rows)), facts=facts)


def fit(
    manifest: Manifest,
    rows: Callable[[Sequence[int]], npt.NDArray[np.uint8]],
    *,
    components: int = 200,
    facts: Mapping[str, Any],
) -> EigenRadiographs:
    """Return the model of some films.

    Args:
        manifest: The films; never the tuning or test films of anything the samples are used with.
        rows: Gives films by row of the manifest, shape (k, height, width), uint8.
        components: Eigen-radiographs to keep.
        facts: What the model says about its origin.

    Raises:
        DataError: If a class has fewer films than eigen-radiographs.
    """
    kinds = np.array([KIND_OF_SERIES[film.series] for film in manifest.films])
    for kind in Kind:
        if (kinds == kind).sum() * _KEPT < components:
            raise DataError(
                f"Each class must have more than {components / _KEPT:.0f} films to fit {components} "
                f"eigen-radiographs; received {(kinds == kind).sum()} {kind} films."
            )
    films = np.concatenate(
        [
            normalised(rows(range(start, min(start + 256, len(manifest)))))
            for start in range(0, len(manifest), 256)
        ]
    )
    aligned = realigned(films, align(films))
    ordinary = _ordinary(aligned)
    shown = aligned[ordinary]
    mean, parts, coefficients = _decompose(shown.reshape(-1, SIDE * SIDE), components)
    kinds = kinds[ordinary]
    soft = EigenRadiographs(
        mean=mean.reshape(SIDE, SIDE),
        components=parts.reshape(-1, SIDE, SIDE),
        classes=_apart({kind: _spread(coefficients[kinds == kind]) for kind in Kind}),
        facts={**facts, "films": int(ordinary.sum())},
    )
    return _restored(soft, shown[:: max(1, len(shown) // _MEASURED)])


def align(films: npt.NDArray[np.float32]) -> Placement:
    """Return where each chest lies, by least squares against the mean of all (Lucas & Kanade 1981).

    Args:
        films: Mean 0 and standard deviation 1 each, shape (n_films, 128, 128).
    """
    from scipy.ndimage import gaussian_filter

    step = SIDE // _COARSE
    coarse = films.reshape(-1, _COARSE, step, _COARSE, step).mean(axis=(2, 4))
    coarse = gaussian_filter(coarse, (0, 1.5, 1.5))
    along = (np.arange(_COARSE) - (_COARSE - 1) / 2) / _COARSE
    window = np.exp(-(along[:, None] ** 2 + along**2) / (2 * 0.34**2)).ravel()
    shift, log_scale = np.zeros((len(films), 2)), np.zeros((len(films), 2))
    for _ in range(_ROUNDS):
        moved = _standardised(realigned(coarse, Placement(shift, log_scale)))
        template = moved.mean(axis=0)
        down, across = (slope * _COARSE for slope in np.gradient(template))
        jacobian = np.stack([down, across, down * along[:, None], across * along], axis=-1).reshape(-1, 4)
        normal = (jacobian * window[:, None]).T @ jacobian
        wrong = (moved - template).reshape(len(films), -1) * window
        # Four fifths of a step: the template moves as well.
        change = 0.8 * wrong @ jacobian @ np.linalg.inv(normal)
        shift = np.clip(shift - change[:, :2], -0.12, 0.12)
        log_scale = np.clip(log_scale - change[:, 2:], -0.25, 0.25)
    return Placement(shift - np.median(shift, axis=0), log_scale - np.median(log_scale, axis=0))


def realigned(films: npt.NDArray[np.float32], placement: Placement) -> npt.NDArray[np.float32]:
    """Return the films with every chest in the same place; what lies outside a film repeats its edge."""
    from scipy.ndimage import affine_transform

    side = films.shape[1]
    scale = np.exp(placement.log_scale)
    offset = (side - 1) / 2 * (1 - scale) + side * placement.shift
    moved = np.empty_like(films)
    for row, film in enumerate(films):
        affine_transform(film, scale[row], offset[row], output=moved[row], order=1, mode="nearest")
    return moved


def normalised(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Return films at 128 × 128, each with mean 0 and standard deviation 1."""
    from PIL import Image

    small = [
        np.asarray(Image.fromarray(film).resize((SIDE, SIDE), Image.Resampling.BILINEAR)) for film in pixels
    ]
    return _standardised(np.stack(small).astype(np.float32))


def _standardised(films: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    centred = films - films.mean(axis=(1, 2), keepdims=True)
    spread = np.maximum(centred.std(axis=(1, 2), keepdims=True), _FLOOR)
    return np.asarray(centred / spread, dtype=np.float32)


def _ordinary(films: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    """Return which films lie nearest to the mean, shape (n_films,)."""
    distance = np.square(films - films.mean(axis=0)).mean(axis=(1, 2))
    ordinary: npt.NDArray[np.bool_] = distance <= np.quantile(distance, _KEPT)
    return ordinary


def _decompose(
    films: npt.NDArray[np.float32], components: int
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Return mean (pixels,), components (k, pixels) and coefficients (n_films, k)."""
    from sklearn.decomposition import PCA

    model = PCA(components, svd_solver="randomized", random_state=0)
    coefficients = model.fit_transform(films)
    return model.mean_, model.components_, coefficients


def _restored(soft: EigenRadiographs, films: npt.NDArray[np.float32]) -> EigenRadiographs:
    """Return the model with as much fine structure in what it draws as films have, shape (n_films, 128, 128).

    A few eigen-radiographs keep the coarse structure of films and lose the fine, and softness is what pneumonia
    looks like.
    """
    rng = np.random.default_rng(0)
    drawn = [frame(soft, draw(rng, soft, kind=kind)) for _ in range(_MEASURED // len(Kind)) for kind in Kind]
    gain = _lost_detail(films, _standardised(np.stack(drawn)))
    return replace(
        soft,
        mean=_raised(soft.mean[None], gain)[0],
        components=_raised(soft.components, gain),
    )


def _lost_detail(films: npt.NDArray[np.float32], drawn: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return the factor by which each wave of a cosine transform is weaker in drawn frames, shape (128, 128)."""
    along = np.arange(SIDE)
    ring = np.rint(np.hypot(along[:, None], along)).astype(int)
    held, kept = (
        np.bincount(ring.ravel(), weights=np.square(_waves(frames)).mean(axis=0).ravel())
        for frames in (films, drawn)
    )
    gain = np.sqrt(held / np.maximum(kept, _FLOOR * held.max()))
    return np.asarray(np.clip(gain, 1, _MOST_RAISED)[ring], dtype=np.float32)


def _raised(frames: npt.NDArray[np.float32], gain: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    from scipy.fft import idctn

    return np.asarray(idctn(_waves(frames) * gain, axes=(1, 2), norm="ortho"), dtype=np.float32)


def _waves(frames: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return the cosine transform of frames (n, 128, 128): it mirrors at the rim, so that no seam rings."""
    from scipy.fft import dctn

    return np.asarray(dctn(frames, axes=(1, 2), norm="ortho"), dtype=np.float32)


def _apart(classes: Mapping[Kind, ClassSpread]) -> dict[Kind, ClassSpread]:
    """Return the classes moved away from the middle between normal films and films with pneumonia."""
    diseased = (classes[Kind.BACTERIAL].centre + classes[Kind.VIRAL].centre) / 2
    middle = (classes[Kind.NORMAL].centre + diseased) / 2
    return {
        kind: replace(spread, centre=(middle + _APART * (spread.centre - middle)).astype(np.float32))
        for kind, spread in classes.items()
    }


def _spread(coefficients: npt.NDArray[np.float32]) -> ClassSpread:
    variance, axes = np.linalg.eigh(np.atleast_2d(np.cov(coefficients, rowvar=False)))
    scaled = np.sqrt(np.maximum(variance, 0))[:, None] * axes.T
    return ClassSpread(coefficients.mean(axis=0).astype(np.float32), scaled.astype(np.float32))
