"""The process that reads technical facts of untrusted files, once somebody asks for them."""

import threading
from concurrent.futures import Future
from pathlib import Path

from firstread.config import ReadLimits, Workers
from firstread.imaging.film_task import describing
from firstread.imaging.header_facts import HeaderFacts
from firstread.imaging.worker_pool import WorkerPool
from firstread.records import Reason

__all__ = ["HeaderPool"]


class HeaderPool:
    """Worker processes that read headers, with a memory limit and a timeout for each; started when first asked.

    Args:
        limits: What is refused before anything is decoded.
        workers: How many processes, and what one file may take.
    """

    def __init__(self, *, limits: ReadLimits, workers: Workers) -> None:
        self._limits, self._workers = limits, workers
        self._lock = threading.Lock()
        self._pool: WorkerPool[HeaderFacts] | None = None

    def submit(self, path: Path) -> "Future[HeaderFacts | Reason]":
        """Return what is to come: the technical facts of one file, or the reason why there are none.

        Raises:
            WorkerError: If the workers cannot start.
        """
        with self._lock:
            if self._pool is None:
                self._pool = WorkerPool(describing(), limits=self._limits, workers=self._workers)
            return self._pool.submit(path)

    def close(self) -> None:
        """End the workers, if any were started; what was not answered yet is cancelled."""
        with self._lock:
            if self._pool is not None:
                self._pool.close()
            self._pool = None
