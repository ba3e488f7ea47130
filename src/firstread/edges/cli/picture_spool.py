"""Pictures that wait for their place in the worklist, on disk: thousands of them would fill the memory."""

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO

from firstread.errors import OutputError

__all__ = ["PictureSpool"]


@dataclass(slots=True)
class PictureSpool:
    """A nameless temporary file of data URIs; it is gone with the process, however that ends."""

    _stream: IO[bytes] = field(default_factory=tempfile.TemporaryFile)
    _places: dict[Path, tuple[int, int]] = field(default_factory=dict)

    def __enter__(self) -> "PictureSpool":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()

    def add(self, path: Path, pictures: Mapping[str, str]) -> None:
        """Keep the pictures of one film.

        Raises:
            OutputError: If the disk is full.
        """
        data = json.dumps(dict(pictures)).encode("ascii")
        try:
            self._places[path] = self._stream.seek(0, os.SEEK_END), self._stream.write(data)
            self._stream.flush()
        except OSError as error:
            raise OutputError(
                f"{tempfile.gettempdir()}: there must be room for the page's pictures; {error.strerror}."
            ) from error

    def get(self, path: Path) -> dict[str, str]:
        """Return the pictures of one film; none for a film without."""
        if path not in self._places:
            return {}
        start, length = self._places[path]
        self._stream.seek(start)
        pictures: dict[str, str] = json.loads(self._stream.read(length))
        return pictures
