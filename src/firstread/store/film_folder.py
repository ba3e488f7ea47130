"""Films as files, named by what they hold: the same film twice is one file, and no name tells whose it is."""

import contextlib
import errno
import hashlib
import os
import shutil
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from firstread.errors import StoreError, StoreFullError

__all__ = ["Chunks", "FilmFolder", "StoredFilm", "is_full"]

_CHUNK = 1024 * 1024
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
# What lies unfinished longer than this was left behind by a process that was stopped.
_ORPHAN_S = 3600.0
# Windows alters the ends of lines otherwise.
_AS_IT_IS = getattr(os, "O_BINARY", 0)
_HEXADECIMAL = frozenset("0123456789abcdef")


class Chunks(Protocol):
    """Anything that hands out bytes: an open file, an upload."""

    def read(self, size: int, /) -> bytes:
        """Return at most so many bytes; none at the end."""


@dataclass(frozen=True, slots=True)
class StoredFilm:
    """A film that lies in the folder.

    Args:
        sha256: Hash of its bytes, hexadecimal.
        file_bytes: How many they are.
    """

    sha256: str
    file_bytes: int


class FilmFolder:
    """A folder of films, each `ab/abcdef…` by its hash.

    Args:
        root: The folder.
        reserve_bytes: What has to stay free on its disk.
        make: Make it where there is none; otherwise it has to be there.

    Raises:
        StoreError: If it cannot be written, or is not there.
    """

    def __init__(self, root: Path, *, reserve_bytes: int = 0, make: bool = True) -> None:
        self.root, self._reserve_bytes = root, reserve_bytes
        self._arriving = root / "arriving"
        if make:
            self._make()
        elif not root.is_dir():
            raise StoreError(
                f"{root}: the folder of films must be there; it is not. "
                "Mount its disk, or start firstread serve on it first."
            )

    def _make(self) -> None:
        try:
            new = [folder for folder in (self._arriving, *self._arriving.parents) if not folder.exists()]
            self._arriving.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.root.chmod(0o700)
            for folder in new:
                _sync_folder(folder.parent)
        except OSError as error:
            raise StoreError(
                f"{self.root}: the folder of films must be writable; {error.strerror}."
            ) from error

    def path(self, sha256: str) -> Path:
        """Return where a film lies, or would lie.

        Raises:
            ValueError: If this is no hash: a name from outside must not lead anywhere else.
        """
        if not _is_hash(sha256):
            raise ValueError(f"A film is named by 64 hexadecimal digits; received {len(sha256)} letters.")
        return self.root.joinpath(sha256[:2], sha256)

    def require_room(self, file_bytes: int) -> None:
        """Refuse before the disk is full: a database that cannot write any more loses more than a film.

        Raises:
            StoreFullError: If so many bytes do not fit above the reserve.
        """
        free = shutil.disk_usage(self.root).free
        if free - file_bytes < self._reserve_bytes:
            raise StoreFullError(
                f"The disk of the films must keep {self._reserve_bytes // 2**20} MiB free; "
                f"{free // 2**20} MiB are, and {-(-file_bytes // 2**20)} MiB came. "
                "Remove films that were read (firstread prune), or give it a larger disk."
            )

    def shares_disk_with(self, folder: Path) -> bool:
        """Return whether what lies in another folder takes room from the films."""
        return self.root.stat().st_dev == folder.stat().st_dev

    def put(self, film: Chunks) -> StoredFilm:
        """Store one film; as `put_all`."""
        (stored,) = self.put_all([film])
        return stored

    def put_all(self, films: Iterable[Chunks]) -> list[StoredFilm]:
        """Store films, on the disk itself and not only on their way there, and return what they are called.

        All are written before the first is waited for: the disk does for many what it does for one.

        Raises:
            StoreFullError: If there is no room left.
            StoreError: If they cannot be written.
        """
        parts: list[tuple[Path, StoredFilm]] = []
        name, room = uuid.uuid4().hex, _Room(self)
        with _translated(self.root), contextlib.ExitStack() as left_over:
            for number, film in enumerate(films):
                part = self._arriving / f"{name}-{number}"
                left_over.callback(part.unlink, missing_ok=True)
                parts.append((part, _written(film, part, room)))
            self._settle([(part, self.path(stored.sha256), stored.file_bytes) for part, stored in parts])
            left_over.pop_all()
        return [stored for _, stored in parts]

    def has(self, film: StoredFilm) -> bool:
        """Return whether a film lies here, whole.

        Raises:
            StoreError: If the folder cannot be read.
        """
        with _translated(self.root):
            return _is_whole(self.path(film.sha256), film.file_bytes)

    def remove(self, sha256: str) -> bool:
        """Delete a film's file; False for one that is deleted already.

        Raises:
            StoreError: If it cannot be deleted.
        """
        with _translated(self.root, "deleted"):
            try:
                self.path(sha256).unlink()
            except FileNotFoundError:
                return False
        return True

    def stored(self) -> Iterator[tuple[str, float]]:
        """Yield the hash of every film that lies here, and when it was stored (seconds since 1970)."""
        for folder in sorted(self.root.iterdir()):
            if folder.is_dir() and folder != self._arriving:
                with os.scandir(folder) as entries:
                    for entry in entries:
                        # Network file systems keep files of their own beside ours.
                        if _is_hash(entry.name):
                            with contextlib.suppress(FileNotFoundError):
                                yield entry.name, entry.stat().st_mtime

    def sweep(self, *, now: float | None = None) -> int:
        """Delete what uploads left behind that were cut off over an hour ago; return how many there were."""
        before = (time.time() if now is None else now) - _ORPHAN_S
        n_swept = 0
        for part in self._arriving.iterdir():
            with contextlib.suppress(FileNotFoundError):
                if part.stat().st_mtime < before:
                    part.unlink()
                    n_swept += 1
        return n_swept

    def _settle(self, parts: Sequence[tuple[Path, Path, int]]) -> None:
        """Make what was written survive a power cut, give it its name, and make the name survive."""
        new = []
        for part, target, file_bytes in parts:
            if _is_whole(target, file_bytes):
                part.unlink()
            else:
                new.append((part, target))
        for part, _ in new:
            _sync(part)
        for part, target in new:
            _name(part, target)
        # Of films and folders that are here too: whoever made them may not have come so far yet.
        for folder in (self.root, *{target.parent for _, target, _ in parts}):
            _sync_folder(folder)


