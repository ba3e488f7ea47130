"""The films a run learns from and how they are split, read from a folder the same way every time."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from firstread.config import Training
from firstread.data import sources, splits
from firstread.data.manifest import Manifest
from firstread.data.splits import Split

__all__ = ["DataSet", "read", "some_of_each_class"]


@dataclass(frozen=True, slots=True)
class DataSet:
    """A folder of films, split.

    Args:
        folder: Where it lies.
        manifest: The films of training and tuning part.
        split: Which is for what; a test part, where there is one, is not opened.
        hash: SHA-256 of the films and their labels.
    """

    folder: Path
    manifest: Manifest
    split: Split
    hash: str


def read(folder: Path, settings: Training) -> DataSet:
    """Return the films of a folder, split as the settings say.

    Raises:
        DataError: If the folder is no data set, or the split would put a patient into two parts.
    """
    films = sources.read(folder)
    if settings.max_films is not None:
        learned = some_of_each_class(
            films.select(lambda film: film.folder_part == "train"), settings.max_films
        )
        films = Manifest((*learned.films, *films.select(lambda film: film.folder_part != "train").films))
    split = splits.made_by(films, settings)
    used = Manifest((*split.training.films, *split.tuning.films))
    return DataSet(folder, used, split, used.hash())


def some_of_each_class(films: Manifest, n: int) -> Manifest:
    """Return at most n films of each class, spread over the manifest, so that every block of it still has both.

    Args:
        films: In the order they are spread over.
        n: Of diseased and of non-diseased films.
    """
    chosen = []
    for diseased in (False, True):
        rows = np.flatnonzero(films.diseased == diseased)
        chosen.append(rows[np.linspace(0, len(rows) - 1, min(n, len(rows))).astype(int)])
    return films.select(np.sort(np.concatenate(chosen)))
