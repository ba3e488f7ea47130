"""A folder of this computer that films may be taken from; nothing in it leads out of it.

Folders are opened one inside the other, each by its name in the one before and never through a link (openat(2),
O_NOFOLLOW). So a folder that somebody exchanges for a link, at whatever moment, is not followed either.
"""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from firstread.errors import ConfigError

__all__ = ["FoundFile", "Listing", "NotTaken", "RootFolder", "Why", "root_folders"]

_DEEPEST = 64
_MOST_LISTED = 1000


def _flags(*names: str) -> int:
    """Return flags of open(2); Windows, which has none of them, has no roots."""
    return sum(getattr(os, name, 0) for name in names)


_FOLDER = _flags("O_RDONLY", "O_DIRECTORY", "O_NOFOLLOW", "O_CLOEXEC")
_TOP = _flags("O_RDONLY", "O_DIRECTORY", "O_CLOEXEC")
# A pipe that nobody writes to would keep whoever opens it, and a terminal would become this process's own.
_FILE = _flags("O_RDONLY", "O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC")


class Why(StrEnum):
    """Why something in a root is not taken."""

    HIDDEN = "hidden"
    LINK = "link"
    NO_FILE = "no_file"
    """A pipe, a socket or a device."""
    UNREADABLE = "unreadable"
    """It may not be opened, or went away."""
    TOO_LARGE = "too_large"
    TOO_DEEP = "too_deep"


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A regular file, as it was a moment ago.

    Args:
        root: Where it is.
        steps: The folders that lead to it, and its name.
    """

    root: "RootFolder"
    steps: tuple[str, ...]

    def open(self) -> BinaryIO:
        """Open it.

        Raises:
            OSError: If it is gone, may not be opened, or is no regular file any more.
        """
        handle = self.root.open_handle(self.steps, _FILE)
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise OSError("It is no regular file any more.")
            return os.fdopen(handle, "rb")
        except BaseException:
            os.close(handle)
            raise


@dataclass(frozen=True, slots=True)
class NotTaken:
    """Something that is left where it is.

    Args:
        steps: The folders that lead to it, and its name.
        why: Why.
    """

    steps: tuple[str, ...]
    why: Why


@dataclass(frozen=True, slots=True)
class Listing:
    """What lies in a folder itself.

    Args:
        folders: Names of the folders in it that can be written down, in order; at most a thousand.
        n_folders: How many there are.
        n_files: Regular files; what they are called is not told.
    """

    folders: tuple[str, ...]
    n_folders: int
    n_files: int


class _Kind(StrEnum):
    FOLDER = "folder"
    FILE = "file"
    LINK = "link"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class RootFolder:
    """A folder that the settings name.

    Args:
        path: Whole path of it; it may be a link itself, for whoever wrote the settings meant it.
    """

    path: Path

    @property
    def name(self) -> str:
        """What it is called."""
        return self.path.name

    def listing(self, path: str) -> Listing:
        """Return what lies in a folder.

        Raises:
            ValueError: If this is no path of a folder in a root.
            OSError: If there is none, or it may not be opened.
        """
        entries = self._entries(steps_of(path))
        folders = [name for name, kind in entries if kind is _Kind.FOLDER and not name.startswith(".")]
        files = [name for name, kind in entries if kind is _Kind.FILE and not name.startswith(".")]
        # Others cannot be asked for; they are taken with the folder that they lie in.
        named = [name for name in folders if _is_text(name)]
        return Listing(tuple(named[:_MOST_LISTED]), len(folders), len(files))

    def walk(self, path: str) -> Iterator[FoundFile | NotTaken]:
        """Yield everything in a folder and in the folders in it, folder by folder and by name.

        Raises:
            ValueError: If this is no path of a folder in a root.
        """
        # With a stack: folders may lie deeper than Python recurses.
        stack = [steps_of(path)]
        while stack:
            folder = stack.pop()
            try:
                entries = self._entries(folder)
            except OSError:
                yield NotTaken(folder, Why.UNREADABLE)
                continue
            below = []
            for name, kind in entries:
                steps = (*folder, name)
                if why := _why_not(steps, kind):
                    yield NotTaken(steps, why)
                elif kind is _Kind.FOLDER:
                    below.append(steps)
                else:
                    yield FoundFile(self, steps)
            stack += reversed(below)

    def open_handle(self, steps: tuple[str, ...], flags: int) -> int:
        """Open something in this root; the last step with these flags, every other as a folder.

        Raises:
            OSError: If it is not there, or may not be opened.
        """
        handle = os.open(self.path, _TOP)
        for depth, step in enumerate(steps, start=1):
            try:
                inner = os.open(step, flags if depth == len(steps) else _FOLDER, dir_fd=handle)
            finally:
                os.close(handle)
            handle = inner
        return handle

    def _entries(self, steps: tuple[str, ...]) -> list[tuple[str, _Kind]]:
        handle = self.open_handle(steps, _FOLDER)
        try:
            with os.scandir(handle) as listing:
                return sorted((entry.name, _kind(entry)) for entry in listing)
        finally:
            os.close(handle)


def root_folders(paths: tuple[str, ...], *, store: Path) -> dict[str, RootFolder]:
    """Return the roots that the settings name, by what they are called.

    Args:
        paths: Of the roots.
        store: The folder of the store, which nobody may take in.

    Raises:
        ConfigError: If there are some, and this system cannot open a folder by its name in another one; or if the store
            lies in one, or one in the store.
    """
    if paths and os.open not in os.supports_dir_fd:
        raise ConfigError(f"web.roots must be empty on this system; received {len(paths)} folders.")
    for path in paths:
        _require_apart(Path(path).resolve(), store.resolve())
    roots = [RootFolder(Path(path)) for path in paths]
    return {root.name: root for root in roots}


def _require_apart(root: Path, store: Path) -> None:
    """Refuse a root from which the database could be taken in as a film, for every reader to see."""
    if root.is_relative_to(store) or store.is_relative_to(root):
        raise ConfigError(
            f"web.roots must lie apart from the folder of the store; received {root}, and the store is {store}."
        )


def steps_of(path: str) -> tuple[str, ...]:
    """Return the names that lead from a root to a folder in it; none for the root itself.

    Raises:
        ValueError: If one of them leads elsewhere, or is no name.
    """
    steps = tuple(path.removesuffix("/").split("/")) if path else ()
    if any(step in ("", ".", "..") or "\0" in step or not _is_text(step) for step in steps):
        raise ValueError("A folder must be named from its root on, as ward/3, without . and ..")
    if any(step.startswith(".") for step in steps):
        raise ValueError("A folder must not be a hidden one; its name begins with a dot.")
    if len(steps) > _DEEPEST:
        raise ValueError(f"A folder must lie at most {_DEEPEST} folders deep.")
    return steps


def _why_not(steps: tuple[str, ...], kind: _Kind) -> Why | None:
    if steps[-1].startswith("."):
        return Why.HIDDEN
    if kind is _Kind.FOLDER and len(steps) > _DEEPEST:
        return Why.TOO_DEEP
    return {_Kind.LINK: Why.LINK, _Kind.OTHER: Why.NO_FILE}.get(kind)


def _kind(entry: os.DirEntry[str]) -> _Kind:
    if entry.is_symlink():
        return _Kind.LINK
    if entry.is_dir(follow_symlinks=False):
        return _Kind.FOLDER
    return _Kind.FILE if entry.is_file(follow_symlinks=False) else _Kind.OTHER


def _is_text(name: str) -> bool:
    """Return whether a name can be sent and written down; file systems keep any bytes."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
