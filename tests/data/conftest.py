"""Films and folders for the tests of data; every name and picture is made here."""

import io
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from scipy.ndimage import gaussian_filter

from firstread.config import Workers
from firstread.data.manifest import Film, Manifest, PatientKey, Series
from firstread.terms import LabelState

MakePixels = Callable[[int], npt.NDArray[np.uint8]]
MakeFolder = Callable[[Iterable[str]], Path]
MakeManifest = Callable[[Iterable[tuple[str, int, str]]], Manifest]


@pytest.fixture(scope="session")
def make_pixels() -> MakePixels:
    """Return a maker of pictures with the grey levels of a film, one for each seed."""

    def make(seed: int) -> npt.NDArray[np.uint8]:
        noise = gaussian_filter(np.random.default_rng(seed).standard_normal((160, 200)), 6)
        return np.asarray(np.clip(128 + noise / noise.std() * 40, 0, 255), dtype=np.uint8)

    return make


@pytest.fixture
def make_folder(tmp_path: Path, make_pixels: MakePixels) -> MakeFolder:
    """Return a maker of data folders: one film, each with its own picture, for every name."""

    def make(names: Iterable[str]) -> Path:
        folder = tmp_path / "films"
        for seed, name in enumerate(names):
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            stream = io.BytesIO()
            Image.fromarray(make_pixels(seed)).save(stream, "JPEG", quality=90)
            file.write_bytes(stream.getvalue())
        return folder

    return make


@pytest.fixture(scope="session")
def make_manifest() -> MakeManifest:
    """Return a maker of manifests of films that need not exist, from (series, patient number, part)."""

    def make(rows: Iterable[tuple[str, int, str]]) -> Manifest:
        films = []
        for row, (series, number, part) in enumerate(rows):
            diseased = Series(series) in (Series.BACTERIA, Series.VIRUS)
            finding = LabelState.PRESENT if diseased else LabelState.ABSENT
            films.append(Film(Path(f"{row}.jpeg"), PatientKey(Series(series), number), finding, part))
        return Manifest(tuple(films))

    return make


@pytest.fixture(scope="session")
def two_workers() -> Workers:
    """Return a pool of two, which is enough for tests."""
    return Workers(processes=2)