def is_full(error: OSError) -> bool:
    """Return whether a disk is full, or as much as this user may have of it."""
    return error.errno in _FULL


def _is_hash(name: str) -> bool:
    return len(name) == 64 and _HEXADECIMAL.issuperset(name)


@dataclass
class _Room:
    """Asks for room at first and all along, since others write meanwhile; not for each of many small films."""

    folder: FilmFolder
    _unasked: int = 0
    _is_asked: bool = False

    def take(self, n_bytes: int) -> None:
        self._unasked += n_bytes
        if self._unasked >= _CHUNK or not self._is_asked:
            self.folder.require_room(self._unasked)
            self._unasked, self._is_asked = 0, True


def _written(film: Chunks, part: Path, room: _Room) -> StoredFilm:
    """Write a film to a file that is not there yet."""
    digest, size = hashlib.sha256(), 0
    with _opened(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _AS_IT_IS) as handle:
        while chunk := film.read(_CHUNK):
            room.take(len(chunk))
            digest.update(chunk)
            size += len(chunk)
            _write(handle, chunk)
        _send_off(handle)
    return StoredFilm(digest.hexdigest(), size)


def _is_whole(film: Path, file_bytes: int) -> bool:
    # Opened: over a network only that asks whether another computer has deleted it just now.
    with contextlib.suppress(FileNotFoundError), _opened(film, os.O_RDONLY) as handle:
        return os.fstat(handle).st_size == file_bytes
    return False


def _name(part: Path, target: Path) -> None:
    """Give a film its name; most of the folders that films lie in are there already."""
    try:
        part.replace(target)
    except FileNotFoundError:
        target.parent.mkdir(exist_ok=True, mode=0o700)
        part.replace(target)


@contextlib.contextmanager
def _opened(path: Path, flags: int) -> Iterator[int]:
    """Open a file by its handle: `open` asks the system five times, which thousands of films at once feel."""
    handle = os.open(path, flags, 0o600)
    try:
        yield handle
    finally:
        os.close(handle)


def _write(handle: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(handle, left) :]


def _send_off(handle: int) -> None:
    """Let the disk begin with what was written: it is waited for later, with that of other files."""
    if hasattr(os, "posix_fadvise"):
        # Advice that a file system need not take.
        with contextlib.suppress(OSError):
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)


def _sync(file: Path) -> None:
    with _opened(file, os.O_RDWR) as handle:
        os.fsync(handle)


def _sync_folder(folder: Path) -> None:
    """Make a new name in a folder survive a power cut; Windows does so by itself."""
    if os.name == "nt":
        return
    with _opened(folder, os.O_RDONLY) as handle:
        os.fsync(handle)


@contextlib.contextmanager
def _translated(root: Path, done: str = "stored") -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if is_full(error):
            raise StoreFullError(f"{root}: the disk of the films is full; nothing was stored.") from error
        raise StoreError(f"{root}: a film could not be {done}; {error.strerror}.") from error
