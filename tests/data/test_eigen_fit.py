from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from firstread.data import eigen_fit, eigen_radiographs
from firstread.data.eigen_radiographs import SIDE, Kind, draw
from firstread.data.manifest import Manifest, Series
from firstread.errors import DataError

MakeManifest = Callable[[Iterable[tuple[str, int, str]]], Manifest]


def _blob(
    down: float, across: float, *, size: float = 0.2
) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Return an upright ellipse of Gaussian brightness, its middle at (down, across) of the frame."""
    along = (np.arange(SIDE) + 0.5) / SIDE
    frame = np.exp(
        -((along[:, None] - down) ** 2) / (2 * size**2) - (along - across) ** 2 / (2 * (0.7 * size) ** 2)
    ).astype(np.float32)
    return np.asarray((frame - frame.mean()) / frame.std(), dtype=np.float32)


def test_alignment_finds_shifts_that_were_put_in() -> None:
    """The oracle is the shift itself, about the median film; a hundredth of the side is 1.3 pixels."""
    rng = np.random.default_rng(0)
    shifts = rng.uniform(-0.05, 0.05, (40, 2))
    films = np.stack([_blob(0.5 + down, 0.5 + across) for down, across in shifts])

    found = eigen_fit.align(films).shift

    assert np.abs(found - (shifts - np.median(shifts, axis=0))).max() < 0.01


def test_a_fit_gives_back_the_variation_that_was_put_in(make_manifest: MakeManifest) -> None:
    """One mode: a patch below the middle that is absent in normal films and bright in the others."""
    rng = np.random.default_rng(0)
    manifest = make_manifest([(series, 200 + n, "train") for series in Series for n in range(30)])
    patch = _blob(0.7, 0.35, size=0.06)
    base = _blob(0.5, 0.5)
    strength = rng.normal(np.where(manifest.diseased, 0.35, 0.0), 0.03)
    films = np.stack([np.clip(128 + 30 * (base + s * patch), 0, 255) for s in strength]).astype(np.uint8)

    model = eigen_fit.fit(manifest, lambda rows: films[np.array(rows)], components=2, facts={})

    centres = {kind: float(model.classes[kind].centre[0]) for kind in Kind}
    gap = abs(centres[Kind.NORMAL] - centres[Kind.BACTERIAL])
    assert gap > 5 * abs(centres[Kind.VIRAL] - centres[Kind.BACTERIAL])
    assert (2, SIDE, SIDE) == model.components.shape
    assert 96 == model.facts["films"]


def test_what_is_drawn_is_as_sharp_as_the_films(make_manifest: MakeManifest) -> None:
    """A ripple whose phase differs from film to film takes two components, and one is kept.

    What is lost is given back to the waves that are left: without that, two thirds of the ripple are drawn.
    """
    rng = np.random.default_rng(0)
    manifest = make_manifest([(series, 200 + n, "train") for series in Series for n in range(60)])
    across = np.arange(SIDE)[None, :] / SIDE
    phases = rng.uniform(0, 2 * np.pi, 240)
    films = np.stack([_blob(0.5, 0.5) + 0.3 * np.cos(2 * np.pi * 24 * across + phase) for phase in phases])
    levels = np.clip(128 + 25 * films, 0, 255).astype(np.uint8)

    model = eigen_fit.fit(manifest, lambda rows: levels[np.array(rows)], components=1, facts={})

    drawn = np.stack(
        [eigen_radiographs.frame(model, draw(rng, model, kind=kind)) for kind in Kind for _ in range(60)]
    )
    assert 0.85 < _ripple(drawn) / _ripple(films) < 1.15


def _ripple(frames: np.ndarray[Any, np.dtype[Any]]) -> float:
    """Return the root mean square of the wave of 24 periods across, against everything else that varies."""
    frames = frames - frames.mean(axis=(1, 2), keepdims=True)
    frames = frames / frames.std(axis=(1, 2), keepdims=True)
    return float(np.sqrt(np.square(np.abs(np.fft.fft(frames.mean(axis=1), axis=1)[:, 24])).mean()))


def test_too_few_films_are_refused(make_manifest: MakeManifest) -> None:
    manifest = make_manifest([(series, 200, "train") for series in Series])

    with pytest.raises(DataError, match="more than 6 films to fit 5 eigen-radiographs; received 2 normal"):
        eigen_fit.fit(manifest, lambda _rows: np.empty((0, 8, 8), np.uint8), components=5, facts={})


@pytest.mark.films
def test_the_shipped_model_knows_the_films_it_was_fitted_on(public_films: Path) -> None:
    """So that nobody mistakes which films the samples may be judged against."""
    from firstread.data import eigen_radiographs, splits
    from firstread.data.sources.kaggle_pneumonia import read_folder

    training = splits.id_block(read_folder(public_films / "kaggle-pneumonia-224")).training

    assert training.hash() == eigen_radiographs.shipped().facts["training_hash"]
