"""The pool of processes that open untrusted films for a reader to see."""

from pathlib import Path

from firstread.config import ReadLimits, Workers
from firstread.imaging.display import Displayed, Reduction
from firstread.imaging.film_task import displaying
from firstread.imaging.worker_pool import WorkerPool
from firstread.records import Reason

__all__ = ["DisplayPool"]


class DisplayPool(WorkerPool[Displayed]):
    """Worker processes that open films at full grey depth, with a memory limit and a timeout for each film.

    Use it as a context manager; leaving it ends the workers.

    Args:
        reduction: How large a displayed film may be.
        limits: What is refused before anything is decoded.
        workers: How many processes, and what one film may take.

    Raises:
        WorkerError: If a process cannot be started.
    """

    def __init__(self, reduction: Reduction, *, limits: ReadLimits, workers: Workers) -> None:
        super().__init__(displaying(reduction, limits=limits), limits=limits, workers=workers)

    def display(self, path: Path) -> Displayed | Reason:
        """Return what a reader sees of one file, or the reason why there is nothing to see; it waits for a worker.

        Raises:
            WorkerError: If the pool is closed, or its workers cannot start.
        """
        return self.submit(path).result()
