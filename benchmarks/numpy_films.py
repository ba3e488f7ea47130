"""A cache of films made by NumPy, split as a data set would be."""

from pathlib import Path

import numpy as np

from firstread.data.film_cache import FilmCache
from firstread.data.manifest import Film, Manifest, PatientKey, Series
from firstread.data.splits import Split
from firstread.learning.fit import Films
from firstread.terms import LabelState

__all__ = ["films"]

_CHUNK = 64


def films(folder: Path, *, n_training: int, n_tuning: int, side: int) -> Films:
    """Return films of noise, every other one diseased and brighter, one patient each."""
    n = n_training + n_tuning
    paths = tuple(folder / f"film-{row:06d}" for row in range(n))
    file, shape = folder / "films.npy", (n, side, side)
    rng = np.random.default_rng(0)
    with file.open("wb") as stream:
        header = {"descr": "|u1", "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(stream, header)
        for first in range(0, n, _CHUNK):
            rows = np.arange(first, min(first + _CHUNK, n))
            levels = rng.integers(0, 200, (len(rows), side, side)) + 50 * (rows % 2)[:, None, None]
            stream.write(levels.astype(np.uint8).data)
    manifest = Manifest(tuple(_film(path, row) for row, path in enumerate(paths)))
    training, tuning = manifest.select(range(n_training)), manifest.select(range(n_training, n))
    return Films(FilmCache(file, paths, shape), Split("synthetic", training, tuning, None, "By row."))


def _film(path: Path, row: int) -> Film:
    finding = LabelState.PRESENT if row % 2 else LabelState.ABSENT
    return Film(path, PatientKey(Series.BACTERIA if row % 2 else Series.IM, row), finding, "train")
