"""A folder of radiographs that are nobody's, in the layout of the public data."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from firstread.data import eigen_radiographs as eigen
from firstread.data.eigen_radiographs import Drawn, EigenRadiographs, Kind
from firstread.data.manifest import FOLDER_PARTS, PatientKey, Series
from firstread.data.synthetic_file import FileFormat, as_dicom, as_jpeg, says_synthetic
from firstread.errors import DataError, OutputError

__all__ = ["FIRST_NUMBER", "Planned", "generate", "plan"]

FIRST_NUMBER = 10_001
"""Imagined patients are numbered from here: the public data ends at 1,954, so no number is anybody's."""

_SEVERAL_FILMS = (0.8, 0.15, 0.05)  # of the imagined patients have one, two, three films
_BACTERIAL = 0.65  # of the diseased; 2,530 of 3,875 in the public training part
_FIRST_NORMAL_SERIES = 0.45  # of the others; 597 of 1,341


@dataclass(frozen=True, slots=True)
class Planned:
    """One film to be made.

    Args:
        patient: The imagined patient.
        number: The film's number within the patient, from 1.
        kind: What it is to look like.
        seed: Of the film; films of one patient share the first two words.
    """

    patient: PatientKey
    number: int
    kind: Kind
    seed: tuple[int, int, int]

    @property
    def name(self) -> str:
        """The file's name without its end, as the public data would have it."""
        if self.patient.series in (Series.BACTERIA, Series.VIRUS):
            return f"person{self.patient.number}_{self.patient.series}_{self.number}"
        return f"{self.patient.series}-{self.patient.number:04}-{self.number:04}"

    @property
    def label_folder(self) -> str:
        """NORMAL or PNEUMONIA."""
        return "NORMAL" if self.kind is Kind.NORMAL else "PNEUMONIA"


def plan(count: int, *, seed: int, diseased_fraction: float = 0.5) -> tuple[Planned, ...]:
    """Return which films a seed stands for.

    Args:
        count: Films in all, at least 1.
        seed: Of everything drawn; the same seed gives the same films.
        diseased_fraction: In [0, 1]; a class that is asked for has at least one film.

    Raises:
        DataError: If a number is outside its range.
    """
    if count < 1:
        raise DataError(f"The number of films must be at least 1; received {count}.")
    if not 0 <= diseased_fraction <= 1:
        raise DataError(f"The diseased fraction must be in [0, 1]; received {diseased_fraction}.")
    if seed < 0:
        raise DataError(f"The seed must not be negative; received {seed}.")
    diseased = round(count * diseased_fraction)
    if count > 1 and 0 < diseased_fraction < 1:
        diseased = min(max(diseased, 1), count - 1)
    rng = np.random.default_rng(seed)
    return (
        *_patients(
            rng, diseased, seed, ((Series.BACTERIA, Kind.BACTERIAL), (Series.VIRUS, Kind.VIRAL)), _BACTERIAL
        ),
        *_patients(
            rng,
            count - diseased,
            seed,
            ((Series.IM, Kind.NORMAL), (Series.NORMAL2_IM, Kind.NORMAL)),
            _FIRST_NORMAL_SERIES,
        ),
    )


def generate(
    count: int,
    out: Path,
    *,
    seed: int = 0,
    layout: FileFormat = FileFormat.JPEG,
    diseased_fraction: float = 0.5,
    part: str = "train",
    overwrite: bool = False,
    on_progress: Callable[[int, int], None] | None = None,
) -> tuple[Path, ...]:
    """Write synthetic radiographs to `out/<part>/NORMAL` and `out/<part>/PNEUMONIA`; return the files.

    Args:
        count: Films in all.
        out: The folder; made where it does not exist.
        seed: The same seed gives the same bytes.
        layout: JPEG or DICOM.
        diseased_fraction: Of the films, in [0, 1].
        part: The folder the films go to: train, val or test.
        overwrite: Replace synthetic films that are there already; anything else in the folder stays.
        on_progress: Called with (films done, films in all).

    Raises:
        DataError: If a number or the part is outside its range.
        OutputError: If the folder is not empty (and may not be overwritten), or cannot be written.
    """
    if part not in FOLDER_PARTS:
        raise DataError(f"The part must be {', '.join(FOLDER_PARTS)}; received {part!r}.")
    planned = plan(count, seed=seed, diseased_fraction=diseased_fraction)
    files = tuple(out / part / film.label_folder / f"{film.name}{layout.suffix}" for film in planned)
    try:
        _clear(out, files, overwrite=overwrite)
        for folder in sorted({file.parent for file in files}):
            folder.mkdir(parents=True, exist_ok=True)
        contents = _encoded(planned, eigen.shipped(), layout)
        for done, (file, content) in enumerate(zip(files, contents, strict=True), start=1):
            _write_whole(file, content)
            if on_progress is not None:
                on_progress(done, count)
    except OSError as error:
        raise OutputError(
            f"{error.filename or out}: synthetic films must be writable; {error.strerror}."
        ) from error
    return files


def _patients(
    rng: np.random.Generator,
    count: int,
    seed: int,
    series_of: tuple[tuple[Series, Kind], tuple[Series, Kind]],
    first_share: float,
) -> Iterator[Planned]:
    """Yield films of imagined patients, about a fifth of whom have several."""
    number = FIRST_NUMBER
    while count:
        series, kind = series_of[0] if rng.random() < first_share else series_of[1]
        films = min(count, 1 + int(rng.choice(3, p=_SEVERAL_FILMS)))
        word = list(Series).index(series)
        for film in range(1, films + 1):
            yield Planned(PatientKey(series, number), film, kind, (seed, number * 10 + word, film))
        count -= films
        number += 1


def _encoded(planned: tuple[Planned, ...], model: EigenRadiographs, layout: FileFormat) -> Iterator[bytes]:
    first: dict[PatientKey, Drawn] = {}
    for film in planned:
        near = first.get(film.patient)
        drawn = eigen.draw(np.random.default_rng(film.seed), model, kind=film.kind, near=near)
        first.setdefault(film.patient, drawn)
        pixels = eigen.develop(model, drawn)
        if layout is FileFormat.JPEG:
            yield as_jpeg(pixels)
        else:
            yield as_dicom(pixels, study=f"{film.seed[0]}-{film.patient}", instance=film.number)


def _clear(out: Path, files: tuple[Path, ...], *, overwrite: bool) -> None:
    """Make room for the films: remove earlier synthetic ones, refuse to touch anything else."""
    if not out.exists():
        return
    if not overwrite and any(out.iterdir()):
        raise OutputError(
            f"{out}: the folder must be empty or new; it holds {next(out.iterdir()).name}. "
            "Name another one, or allow synthetic films in it to be replaced (--overwrite)."
        )
    ours = [file for file in _films_under(out) if _is_synthetic(file)]
    foreign = set(files) & set(_films_under(out)) - set(ours)
    if foreign:
        raise OutputError(
            f"{min(foreign)}: only synthetic films are replaced; this file is not one. Name another folder."
        )
    for file in ours:
        file.unlink()


def _films_under(out: Path) -> list[Path]:
    return [
        file
        for part in FOLDER_PARTS
        for label in ("NORMAL", "PNEUMONIA")
        for file in (out / part / label).glob("*")
        if file.is_file()
    ]


def _is_synthetic(file: Path) -> bool:
    with file.open("rb") as stream:
        return says_synthetic(stream.read(4096))


def _write_whole(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError:
        file.unlink(missing_ok=True)
        raise
