"""The Kaggle chest radiographs of children with and without pneumonia: folder → manifest.

Kermany et al., Cell 2018; Kaggle `paultimothymooney/chest-xray-pneumonia`, CC BY 4.0. The layout is
`train|val|test / NORMAL|PNEUMONIA`; the file names carry the patient.
"""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from firstread.data.labels import KAGGLE_PNEUMONIA_FOLDERS, KAGGLE_PNEUMONIA_SERIES
from firstread.data.manifest import FOLDER_PARTS, Film, Manifest, PatientKey, Series
from firstread.errors import DataError
from firstread.terms import LabelState

__all__ = ["OFFICIAL_TEST_NUMBERS", "is_official_test", "patient_of", "read_folder"]

OFFICIAL_TEST_NUMBERS: Mapping[str, tuple[range, ...]] = {
    # Counted from the file names of the data set's own test folder: it is made of whole blocks of patient
    # numbers, and no number of the training folder lies in them.
    Series.IM: (range(1, 112),),
    Series.NORMAL2_IM: (range(7, 382),),
    Series.BACTERIA: (range(78, 176),),
    Series.VIRUS: (range(1, 80), range(1608, 1609), range(1610, 1686)),
}

_SUFFIXES = (".jpeg", ".jpg", ".png", ".dcm")
_NAME = re.compile(
    r"(?:person(?P<diseased>\d+)_(?P<cause>bacteria|virus)(?:_\d+)+|(?P<normal>NORMAL2-IM|IM)-(?P<number>\d+)(?:-\d+)+)",
    re.IGNORECASE,
)
_NOT_FILMS = ("thumbs.db", "desktop.ini")  # written by Windows into every folder it shows
_NESTING = 4  # the download unpacks to chest-xray-pneumonia/versions/2/chest_xray
_MOST_FOLDERS = 500  # a wrong folder, "/" say, is refused soon instead of searched for minutes


def read_folder(folder: Path) -> Manifest:
    """Return the films under a folder of the Kaggle layout, sorted by part, class and name.

    Films of the official test part that lie outside `test` are left out, and kept in `left_out`: whoever
    learned from them could not be judged any more.

    Args:
        folder: Holds any of train, val and test; or NORMAL and PNEUMONIA themselves; or is a folder above,
            as the download unpacks.

    Raises:
        DataError: If there are no films, one class only, a name without a patient, or a name that contradicts
            its folder.
    """
    found = [film for part, place in _part_folders(folder) for film in _read_part(part, place)]
    misplaced = [film.folder_part != "test" and is_official_test(film.patient) for film in found]
    manifest = Manifest(
        films=tuple(film for film, wrong in zip(found, misplaced, strict=True) if not wrong),
        left_out=tuple(film for film, wrong in zip(found, misplaced, strict=True) if wrong),
    )
    _require_both_classes(manifest, folder)
    return manifest


def patient_of(path: Path) -> PatientKey:
    """Return the patient a file name stands for: (series, number).

    Raises:
        DataError: If the name is not one of the data set's.
    """
    match = _NAME.fullmatch(path.stem) if path.suffix.lower() in _SUFFIXES else None
    if match is None:
        raise DataError(
            f"{path}: a film's name must be person<N>_bacteria_<M>, person<N>_virus_<M>, IM-<N>-<M> or "
            f"NORMAL2-IM-<N>-<M> with {', '.join(_SUFFIXES)}, because it says which patient the film is of; "
            f"received {path.name!r}. Rename or remove the file."
        )
    if match["cause"]:
        return PatientKey(Series(match["cause"].lower()), int(match["diseased"]))
    return PatientKey(Series(match["normal"].upper()), int(match["number"]))


def is_official_test(patient: PatientKey) -> bool:
    """Return whether the patient belongs to the official test part."""
    return any(patient.number in numbers for numbers in OFFICIAL_TEST_NUMBERS[patient.series])


def _part_folders(folder: Path) -> list[tuple[str, Path]]:
    """Return (part, folder) of the shallowest level that has parts; copies nested deeper are ignored."""
    level = [folder]
    for _ in range(_NESTING):
        holders = [place for place in level if _children(place, (*FOLDER_PARTS, *KAGGLE_PNEUMONIA_FOLDERS))]
        if len(holders) > 1:
            raise DataError(
                f"{folder}: must hold one data set; received several: {', '.join(map(str, holders[:3]))}. "
                "Name one of them."
            )
        if holders:
            return _parts_in(holders[0])
        level = [child for place in level for child in _folders(place)][:_MOST_FOLDERS]
    raise DataError(
        f"{folder}: must hold train, val or test with NORMAL and PNEUMONIA inside; received "
        f"{', '.join(child.name for child in _entries(folder)[:5]) or 'an empty folder'}."
    )


def _parts_in(holder: Path) -> list[tuple[str, Path]]:
    parts = [(part, place) for part in FOLDER_PARTS for place in _children(holder, (part,))]
    if parts:
        return parts
    name = holder.resolve().name.lower()
    return [(name if name in FOLDER_PARTS else "train", holder)]


def _read_part(part: str, place: Path) -> Iterator[Film]:
    for label, finding in sorted(KAGGLE_PNEUMONIA_FOLDERS.items()):
        for folder in _children(place, (label,)):
            for path in _entries(folder):
                patient = patient_of(path)
                if KAGGLE_PNEUMONIA_SERIES[patient.series] is not finding:
                    raise DataError(
                        f"{path}: a film in {label} must have a name that says pneumonia is {finding.value}; "
                        f"received one of the {patient.series} series. Move it to its own folder."
                    )
                yield Film(path, patient, finding, part)


def _children(place: Path, names: tuple[str, ...]) -> list[Path]:
    """Return the sub-folders with one of these names, in upper or lower case."""
    wanted = {name.lower() for name in names}
    return [child for child in _entries(place) if child.name.lower() in wanted and child.is_dir()]


def _folders(place: Path) -> list[Path]:
    """Return the sub-folders that can be opened; what cannot be opened is not where the user pointed."""
    return [child for child in _entries(place) if child.is_dir() and os.access(child, os.R_OK | os.X_OK)]


def _entries(place: Path) -> list[Path]:
    """Return what lies in a folder, sorted, without hidden files and a Mac's copies of everything."""
    try:
        names = sorted(place.iterdir())
    except OSError as error:
        raise DataError(f"{place}: must be a folder that can be read; {error.strerror}.") from error
    return [
        path
        for path in names
        if not path.name.startswith(".") and path.name != "__MACOSX" and path.name.lower() not in _NOT_FILMS
    ]


def _require_both_classes(manifest: Manifest, folder: Path) -> None:
    present = sum(film.finding is LabelState.PRESENT for film in manifest.films)
    absent = len(manifest) - present
    if not present or not absent:
        dropped = f" ({len(manifest.left_out)} films of the official test part were left out)"
        raise DataError(
            f"{folder}: must hold films of both classes; received {absent} in NORMAL and {present} in "
            f"PNEUMONIA{dropped if manifest.left_out else ''}."
        )
