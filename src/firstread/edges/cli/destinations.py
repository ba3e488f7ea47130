"""Where results go: refused before the work when they cannot be written, whole or absent afterwards."""

import contextlib
import os
import sys
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import BinaryIO

from firstread.errors import OutputError

__all__ = [
    "OWN_FOLDER_MARK",
    "STDOUT",
    "check_file",
    "check_own_folder",
    "empty_own_folder",
    "refuse_clashes",
    "written",
]

STDOUT = Path("-")
"""The destination that means standard output."""

OWN_FOLDER_MARK = ".firstread"
"""A folder that holds a file of this name was written by firstread and holds no films."""


def check_file(path: Path, suffixes: Collection[str]) -> None:
    """Make sure that a result can be written; folders that are missing are made.

    Args:
        path: The destination.
        suffixes: How an existing file must end to be replaced: a film is never overwritten because a
            pattern of the shell put its name behind an option.

    Raises:
        OutputError: If it cannot be written, or must not be replaced.
    """
    if path == STDOUT:
        return
    target = _real(path)
    if target.is_dir():
        raise OutputError(f"{path}: a result must go to a file; this is a folder.")
    if target.exists() and not target.is_file():
        raise OutputError(f"{path}: a result must go to a file or, as -, to standard output.")
    if target.exists() and target.suffix.lower() not in suffixes:
        raise OutputError(
            f"{path}: only a file that ends in {' or '.join(sorted(suffixes))} is replaced; "
            "name another file, or delete this one first."
        )
    _check_folder(target.parent)


def check_own_folder(folder: Path) -> None:
    """Make sure that a folder is firstread's alone, and mark it so that later searches pass it by.

    Raises:
        OutputError: If it cannot be written, or holds other files: films in it would never be found again.
    """
    if folder == STDOUT:
        raise OutputError("-: heat maps must go to a folder; this is standard output.")
    _check_folder(folder)
    mark = folder / OWN_FOLDER_MARK
    if not mark.exists() and any(folder.iterdir()):
        raise OutputError(
            f"{folder}: heat maps must go to a new or empty folder, or to one they went to before; "
            "this one holds other files."
        )
    mark.touch()


def empty_own_folder(folder: Path) -> None:
    """Remove the heat maps of an earlier command, known by their names, from a folder that is firstread's.

    Raises:
        OutputError: If one cannot be removed.
    """
    try:
        for picture in folder.glob("*-" + "[0-9a-f]" * 10 + ".png"):
            picture.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"{folder}: the folder must be writable; {error.strerror}.") from error


def _check_folder(folder: Path) -> None:
    probe = folder / f".firstread-{os.getpid()}.tmp"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with probe.open("xb"):
            pass
        probe.unlink()
    except OSError as error:
        raise OutputError(f"{folder}: the folder must be writable; {error.strerror}.") from error


def refuse_clashes(destinations: Collection[Path]) -> None:
    """Refuse two results in one place.

    Raises:
        OutputError: If a destination is named twice.
    """
    taken: set[Path] = set()
    for path in destinations:
        place = path if path == STDOUT else _real(path)
        if place in taken:
            raise OutputError(f"{path}: every result needs its own place; this one was named twice.")
        taken.add(place)


@contextlib.contextmanager
def written(path: Path) -> Iterator[BinaryIO]:
    """Open a destination that appears whole when the block ends, or stays as it was.

    Raises:
        OutputError: If writing fails: the disk is full, the folder went away …
    """
    try:
        if path == STDOUT:
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        else:
            with _replaced(_real(path)) as stream:
                yield stream
    except BrokenPipeError:
        raise  # the reader of standard output has seen enough
    except OSError as error:
        raise OutputError(f"{path}: the result could not be written; {error.strerror or error}.") from error


@contextlib.contextmanager
def _replaced(target: Path) -> Iterator[BinaryIO]:
    part = target.with_name(f".firstread-{os.getpid()}.tmp")
    try:
        with part.open("wb") as stream:
            yield stream
        part.replace(target)
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def _real(path: Path) -> Path:
    """A link is followed: the file it points to is replaced, and the link stays."""
    try:
        return path.resolve()
    except (OSError, RuntimeError) as error:
        raise OutputError(f"{path}: the place of a result must exist; {error}.") from error
