"""Whose films are is told by their headers or their names, and never who that is."""

from collections.abc import Callable
from pathlib import Path

import pytest

from firstread.config import Config, Workers
from firstread.imaging.content import Content
from firstread.reading.label_patients import LabelPatient, LabelPatients, Origin
from firstread.records import Reason
from firstread.store import films
from firstread.store.films import KeptFilm
from firstread.store.pseudonym_key import KEY_FILE
from firstread.store.store import Store
from firstread.terms import Refusal

Send = Callable[..., object]
Dicom = Callable[..., bytes]
Film = Callable[..., bytes]
CONFIG = Config(workers=Workers(processes=1))


@pytest.fixture
def whose(store: Store, send: Send) -> Callable[..., list[LabelPatient | Reason]]:
    """Return a function that sends files, and says whose films they are."""

    def told(files: dict[str, tuple[bytes, Content]]) -> list[LabelPatient | Reason]:
        send({name: content for name, (content, _) in files.items()})
        with store.database.read() as connection:
            kept: list[KeptFilm] = films.by_ids(connection, [s.film_id for s in films.standings(connection)])
        content_of = {name: kind for name, (_, kind) in files.items()}
        with LabelPatients(store, CONFIG) as patients:
            return patients.of([(film, content_of[film.name]) for film in kept])

    return told


Whose = Callable[..., list[LabelPatient | Reason]]


def test_films_of_one_dicom_patient_have_one_key(whose: Whose, dicom_film: Dicom) -> None:
    one, two, other = whose(
        {
            "1.dcm": (dicom_film("4711", seed=1), Content.DICOM),
            "2.dcm": (dicom_film("4711", seed=2), Content.DICOM),
            "3.dcm": (dicom_film("4712", seed=3), Content.DICOM),
        }
    )

    assert isinstance(one, LabelPatient)
    assert one == two
    assert one != other
    assert Origin.HEADER is one.origin
    assert one.key.startswith("dicom-")


def test_a_kaggle_name_tells_the_patient(whose: Whose, film: Film) -> None:
    assert [
        LabelPatient("bacteria-447", Origin.NAME),
        LabelPatient("virus-447", Origin.NAME),
        LabelPatient("NORMAL2-IM-381", Origin.NAME, is_official_test=True),
    ] == whose(
        {
            "person447_bacteria_1.jpeg": (film(100, seed=1), Content.PNG),
            "person447_virus_2.jpeg": (film(100, seed=2), Content.PNG),
            "NORMAL2-IM-0381-0001.jpeg": (film(100, seed=3), Content.PNG),
        }
    )


def test_a_dicom_file_is_not_asked_by_its_name(whose: Whose, dicom_film: Dicom) -> None:
    """IM-0001-0001.dcm is what viewers call any patient's first film: it is no film of the official test."""
    (patient,) = whose({"IM-0001-0001.dcm": (dicom_film(None), Content.DICOM)})

    assert isinstance(patient, LabelPatient)
    assert (Origin.UNKNOWN, False) == (patient.origin, patient.is_official_test)


def test_an_unknown_film_is_a_patient_of_its_own(whose: Whose, film: Film, dicom_film: Dicom) -> None:
    patients = whose(
        {
            "a.png": (film(100, seed=1), Content.PNG),
            "b.png": (film(100, seed=2), Content.PNG),
            "c.dcm": (dicom_film("ANONYMOUS", seed=1), Content.DICOM),
            "d.dcm": (dicom_film("ANONYMOUS", seed=2), Content.DICOM),
        }
    )

    assert 4 == len({patient.key for patient in patients if isinstance(patient, LabelPatient)})
    assert all(isinstance(patient, LabelPatient) and patient.origin is Origin.UNKNOWN for patient in patients)


def test_a_damaged_file_has_a_reason(whose: Whose) -> None:
    (reason,) = whose({"a.dcm": (b"\0" * 128 + b"DICM\x02\x00\x10\x00UI\xff\xff", Content.DICOM)})

    assert isinstance(reason, Reason)
    assert Refusal.TRUNCATED is reason.code


def test_without_dicom_no_secret_is_made(whose: Whose, film: Film, tmp_path: Path) -> None:
    whose({"a.png": (film(100), Content.PNG)})

    assert not (tmp_path / KEY_FILE).exists()
