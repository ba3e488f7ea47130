"""Which files a command line names.

Every regular file below a named folder counts as a film, whatever its name: what is not one is listed with
the reason. Left out are only hidden files and folders (they are counted) and what this program wrote itself.
A file reached in two ways (given twice, through a link, in a loop of links) counts once.
"""

import os
import stat
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeGuard

from firstread.edges.cli.destinations import OWN_FOLDER_MARK
from firstread.errors import DataError
from firstread.records import NotScored, Reason
from firstread.terms import Refusal

__all__ = ["FilmFiles", "collect"]


@dataclass(frozen=True, slots=True)
class FilmFiles:
    """What was found, in the order given: by argument, then by folder, then by name.

    Args:
        entries: A path to read, or what could not even be opened, with the reason.
        hidden: Hidden files and folders that were left out.
        own_folders: Folders of heat maps that were left out.
    """

    entries: tuple[Path | NotScored, ...]
    hidden: int = 0
    own_folders: int = 0

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files to read."""
        return tuple(entry for entry in self.entries if isinstance(entry, Path))

    def require_any(self) -> None:
        """Refuse a command line on which nothing exists: a mistyped name must not replace yesterday's results.

        Raises:
            DataError: If there are entries, and not one of them is a file.
        """
        missing = [entry.path for entry in self.entries if _is_missing(entry)]
        if missing and len(missing) == len(self.entries):
            raise DataError(f"{missing[0]}: films must be files or folders that exist; there is no such one.")


def collect(
    arguments: Iterable[Path], *, recursive: bool = True, leave_out: Collection[Path] = ()
) -> FilmFiles:
    """Return the files that the arguments name, each once.

    Args:
        arguments: Files and folders, as the user wrote them; paths below them keep that beginning.
        recursive: Also look in the folders of a folder.
        leave_out: Files and folders that this command writes.
    """
    search = _Search(recursive, {os.path.realpath(path) for path in leave_out})
    for argument in arguments:
        search.add_argument(argument)
    return FilmFiles(tuple(search.entries), search.hidden, search.own_folders)


@dataclass(slots=True)
class _Search:
    """One walk through everything that was named."""

    recursive: bool
    seen: set[str]
    entries: list[Path | NotScored] = field(default_factory=list)
    hidden: int = 0
    own_folders: int = 0

    def add_argument(self, path: Path) -> None:
        try:
            is_folder = stat.S_ISDIR(path.stat().st_mode)
        except (OSError, ValueError) as error:
            self._once(os.path.realpath(path), NotScored(path, _reason(error)))
            return
        if is_folder:
            self._add_folders(path)
        else:
            self._add_file(path, os.path.realpath(path), is_file=path.is_file())

    def _add_folders(self, first: Path) -> None:
        """Walk with a stack: folders may lie deeper than Python recurses."""
        stack = [first]
        while stack:
            folder = stack.pop()
            real = os.path.realpath(folder)
            if real in self.seen:
                continue
            self.seen.add(real)
            try:
                with os.scandir(folder) as listing:
                    found = sorted(listing, key=lambda entry: entry.name)
            except OSError as error:
                self.entries.append(NotScored(folder, _reason(error, "folder")))
                continue
            stack += reversed(self._add_listing(folder, real, found))

    def _add_listing(self, folder: Path, real: str, found: list[os.DirEntry[str]]) -> list[Path]:
        """Add a folder's files; return the folders in it."""
        if any(entry.name == OWN_FOLDER_MARK for entry in found):
            self.own_folders += 1
            return []
        folders = []
        for entry in found:
            path = folder / entry.name
            if entry.name.startswith("."):
                self.hidden += 1
            elif _is_folder(entry):
                if self.recursive:
                    folders.append(path)
            else:
                # The real path of a folder and the name are a file's real path, unless it is a link.
                real_path = os.path.realpath(path) if entry.is_symlink() else f"{real}{os.sep}{entry.name}"
                self._add_file(path, real_path, is_file=_is_file(entry))
        return folders

    def _add_file(self, path: Path, real: str, *, is_file: bool) -> None:
        """Pipes and devices are never opened: they could block or have no end."""
        if real not in self.seen:
            self.seen.add(real)
            self.entries.append(path if is_file else _not_a_file(path))

    def _once(self, real: str, entry: NotScored) -> None:
        if real not in self.seen:
            self.seen.add(real)
            self.entries.append(entry)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a loop of links: named as a file that cannot be opened
        return False


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:
        return False


def _not_a_file(path: Path) -> NotScored:
    try:
        path.stat()
    except OSError as error:
        return NotScored(path, _reason(error))
    return NotScored(
        path, Reason(Refusal.NOT_AN_IMAGE, "This is not a file but a pipe, a socket or a device.")
    )


def _is_missing(entry: Path | NotScored) -> TypeGuard[NotScored]:
    return isinstance(entry, NotScored) and entry.reason.code is Refusal.NOT_FOUND


def _reason(error: OSError | ValueError, noun: str = "file") -> Reason:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return Reason(Refusal.NOT_FOUND, "There is no such file or folder.")
    if isinstance(error, PermissionError):
        return Reason(Refusal.NO_PERMISSION, f"This user may not open the {noun}.")
    words = error.strerror if isinstance(error, OSError) else str(error)
    return Reason(Refusal.UNREADABLE, f"The {noun} cannot be opened: {words}.")
