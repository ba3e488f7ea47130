"""A large file that appears whole or not at all."""

import os
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from firstread.errors import OutputError

__all__ = ["whole_or_not_at_all"]

_ABANDONED_S = 3600.0  # a writer touches its file many times a second; an hour of silence means it was killed


@contextmanager
def whole_or_not_at_all(file: Path, *, needed_bytes: int) -> Iterator[IO[bytes]]:
    """Yield a stream that becomes the file when the block ends well, and vanishes otherwise.

    Killed in the middle, it leaves a `.part` file that nobody takes for the whole and that the next writer
    removes once it is old. Two processes may write the same file at once: each writes its own part.

    Args:
        file: What is written; its folder is made where it does not exist.
        needed_bytes: What the file will take, refused at once where the disk has less.

    Raises:
        OutputError: If the folder cannot take the file.
    """
    part = file.with_name(f"{file.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(file.parent)
        free = shutil.disk_usage(file.parent).free
        if free < needed_bytes:
            raise OutputError(
                f"{file.parent}: {needed_bytes / 1e6:.0f} MB must be free; {free / 1e6:.0f} MB are. "
                "Make room, or name a folder on another disk."
            )
        with part.open("xb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())  # a rename that outlives a power cut must not outlive its content
        part.replace(file)
    except OSError as error:
        raise OutputError(
            f"{file}: must be writable ({needed_bytes / 1e6:.0f} MB); {error.strerror or error}. "
            "Nothing was kept."
        ) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _remove_abandoned(folder: Path) -> None:
    """Remove what a killed writer left behind."""
    for part in folder.glob("*.part"):
        with suppress(OSError):  # another process may have finished or removed it meanwhile
            if time.time() - part.stat().st_mtime > _ABANDONED_S:
                part.unlink()
