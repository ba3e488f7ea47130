from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest

from firstread.data import eigen_fit
from firstread.data.eigen_radiographs import SIDE, Kind
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
