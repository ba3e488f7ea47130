"""The films a run learns from and how they are split, read from its folders the same way every time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import numpy as np

from firstread.config import Training
from firstread.data import sources, splits
from firstread.data.manifest import Film, Manifest, PatientKey
from firstread.data.splits import Split
from firstread.errors import DataError

__all__ = ["DataSet", "Source", "read", "some_of_each_class"]


@dataclass(frozen=True, slots=True)
class Source:
    """The films that one folder gives to a training.

    Args:
        folder: Where it lies.
        manifest: What is learned from; of the first folder also what is tuned on.
        hash: SHA-256 of these films and their labels.
        listed: A manifest.csv lists them; else their names are those of the Kaggle data.
        left_out: Films that could have been learned from, but for patients whom the first folder tunes or tests on.
    """

    folder: Path
    manifest: Manifest
    hash: str
    listed: bool
    left_out: int = 0

    @property
    def name(self) -> str:
        """The folder's own name, for the reader of a figure."""
        return self.folder.resolve().name


@dataclass(frozen=True, slots=True)
class DataSet:
    """The films of one folder, split, and those of other folders, which are learned from only.

    Args:
        manifest: The films of training and tuning part.
        split: Which is for what; a test part, where there is one, is never learned from.
        sources: The folders; the tuning part is the first one's.
    """

    manifest: Manifest
    split: Split
    sources: tuple[Source, ...]

    @property
    def folder(self) -> Path:
        """The folder that is tuned on."""
        return self.sources[0].folder

    @property
    def hash(self) -> str:
        """SHA-256 of that folder's films and their labels."""
        return self.sources[0].hash

    @property
    def also(self) -> tuple[Source, ...]:
        """The folders that are learned from only."""
        return self.sources[1:]


def read(folder: Path, settings: Training, *, also: Sequence[Path] = ()) -> DataSet:
    """Return the films of a folder, split as the settings say, and those of other folders beside its training part.

    One population makes the promise of a bundle: stopping, calibration and thresholds see the first folder alone.
    Of another folder, the films of its train part are learned from.

    Args:
        folder: Tuned on, too.
        settings: `split` and what belongs to it, and `max_films` of each folder.
        also: Learned from only.

    Raises:
        DataError: If a folder is no data set or lies in another, the split would put a patient into two parts, or
            another folder has not both classes to learn from.
    """
    films = sources.read(folder)
    if settings.max_films is not None:
        learned = some_of_each_class(films.select(_delivered_to_learn), settings.max_films)
        films = Manifest((*learned.films, *films.select(lambda film: not _delivered_to_learn(film)).films))
    split = splits.made_by(films, settings)
    used = Manifest((*split.training.films, *split.tuning.films))
    own = DataSet(used, split, (Source(folder, used, used.hash(), sources.is_listed(folder)),))
    return _joined(own, also, settings) if also else own


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


def _delivered_to_learn(film: Film) -> bool:
    return film.folder_part == "train"


def _joined(own: DataSet, folders: Sequence[Path], settings: Training) -> DataSet:
    for one, other in combinations([folder.resolve() for folder in (own.folder, *folders)], 2):
        if one.is_relative_to(other) or other.is_relative_to(one):
            raise DataError(
                f"{one} and {other}: folders to learn from must lie apart, so that no film is learned from twice."
            )
    others = tuple(
        _other(folder, own, settings, number=number) for number, folder in enumerate(folders, start=2)
    )
    training = Manifest(
        (*own.split.training.films, *(film for other in others for film in other.manifest.films))
    )
    names = ", ".join(other.name for other in others)
    use = f"Tuned on {own.sources[0].name} alone; films of {names} were learned from only."
    split = replace(own.split, training=training, description=f"{own.split.description} {use}")
    return DataSet(Manifest((*training.films, *split.tuning.films)), split, (*own.sources, *others))


def _other(folder: Path, own: DataSet, settings: Training, *, number: int) -> Source:
    """Return what is learned from another folder: nobody whom the first one tunes or tests on."""
    films = sources.read(folder).select(_delivered_to_learn)
    listed = sources.is_listed(folder)
    judged = _judged_patients(films, own, by_name=not listed and not own.sources[0].listed)
    kept = films.select(lambda film: film.patient not in judged)
    if settings.max_films is not None:
        kept = some_of_each_class(kept, settings.max_films)
    diseased = int(kept.diseased.sum())
    left_out = sum(film.patient in judged for film in films.films)
    if not 0 < diseased < len(kept):
        raise DataError(
            f"{folder}: a folder to learn from as well must hold films of both classes in its train part, so that its "
            f"hospital does not stand for one of them; received {diseased} diseased of {len(kept)} there, "
            f"{left_out} left out because {own.folder} tunes or tests on their patients."
        )
    # One number means two patients in two folders.
    apart = Manifest(
        tuple(
            replace(film, patient=PatientKey(f"{film.series}, data set {number}", film.patient.number))
            for film in kept.films
        )
    )
    return Source(folder, apart, apart.hash(), listed, left_out)


def _judged_patients(films: Manifest, own: DataSet, *, by_name: bool) -> set[PatientKey]:
    """Return the patients of a folder of whom a film, byte for byte, is in the first folder's tuning or test part.

    Args:
        films: Of the other folder.
        own: The first folder.
        by_name: Both name their films as the Kaggle data does: the same name may be the same child, stored anew.
    """
    test = own.split.internal_test
    held = (*own.split.tuning.films, *(test.films if test is not None else ()))
    contents = {film.content_hash() for film in held}
    named = {film.patient for film in held} if by_name else set()
    return named | {film.patient for film in films.films if film.content_hash() in contents}
