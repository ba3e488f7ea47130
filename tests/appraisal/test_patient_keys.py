from pathlib import Path

from firstread.appraisal.patient_keys import PatientKeys, patient_keys
from firstread.data.manifest import Film, Manifest, PatientKey
from firstread.terms import LabelState


def manifest(*rows: tuple[str, int, str]) -> Manifest:
    return Manifest(
        tuple(
            Film(Path(f"{place}.png"), PatientKey(series, number), LabelState.PRESENT, part)
            for place, (series, number, part) in enumerate(rows)
        )
    )


def test_a_number_without_its_series_takes_two_patients_for_one() -> None:
    """Counted by hand: 7 is two patients in two parts, 8 one patient truly in two parts, 9 one patient."""
    found = patient_keys(
        manifest(
            ("virus", 7, "train"),
            ("bacteria", 7, "test"),
            ("virus", 8, "train"),
            ("virus", 8, "test"),
            ("virus", 9, "train"),
            ("virus", 9, "train"),
            ("virus", 9, "train"),
        )
    )

    assert found == PatientKeys(
        films=7, patients=4, most_films=3, bare_numbers=3, shared_numbers=1, false_overlap=1
    )
