"""Any other data set: a manifest.csv beside the films says which film is whose, and what is held to be true."""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from firstread.data.manifest import Film, Manifest, PatientKey
from firstread.errors import DataError
from firstread.terms import LabelState

__all__ = ["COLUMNS", "NAME", "read_folder"]

NAME = "manifest.csv"

COLUMNS = ("path", "label", "patient")
"""Those a manifest must have; `series` (default: all), `part` (train, val or test; default: train) and `view_position`
(PA, AP …; default: not stated) may follow."""

_NO_PATIENT = ("nan", "none", "null", "na", "n/a")
"""What other programs write for an empty cell: all films without a patient would become one patient's."""

_LABELS: Mapping[str, LabelState] = {
    # What people write. Anything else, an empty cell too, is refused: a guess would be a label nobody gave.
    **dict.fromkeys(("1", "pneumonia", "present", "diseased", "true"), LabelState.PRESENT),
    **dict.fromkeys(("0", "normal", "absent", "non-diseased", "false"), LabelState.ABSENT),
}


def read_folder(folder: Path) -> Manifest:
    """Return the films that a manifest.csv lists, in its order.

    A patient becomes the number of its first row, so that whatever identity the file holds goes no further.
    Sort the rows by the time of acquisition: blocks of patients are cut in this order.

    Args:
        folder: Holds manifest.csv with the columns `COLUMNS`; paths are relative to it.

    Raises:
        DataError: If a column or a label is missing, a path leads out of the folder, a file is missing or comes
            twice, or only one class is there. The message names the line.
    """
    file = folder / NAME
    numbers: dict[tuple[str, str], int] = {}
    films = []
    for line, row in _rows(file):
        where = f"{file}, line {line}"
        series = row.get("series") or "all"
        patient = _patient(row, where)
        number = numbers.setdefault((series, patient), len(numbers) + 1)
        films.append(
            Film(
                _path(folder, _stated(row, "path", where), where),
                PatientKey(series, number),
                _finding(row, where),
                row.get("part") or "train",
                row.get("view_position") or None,
            )
        )
    diseased = sum(film.finding is LabelState.PRESENT for film in films)
    if not 0 < diseased < len(films):
        raise DataError(
            f"{file}: must list films of both classes; received {diseased} diseased of {len(films)}."
        )
    return Manifest(tuple(films))


def _rows(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (line, its cells by column name)."""
    try:
        with file.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.DictReader(stream, restval="")
            header = reader.fieldnames or ()
            missing = [name for name in COLUMNS if name not in header]
            if missing:
                raise DataError(
                    f"{file}: must begin with the columns {', '.join(COLUMNS)}, between commas; "
                    f"{', '.join(missing)} missing in {','.join(header)!r}."
                )
            for row in reader:
                yield reader.line_num, {name: value.strip() for name, value in row.items() if name}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{file}: must be a readable CSV file in UTF-8; {error}.") from error


def _stated(row: Mapping[str, str], column: str, where: str) -> str:
    if not row[column]:
        raise DataError(f"{where}: every film must state its {column}; received an empty cell.")
    return row[column]


def _patient(row: Mapping[str, str], where: str) -> str:
    patient = _stated(row, "patient", where)
    if patient.lower() in _NO_PATIENT:
        raise DataError(
            f"{where}: every film must state its patient; received {patient!r}, which stands for none. "
            "Films of one patient must carry one name, and films of two patients never the same."
        )
    return patient


def _finding(row: Mapping[str, str], where: str) -> LabelState:
    label = _stated(row, "label", where)
    if label.lower() not in _LABELS:
        raise DataError(f"{where}: the label must be one of {', '.join(_LABELS)}; received {label!r}.")
    return _LABELS[label.lower()]


def _path(folder: Path, stated: str, where: str) -> Path:
    """Return the film's path; a list from elsewhere must not open other files of this machine."""
    relative = Path(stated)
    if relative.is_absolute() or ".." in relative.parts:
        raise DataError(f"{where}: the path must lie in the folder; received {stated!r}.")
    path = folder / relative
    try:
        found = path.is_file()
    except OSError as error:
        raise DataError(
            f"{where}: the film must be there; its path cannot be opened, {error.strerror}."
        ) from error
    if not found:
        raise DataError(f"{where}: the film must be there; {stated!r} is not a file.")
    return path
