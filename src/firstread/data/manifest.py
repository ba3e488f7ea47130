"""Which films there are: one row per film, its columns checked on entry."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from firstread.errors import DataError
from firstread.terms import LabelState

__all__ = ["FOLDER_PARTS", "Film", "Manifest", "PatientKey", "Series"]

FOLDER_PARTS = ("train", "val", "test")
"""The folders a source delivers its parts in. What a film is used for is decided by a split, not by these."""


class Series(StrEnum):
    """The four runs of patient numbers in the Kaggle data; a number means one patient only within its series."""

    BACTERIA = "bacteria"
    VIRUS = "virus"
    IM = "IM"
    NORMAL2_IM = "NORMAL2-IM"


@dataclass(frozen=True, slots=True, order=True)
class PatientKey:
    """One patient: bacteria 447 and virus 447 are two.

    Args:
        series: The run of numbers: one of `Series`, or what another source calls its own.
        number: The patient's number within it.
    """

    series: str
    number: int

    def __str__(self) -> str:
        return f"{self.series}-{self.number}"


@dataclass(frozen=True, slots=True)
class Film:
    """One film of a data set.

    Args:
        path: The file.
        patient: Whose film it is.
        finding: What the source says about pneumonia.
        folder_part: The folder it was delivered in: train, val or test.
        view_position: View Position as the source states it, "PA" or "AP"; None where it does not.
    """

    path: Path
    patient: PatientKey
    finding: LabelState
    folder_part: str
    view_position: str | None = None

    def __post_init__(self) -> None:
        if self.folder_part not in FOLDER_PARTS:
            raise DataError(
                f"{self.path}: the part must be {', '.join(FOLDER_PARTS)}; received {self.folder_part!r}."
            )

    @property
    def series(self) -> str:
        """The run of patient numbers this film belongs to."""
        return self.patient.series

    def content_hash(self) -> str:
        """Return the SHA-256 of the file: the same film under another name has the same.

        Raises:
            DataError: If the file cannot be read.
        """
        try:
            with self.path.open("rb") as stream:
                return hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            raise DataError(f"{self.path}: a film must be readable; {error.strerror}.") from error


@dataclass(frozen=True)
class Manifest:
    """The films of a data set, in a fixed order.

    Args:
        films: One row per film; no path twice, every finding present or absent.
        left_out: Films that were found and must not be used, because they belong to the official test part.

    Raises:
        DataError: If a path comes twice or a finding is neither present nor absent.
    """

    films: tuple[Film, ...]
    left_out: tuple[Film, ...] = ()

    def __post_init__(self) -> None:
        path, times = (Counter(film.path for film in self.films).most_common(1) or [(Path(), 0)])[0]
        if times > 1:
            raise DataError(f"{path}: a film must be in the manifest once; it came {times} times.")
        for film in self.films:
            if film.finding not in (LabelState.PRESENT, LabelState.ABSENT):
                raise DataError(
                    f"{film.path}: a finding must be present or absent; received {film.finding.value!r}."
                )

    def __len__(self) -> int:
        return len(self.films)

    @cached_property
    def diseased(self) -> npt.NDArray[np.bool_]:
        """Reference standard, shape (n_films,): pneumonia is present. Read-only."""
        diseased = np.array([film.finding is LabelState.PRESENT for film in self.films], dtype=np.bool_)
        diseased.flags.writeable = False
        return diseased

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files, in the manifest's order."""
        return tuple(film.path for film in self.films)

    @property
    def patients(self) -> tuple[PatientKey, ...]:
        """Whose film each row is, in the manifest's order; patients with several films come several times."""
        return tuple(film.patient for film in self.films)

    @property
    def series(self) -> tuple[str, ...]:
        """The runs of patient numbers there are, the Kaggle data's in their own order, others by name."""
        known = [series.value for series in Series]
        found = {str(film.series) for film in self.films}
        return tuple(
            sorted(found, key=lambda name: (known.index(name) if name in known else len(known), name))
        )

    def select(self, which: Iterable[int] | npt.NDArray[np.bool_] | Callable[[Film], bool]) -> "Manifest":
        """Return the manifest of some films.

        Args:
            which: Row numbers in the wanted order, a bool array of shape (n_films,), or a predicate.
        """
        if callable(which):
            return Manifest(tuple(film for film in self.films if which(film)))
        if isinstance(which, np.ndarray) and which.dtype == np.bool_:
            which = np.flatnonzero(which)
        return Manifest(tuple(self.films[int(row)] for row in which))

    def hash(self) -> str:
        """Return the SHA-256 of what was learned from: every film's bytes, name, part and finding.

        It does not depend on where the folder lies or on the order of the rows. Every file is read once
        (5,216 films of 224×224 in about a second).
        """
        digest = hashlib.sha256()
        for row in sorted(_fingerprint(film) for film in self.films):
            digest.update(row.encode())
        return digest.hexdigest()


def _fingerprint(film: Film) -> str:
    return f"{film.folder_part}\t{film.finding.value}\t{film.path.name}\t{film.content_hash()}\n"
