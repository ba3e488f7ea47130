"""Every film decoded once into one file of bytes, so that an epoch never decodes and memory does not grow."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

from firstread.config import ReadLimits, Workers
from firstread.data.manifest import Manifest
from firstread.data.whole_file import whole_or_not_at_all
from firstread.errors import DataError
from firstread.imaging.film_pool import FilmPool
from firstread.imaging.prepare import Prepared
from firstread.imaging.preprocess import Recipe
from firstread.records import Reason

__all__ = ["FilmCache"]

_NAMED = 5  # unreadable films named in one message


@dataclass(frozen=True)
class FilmCache:
    """Films as the network sees them, uint8, one row per film, in one .npy file.

    The file's name holds a hash of the films' paths, sizes and times of change and of the recipe: whatever
    changes, another file is made. It appears whole or not at all, so a killed build leaves nothing that could
    be taken for a cache, and two processes that build the same one do not disturb each other.

    Args:
        file: The .npy file.
        paths: The films, in the order of the rows.
        shape: (n_films, height, width).
    """

    file: Path
    paths: tuple[Path, ...]
    shape: tuple[int, int, int]

    @classmethod
    def open(cls, films: Manifest | Iterable[Path], recipe: Recipe, *, folder: Path) -> "FilmCache | None":
        """Return the cache of these films with this recipe, or None where it was not built yet.

        Raises:
            DataError: If a film is not there.
        """
        paths = films.paths if isinstance(films, Manifest) else tuple(films)
        file = folder / f"films-{_key(paths, recipe)}.npy"
        shape = (len(paths), recipe.height, recipe.width)
        try:
            rows = np.lib.format.open_memmap(file, mode="r")
        except (OSError, ValueError):  # absent, or cut short by something outside this program: built again
            return None
        return cls(file, paths, shape) if rows.shape == shape and rows.dtype == np.uint8 else None

    @classmethod
    def build(
        cls,
        films: Manifest | Iterable[Path],
        recipe: Recipe,
        *,
        folder: Path,
        limits: ReadLimits,
        workers: Workers,
        on_progress: Callable[[int, int], None] | None = None,
    ) -> "FilmCache":
        """Return the cache of these films, decoding them where it does not exist yet.

        Args:
            films: A manifest or the files.
            recipe: How a radiograph becomes model input.
            folder: Where caches lie; made where it does not exist.
            limits: What is refused before decoding.
            workers: The processes that decode.
            on_progress: Called with (films done, films in all).

        Raises:
            DataError: If films are missing or unreadable; it names them.
            OutputError: If the folder cannot take the file; nothing is left behind.
        """
        paths = films.paths if isinstance(films, Manifest) else tuple(films)
        if not paths:
            raise DataError("A film cache must hold at least one film; received none.")
        existing = cls.open(paths, recipe, folder=folder)
        if existing is not None:
            return existing
        file = folder / f"films-{_key(paths, recipe)}.npy"
        shape = (len(paths), recipe.height, recipe.width)
        with (
            whole_or_not_at_all(file, needed_bytes=int(np.prod(shape))) as stream,
            FilmPool(recipe, limits=limits, workers=workers) as pool,
        ):
            header = {"descr": "|u1", "fortran_order": False, "shape": shape}
            np.lib.format.write_array_header_1_0(stream, header)
            _decode_into(stream, pool.prepare_all(paths), len(paths), on_progress)
        return cls(file, paths, shape)

    def __len__(self) -> int:
        return self.shape[0]

    def rows(self, indices: Sequence[int] | npt.NDArray[np.integer]) -> npt.NDArray[np.uint8]:
        """Return some films, shape (k, height, width), grey levels 0..255.

        The file is mapped for this call only: pages that were read do not stay in the process's memory.

        Raises:
            DataError: If the file is gone.
        """
        try:
            mapped = np.lib.format.open_memmap(self.file, mode="r")
        except (OSError, ValueError) as error:
            raise DataError(f"{self.file}: the film cache must stay while it is in use; {error}.") from error
        return np.array(mapped[np.asarray(indices, dtype=np.intp)], dtype=np.uint8, subok=False)

    def positions(self, films: Manifest | Iterable[Path]) -> npt.NDArray[np.intp]:
        """Return the rows of some films, shape (k,), for instance of one part of a split.

        Raises:
            DataError: If a film is not in the cache.
        """
        row_of = {path: row for row, path in enumerate(self.paths)}
        try:
            return np.array(
                [row_of[path] for path in (films.paths if isinstance(films, Manifest) else films)],
                dtype=np.intp,
            )
        except KeyError as error:
            raise DataError(
                f"{error.args[0]}: the film must be in the cache; it was built without."
            ) from error


def _key(paths: Sequence[Path], recipe: Recipe) -> str:
    """Return a name for these files as they are now, prepared with this recipe."""
    digest = hashlib.sha256(json.dumps(recipe.as_dict(), sort_keys=True).encode())
    for path in paths:
        try:
            facts = path.stat()
        except OSError as error:
            raise DataError(f"{path}: a film must be there; {error.strerror}.") from error
        digest.update(
            f"{path.absolute()}\0{facts.st_size}\0{facts.st_mtime_ns}\n".encode(errors="surrogateescape")
        )
    return digest.hexdigest()[:32]


def _decode_into(
    stream: IO[bytes],
    prepared: Iterator[tuple[Path, Prepared | Reason]],
    total: int,
    on_progress: Callable[[int, int], None] | None,
) -> None:
    """Write the films one after the other; go on after an unreadable one, so that all are named at once."""
    refused: list[str] = []
    for done, (path, film) in enumerate(prepared, start=1):
        if isinstance(film, Reason):
            refused.append(f"{path}: {film.message}")
        elif not refused:
            stream.write(np.ascontiguousarray(film.pixels).data)
        if on_progress is not None:
            on_progress(done, total)
    if refused:
        more = f"\n… and {len(refused) - _NAMED} more" if len(refused) > _NAMED else ""
        raise DataError(
            f"Every film must be readable; {len(refused)} of {total} "
            f"{'is' if len(refused) == 1 else 'are'} not:\n" + "\n".join(refused[:_NAMED]) + more
        )
