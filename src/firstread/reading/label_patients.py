"""Whose film each is, as far as that can be told without saying who: the patients of labels."""

from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self

from firstread.config import Config
from firstread.data.manifest import PatientKey
from firstread.data.sources import kaggle_pneumonia
from firstread.errors import DataError
from firstread.imaging.content import Content
from firstread.imaging.pseudonym import Pseudonym, PseudonymKey
from firstread.imaging.pseudonym_pool import PseudonymPool
from firstread.records import Reason
from firstread.store.films import KeptFilm
from firstread.store.pseudonym_key import key_file
from firstread.store.store import Store

__all__ = ["LabelPatient", "LabelPatients", "Origin"]

# Of the hash that names a film: enough to tell films apart that nothing is known of.
_DIGITS = 32


class Origin(StrEnum):
    """How it is known whose film it is."""

    HEADER = "header"
    """A DICOM header states it; a pseudonym stands for it."""
    NAME = "name"
    """The file's name does, in the way of the Kaggle data."""
    UNKNOWN = "unknown"
    """It is not known; the film counts as a patient of its own."""


@dataclass(frozen=True, slots=True)
class LabelPatient:
    """Whose film it is.

    Args:
        key: The same for films of one patient; no name, no ID, no date of birth.
        origin: How it is known.
        is_official_test: By its name the film belongs to the part of the Kaggle data that is kept for tests.
    """

    key: str
    origin: Origin
    is_official_test: bool = False


class LabelPatients:
    """Tells whose films are; use it as a context manager, which ends the processes that open them.

    Args:
        store: Holds the films, and the secret of the pseudonyms.
        config: Limits and workers.
    """

    def __init__(self, store: Store, config: Config) -> None:
        self._store, self._config = store, config
        self._opened = ExitStack()
        self._pool: PseudonymPool | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._opened.close()

    def of(self, films: Sequence[tuple[KeptFilm, Content]]) -> list[LabelPatient | Reason]:
        """Return whose films these are, or the reason why a film cannot be opened.

        A DICOM file is never asked by its name: programs call any patient's first film IM-0001-0001.dcm.

        Raises:
            StoreError: If the secret of the pseudonyms cannot be had.
            WorkerError: If the processes that open films cannot start.
        """
        asked = [self._asked(film) if content is Content.DICOM else None for film, content in films]
        return [
            _by_name(film) if answer is None else _by_header(film, answer.result())
            for (film, _), answer in zip(films, asked, strict=True)
        ]

    def _asked(self, film: KeptFilm) -> "Future[Pseudonym | Reason]":
        if self._pool is None:
            key = PseudonymKey(str(key_file(self._store)))
            pool = PseudonymPool(key, limits=self._config.read, workers=self._config.workers)
            self._pool = self._opened.enter_context(pool)
        return self._pool.submit(self._store.films.path(film.sha256))


def _by_header(film: KeptFilm, answer: Pseudonym | Reason) -> LabelPatient | Reason:
    if isinstance(answer, Reason):
        return answer
    return _unknown(film) if answer.text is None else LabelPatient(f"dicom-{answer.text}", Origin.HEADER)


def _by_name(film: KeptFilm) -> LabelPatient:
    patient = _kaggle_patient(film.name)
    if patient is None:
        return _unknown(film)
    return LabelPatient(str(patient), Origin.NAME, kaggle_pneumonia.is_official_test(patient))


def _kaggle_patient(name: str) -> PatientKey | None:
    try:
        return kaggle_pneumonia.patient_of(Path(name))
    except DataError:  # its message holds the name
        return None


def _unknown(film: KeptFilm) -> LabelPatient:
    return LabelPatient(f"film-{film.sha256[:_DIGITS]}", Origin.UNKNOWN)
