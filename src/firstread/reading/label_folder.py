"""Labels become a folder to learn from: the films that readers agree on, and a manifest.csv of what they found."""

import csv
import hashlib
import io
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from firstread.config import Config
from firstread.data.sources.manifest_file import COLUMNS, NAME
from firstread.errors import DataError, ImageReadError, OutputError
from firstread.imaging.content import Content, recognise
from firstread.reading import labels
from firstread.reading.label_patients import LabelPatient, LabelPatients, Origin
from firstread.reading.labels import Choice, Label, Unlabelled
from firstread.records import Reason
from firstread.store import audit_log
from firstread.store.store import Store
from firstread.terms import LabelState

__all__ = ["LabelFolder", "write"]

_FILMS = "films"
_SUFFIX = {Content.DICOM: ".dcm", Content.PNG: ".png", Content.JPEG: ".jpg", Content.TIFF: ".tif"}
# What a file is stands in its first bytes.
_FIRST_BYTES = 512
# Films whose patients are asked for at a time.
_AT_ONCE = 256
_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class LabelFolder:
    """What was written, and what was left out.

    Args:
        n_present: Films with the finding.
        n_absent: Films without it.
        n_patients: Different patients, as far as that is known.
        n_uncertain: Left out: a reader was not sure.
        n_disagreed: Left out: readers disagree.
        n_not_scored: Left out: the model refused them, and a training would as well.
        n_unopened: Left out: the file is gone or damaged.
        n_by_header: Films whose patient a DICOM header states.
        n_by_name: Films whose patient the file's name states, in the way of the Kaggle data.
        n_unknown: Films of patients that are not known.
        n_official_test: Left out: by their name they belong to the official test part of the Kaggle data, and whoever
            learned from them could not be judged on it any more.
        n_dicom: Films whose file has a header that may say who the patient is.
    """

    n_present: int
    n_absent: int
    n_patients: int
    n_uncertain: int
    n_disagreed: int
    n_not_scored: int
    n_unopened: int
    n_by_header: int
    n_by_name: int
    n_unknown: int
    n_official_test: int
    n_dicom: int


@dataclass(frozen=True, slots=True)
class _Row:
    """A film of the manifest."""

    sha256: str
    content: Content
    finding: LabelState
    patient: LabelPatient
    view_position: str


_UNOPENED, _NOT_SCORED, _OFFICIAL_TEST = "unopened", "not scored", "of the official test part"
_LeftOut = Counter[str]


def write(
    store: Store,
    folder: Path,
    choice: Choice,
    *,
    config: Config,
    actor: str,
    now: float,
    overwrite: bool = False,
    on_progress: Callable[[str, int, int], None] = lambda _doing, _done, _all: None,
) -> LabelFolder:
    """Write the films that readers agree on, and what they found, into a folder that appears whole or not at all.

    `firstread train` and `firstread recalibrate` take it. The films are copies as they came.

    Args:
        store: Holds films and readings.
        folder: New or empty; or, to be replaced, one that was written here before.
        choice: Whose readings count.
        config: Limits and workers.
        actor: Who asks for it.
        now: Seconds since 1970.
        overwrite: Replace labels that were written there before.
        on_progress: Called with (what is done, films done, films in all).

    Raises:
        OutputError: If something stands in the folder's place, or it cannot be written; nothing is left behind.
        DataError: If the labels are of one class or none.
        StoreError: If the store does not answer.
        WorkerError: If the processes that open films cannot start.
    """
    _require_own(folder, overwrite=overwrite)
    left_out: _LeftOut = Counter()
    rows = _rows(store, choice, config, left_out, on_progress)
    _require_both_classes(rows, choice, left_out)
    with _whole_or_not_at_all(folder) as part:
        written = _copied(store, rows, part, left_out, on_progress)
        _require_both_classes(written, choice, left_out)
        (part / NAME).write_text(_manifest(written), encoding="utf-8", newline="")
        made = _counted(written, left_out)
        _record(store, made, choice, actor=actor, now=now)
    return made


def _rows(
    store: Store,
    choice: Choice,
    config: Config,
    left_out: _LeftOut,
    on_progress: Callable[[str, int, int], None],
) -> list[_Row]:
    """Return the films that can be learned from; nothing is written yet."""
    agreed = list(_agreed(store, choice, left_out))
    rows: list[_Row] = []
    with LabelPatients(store, config) as patients:
        for start in range(0, len(agreed), _AT_ONCE):
            some = agreed[start : start + _AT_ONCE]
            whose = patients.of([(label.film, content) for label, content in some])
            for (label, content), patient in zip(some, whose, strict=True):
                if isinstance(patient, Reason):
                    left_out[_UNOPENED] += 1
                elif patient.is_official_test:
                    left_out[_OFFICIAL_TEST] += 1
                else:
                    rows.append(_row(label, content, patient))
            on_progress("Telling patients apart", start + len(some), len(agreed))
    return rows


def _agreed(store: Store, choice: Choice, left_out: _LeftOut) -> Iterator[tuple[Label, Content]]:
    for found in labels.labels(store, choice):
        if isinstance(found, Unlabelled):
            left_out[found] += 1
            continue
        content = _content(store.films.path(found.film.sha256))
        outcome = found.film.outcome
        if content is None:
            left_out[_UNOPENED] += 1
        elif outcome is not None and outcome.reason is not None:
            left_out[_NOT_SCORED] += 1
        else:
            yield found, content


