"""Ways in which a test film, or its patient, has been learned from."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from firstread.data.manifest import Film, Manifest

__all__ = ["Leak", "LeakKind", "find_leaks"]


class LeakKind(StrEnum):
    """What leaks. The value is the stable code written to JSON."""

    OFFICIAL_TEST = "official_test_film_outside_test"
    PATIENT_IN_TWO_PARTS = "patient_in_two_parts"
    FILM_IN_TWO_PARTS = "film_in_two_parts"
    FILM_IN_TWO_CLASSES = "film_in_two_classes"
    FILM_OF_TWO_PATIENTS = "film_of_two_patients"


@dataclass(frozen=True, slots=True)
class Leak:
    """One leak and the files it is made of."""

    kind: LeakKind
    paths: tuple[Path, ...]


def find_leaks(manifest: Manifest, copies: Sequence[Sequence[Film]]) -> tuple[Leak, ...]:
    """Return every leak of a data set.

    Args:
        manifest: The films, with those left out because they belong to the official test part.
        copies: Groups of films that show the same picture.
    """
    return (
        *(Leak(LeakKind.OFFICIAL_TEST, (film.path,)) for film in manifest.left_out),
        *_patients_in_two_parts(manifest),
        *_copies_apart(copies),
    )


def _patients_in_two_parts(manifest: Manifest) -> Iterator[Leak]:
    films = defaultdict(list)
    for film in manifest.films:
        films[film.patient].append(film)
    for patient in sorted(films):
        if len({film.folder_part for film in films[patient]}) > 1:
            yield Leak(LeakKind.PATIENT_IN_TWO_PARTS, tuple(film.path for film in films[patient]))


def _copies_apart(copies: Sequence[Sequence[Film]]) -> Iterator[Leak]:
    for group in copies:
        paths = tuple(film.path for film in group)
        if len({film.folder_part for film in group}) > 1:
            yield Leak(LeakKind.FILM_IN_TWO_PARTS, paths)
        if len({film.finding for film in group}) > 1:
            yield Leak(LeakKind.FILM_IN_TWO_CLASSES, paths)
        elif len({film.patient for film in group}) > 1:
            # A split by patient may then put one copy on each side.
            yield Leak(LeakKind.FILM_OF_TWO_PATIENTS, paths)
