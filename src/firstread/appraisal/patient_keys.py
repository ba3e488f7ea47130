"""What a patient's number is worth with its series, and what it claims without."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from firstread.data.manifest import Manifest, PatientKey

__all__ = ["PatientKeys", "patient_keys"]


@dataclass(frozen=True, slots=True)
class PatientKeys:
    """What a patient number alone would say, against what it says within its series.

    Args:
        films: Films in all.
        patients: Patients, each a series and a number.
        most_films: Films of the patient who has most.
        bare_numbers: Patients one would count from the numbers alone.
        shared_numbers: Numbers that stand for several patients.
        false_overlap: Numbers that lie in two parts only because two patients share them.
    """

    films: int
    patients: int
    most_films: int
    bare_numbers: int
    shared_numbers: int
    false_overlap: int


def patient_keys(manifest: Manifest) -> PatientKeys:
    """Return how often a number alone would take two patients for one."""
    films = Counter(manifest.patients)
    series: dict[int, set[str]] = defaultdict(set)
    parts: dict[PatientKey, set[str]] = defaultdict(set)
    bare_parts: dict[int, set[str]] = defaultdict(set)
    for film in manifest.films:
        series[film.patient.number].add(film.series)
        parts[film.patient].add(film.folder_part)
        bare_parts[film.patient.number].add(film.folder_part)
    truly = {patient.number for patient in films if len(parts[patient]) > 1}
    return PatientKeys(
        films=len(manifest),
        patients=len(films),
        most_films=max(films.values()),
        bare_numbers=len(series),
        shared_numbers=sum(len(names) > 1 for names in series.values()),
        false_overlap=sum(len(found) > 1 and number not in truly for number, found in bare_parts.items()),
    )
