"""The pool of processes that make model input of untrusted films."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from pathlib import Path

from firstread.config import ReadLimits, Workers
from firstread.imaging.film_task import PREPARER, preparing
from firstread.imaging.prepare import Prepared
from firstread.imaging.preprocess import Recipe
from firstread.imaging.worker_pool import WorkerPool
from firstread.records import Reason

__all__ = ["FilmPool"]

# Films prepared ahead of the caller, for each worker: enough to go on while the network works on a batch.
_LOOK_AHEAD = 24


class FilmPool(WorkerPool[Prepared]):
    """Worker processes that prepare films, with a memory limit and a timeout for each film.

    Use it as a context manager; leaving it ends the workers.

    Args:
        recipe: How a radiograph becomes model input.
        limits: What is refused before anything is decoded.
        workers: How many processes, and what one film may take.
        preparer: The function that workers run, as "module:name".

    Raises:
        WorkerError: If a process cannot be started.
    """

    def __init__(
        self, recipe: Recipe, *, limits: ReadLimits, workers: Workers, preparer: str = PREPARER
    ) -> None:
        super().__init__(preparing(recipe, preparer=preparer), limits=limits, workers=workers)

    def prepare_all(self, paths: Iterable[Path]) -> Iterator[tuple[Path, Prepared | Reason]]:
        """Yield each path with its outcome, in the order of the paths.

        The paths are drawn as they are needed, a bounded number ahead: they may be as many as one likes.
        """
        ahead: deque[tuple[Path, Future[Prepared | Reason]]] = deque()
        try:
            for path in paths:
                ahead.append((path, self.submit(path)))
                if len(ahead) >= _LOOK_AHEAD * self._count:
                    first, outcome = ahead.popleft()
                    yield first, outcome.result()
            while ahead:
                first, outcome = ahead.popleft()
                yield first, outcome.result()
        finally:
            for _, outcome in ahead:
                outcome.cancel()
