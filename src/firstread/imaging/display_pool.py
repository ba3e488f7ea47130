"""The pool of processes that open untrusted films for a reader to see."""

from firstread.config import ReadLimits, Workers
from firstread.imaging.display import Displayed, Reduction
from firstread.imaging.film_task import displaying
from firstread.imaging.worker_pool import WorkerPool

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
