from dataclasses import replace
from pathlib import Path

import pytest

from firstread.data.leakage import Leak, LeakKind, find_leaks
from firstread.data.manifest import Film, Manifest, PatientKey, Series
from firstread.terms import LabelState

FILM = Film(Path("a.jpeg"), PatientKey(Series.VIRUS, 400), LabelState.PRESENT, "train")
OTHER = replace(FILM, path=Path("b.jpeg"))


def test_a_patient_in_two_parts_leaks() -> None:
    moved = replace(OTHER, folder_part="test")

    assert (Leak(LeakKind.PATIENT_IN_TWO_PARTS, (Path("a.jpeg"), Path("b.jpeg"))),) == find_leaks(
        Manifest((FILM, moved)), []
    )


def test_films_left_out_are_leaks() -> None:
    assert (Leak(LeakKind.OFFICIAL_TEST, (Path("b.jpeg"),)),) == find_leaks(Manifest((FILM,), (OTHER,)), [])


@pytest.mark.parametrize(
    ("copy", "kinds"),
    [
        (OTHER, []),
        (replace(OTHER, folder_part="test"), [LeakKind.FILM_IN_TWO_PARTS]),
        (replace(OTHER, patient=PatientKey(Series.VIRUS, 401)), [LeakKind.FILM_OF_TWO_PATIENTS]),
        (
            replace(OTHER, patient=PatientKey(Series.IM, 401), finding=LabelState.ABSENT),
            [LeakKind.FILM_IN_TWO_CLASSES],
        ),
    ],
    ids=["within a patient", "two parts", "two patients", "two classes"],
)
def test_copies_leak_where_they_are_apart(copy: Film, kinds: list[LeakKind]) -> None:
    assert kinds == [leak.kind for leak in find_leaks(Manifest(()), [(FILM, copy)])]