def _content(path: Path) -> Content | None:
    """Return what a film's file is; None when it cannot be opened, or is no picture."""
    try:
        with path.open("rb") as stream:
            return recognise(stream.read(_FIRST_BYTES))
    except (OSError, ImageReadError):
        return None


def _row(label: Label, content: Content, patient: LabelPatient) -> _Row:
    facts = label.film.outcome.facts if label.film.outcome else None
    view = facts.view_position.value if facts and facts.view_position else ""
    return _Row(label.film.sha256, content, label.finding, patient, view)


def _require_own(folder: Path, *, overwrite: bool) -> None:
    try:
        is_folder = folder.is_dir() and not folder.is_symlink()
        held = {entry.name for entry in folder.iterdir()} if is_folder else None
    except OSError as error:
        raise OutputError(f"{folder}: the folder must be readable; {error.strerror}.") from error
    if held == set() or (held is None and not folder.is_symlink() and not folder.exists()):
        return
    ours = held is not None and NAME in held and held <= {NAME, _FILMS}
    if ours and overwrite:
        return
    way = "Name another, or replace these with --overwrite." if ours else "Name another."
    what = "labels stand there" if ours else "something else stands there"
    raise OutputError(f"{folder}: labels must go to a new or empty folder; {what}. {way}")


def _require_both_classes(rows: Sequence[_Row], choice: Choice, left_out: _LeftOut) -> None:
    n_present, n_absent = _classes(rows)
    if n_present and n_absent:
        return
    whose = "readers" if choice.reader is None else "this reader"
    blinded = " before the score was shown" if choice.blinded_only else ""
    without = ", ".join(f"{n} {why}" for why, n in sorted(left_out.items()) if n)
    raise DataError(
        f"There must be films of both classes to learn from; {whose} found pneumonia present on {n_present} and "
        f"absent on {n_absent}{blinded} ({without or 'none'} left out). Nothing was written."
    )


def _copied(
    store: Store,
    rows: Sequence[_Row],
    part: Path,
    left_out: _LeftOut,
    on_progress: Callable[[str, int, int], None],
) -> list[_Row]:
    """Copy the films and return those that could be; a film may be removed while this runs."""
    (part / _FILMS).mkdir()
    written: list[_Row] = []
    for done, row in enumerate(rows, start=1):
        try:
            source = store.films.path(row.sha256).open("rb")
        except OSError:
            left_out[_UNOPENED] += 1
        else:
            with source, (part / _place(row)).open("xb") as target:
                is_whole = _copy(source, target) == row.sha256
            if is_whole:
                written.append(row)
            else:
                (part / _place(row)).unlink()
                left_out[_UNOPENED] += 1
        on_progress("Copying films", done, len(rows))
    return written


def _copy(source: io.BufferedReader, target: io.BufferedWriter) -> str:
    """Copy a file and return the SHA-256 of what was copied."""
    digest = hashlib.sha256()
    while chunk := source.read(_CHUNK):
        digest.update(chunk)
        target.write(chunk)
    return digest.hexdigest()


def _place(row: _Row) -> str:
    return f"{_FILMS}/{row.sha256[:16]}{_SUFFIX[row.content]}"


def _manifest(rows: Sequence[_Row]) -> str:
    stream = io.StringIO()
    table = csv.writer(stream)
    table.writerow((*COLUMNS, "view_position"))
    for row in rows:
        table.writerow((_place(row), row.finding.value, row.patient.key, row.view_position))
    return stream.getvalue()


def _counted(rows: Sequence[_Row], left_out: _LeftOut) -> LabelFolder:
    n_present, n_absent = _classes(rows)
    origins = Counter(row.patient.origin for row in rows)
    return LabelFolder(
        n_present=n_present,
        n_absent=n_absent,
        n_patients=len({row.patient.key for row in rows}),
        n_uncertain=left_out[Unlabelled.UNCERTAIN],
        n_disagreed=left_out[Unlabelled.DISAGREED],
        n_not_scored=left_out[_NOT_SCORED],
        n_unopened=left_out[_UNOPENED],
        n_by_header=origins[Origin.HEADER],
        n_by_name=origins[Origin.NAME],
        n_unknown=origins[Origin.UNKNOWN],
        n_official_test=left_out[_OFFICIAL_TEST],
        n_dicom=sum(row.content is Content.DICOM for row in rows),
    )


def _classes(rows: Sequence[_Row]) -> tuple[int, int]:
    n_present = sum(row.finding is LabelState.PRESENT for row in rows)
    return n_present, len(rows) - n_present


def _record(store: Store, made: LabelFolder, choice: Choice, *, actor: str, now: float) -> None:
    detail = {
        "format": "folder",
        "films": made.n_present + made.n_absent,
        "one_reader": choice.reader is not None,
        "blinded_only": choice.blinded_only,
    }
    with store.database.write() as connection:
        audit_log.append(connection, actor=actor, action="labels.export", detail=detail, now=now)


@contextmanager
def _whole_or_not_at_all(folder: Path) -> Iterator[Path]:
    """Open a folder beside the wanted one, this user's alone, which takes its place when the block ends."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            part = beside / "part"
            part.mkdir(mode=0o700)
            yield part
            _put_in_place(part, folder, before=beside / "before")
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    except OSError as error:
        raise OutputError(f"{folder}: the labels could not be written; {error.strerror or error}.") from error


def _put_in_place(part: Path, folder: Path, *, before: Path) -> None:
    """Let a finished folder take the place of another; when it cannot, that one stays."""
    if folder.exists():
        folder.rename(before)
    try:
        part.rename(folder)
    except OSError:
        if before.exists():
            before.rename(folder)
        raise
