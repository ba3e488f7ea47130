"""A pool of worker processes that open untrusted films: a film that crashes or hangs costs that one film."""

import os
import threading
import time
from collections import deque
from concurrent.futures import Future
from multiprocessing import Pipe
from multiprocessing.connection import wait
from pathlib import Path
from types import TracebackType
from typing import Generic, Self

from firstread.config import ReadLimits, Workers
from firstread.errors import WorkerError
from firstread.imaging.film_task import Answer, FilmTask
from firstread.imaging.worker_process import Job, WorkerProcess
from firstread.records import Reason
from firstread.terms import Refusal

__all__ = ["WorkerPool"]

# A film at hand when a worker crashed is tried again in a fresh one: it may only have inherited the damage.
_CRASHES = 2
# Workers that die before they are ready, one after the other, until the pool gives up.
_FAILED_STARTS = 3


class WorkerPool(Generic[Answer]):
    """Worker processes that open films, with a memory limit and a timeout for each film.

    Use it as a context manager; leaving it ends the workers.

    Args:
        task: What they make of each film.
        limits: What is refused before anything is decoded.
        workers: How many processes, and what one film may take.

    Raises:
        WorkerError: If a process cannot be started.
    """

    def __init__(self, task: FilmTask[Answer], *, limits: ReadLimits, workers: Workers) -> None:
        self._task, self._limits, self._settings = task, limits, workers
        self._count = workers.processes or _processors()
        self._lock = threading.Lock()
        self._waiting: deque[Job[Answer]] = deque()
        self._failure: WorkerError | None = None
        self._failed_starts = 0
        self._closed = False
        self._rung = False
        self._bell, self._doorbell = Pipe(duplex=False)
        self._workers: list[WorkerProcess[Answer]] = []
        self._thread = threading.Thread(target=self._run, name="film-pool", daemon=True)
        try:
            for _ in range(self._count):
                self._workers.append(self._new_worker())
        except BaseException:
            self._end_workers()
            raise
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the workers; what was not prepared yet is cancelled."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._ring()
        self._thread.join()
        self._bell.close()
        self._doorbell.close()

    def submit(self, path: Path) -> "Future[Answer | Reason]":
        """Return the outcome to come of one file.

        Raises:
            WorkerError: If the pool is closed, or its workers cannot start.
        """
        job: Job[Answer] = Job(path, Future())
        with self._lock:
            if self._failure is not None:
                raise self._failure
            if self._closed:
                raise WorkerError("A film pool must be open to prepare films; this one is closed.")
            self._waiting.append(job)
            self._ring()
        return job.future

    def _new_worker(self) -> WorkerProcess[Answer]:
        try:
            return WorkerProcess(self._task, limits=self._limits, workers=self._settings)
        except OSError as error:
            raise WorkerError(f"A worker process must start; {error}.") from error

    def _ring(self) -> None:
        """Wake the pool's thread, with the lock held; once is enough until it has looked."""
        if not self._rung:
            self._rung = True
            self._doorbell.send_bytes(b"!")

    def _run(self) -> None:
        """Feed and hear the workers until the pool closes; the body of the pool's own thread."""
        try:
            while not self._closed and self._failure is None:
                self._dispatch()
                self._listen()
        except WorkerError as error:
            self._failure = error
        except Exception as error:
            # Whoever waits for a film must hear of it, whatever it was.
            self._failure = WorkerError(f"The film pool must go on; it stopped with {error!r}.")
            self._failure.__cause__ = error
        finally:
            self._fail_waiting()
            self._end_workers()

    def _dispatch(self) -> None:
        with self._lock:
            while self._waiting:
                worker = max(self._workers, key=lambda w: w.room)
                if worker.room <= 0:
                    return
                job = self._waiting.popleft()
                if job.started or job.future.set_running_or_notify_cancel():
                    worker.send(job)

    def _listen(self) -> None:
        """Wait until a worker answers, dies or exceeds its time, or until the caller rings."""
        soonest = min(worker.deadline for worker in self._workers)
        patience = None if soonest == float("inf") else max(0.0, soonest - time.monotonic())
        heard = wait([self._bell, *(worker.connection for worker in self._workers)], patience)
        if self._bell in heard:
            with self._lock:
                self._bell.recv_bytes()
                self._rung = False
        for worker in list(self._workers):
            if worker.connection in heard:
                if not worker.receive():
                    self._bury(worker, worker.cause_of_death())
            elif worker.deadline <= time.monotonic():
                worker.end(grace_s=0)
                self._bury(worker, self._too_slow())

    def _bury(self, worker: WorkerProcess[Answer], reason: Reason | None) -> None:
        """Answer for the film a dead worker had at hand, give the others back, and start a new worker.

        Args:
            worker: It has ended.
            reason: What the film did to it; None when the worker ended of its own will.
        """
        self._workers.remove(worker)
        self._failed_starts = 0 if worker.ready else self._failed_starts + 1
        for job in worker.jobs:
            job.started = True
        if worker.ready and worker.jobs and reason is not None:
            film = worker.jobs[0]
            film.crashes += 1
            if reason.code is not Refusal.CRASHED or film.crashes >= _CRASHES:
                worker.jobs.popleft()
                film.future.set_result(reason)
        with self._lock:
            self._waiting.extendleft(reversed(worker.jobs))
        if self._failed_starts >= _FAILED_STARTS:
            raise WorkerError("The processes that open films must start; they end at once on this machine.")
        self._workers.append(self._new_worker())

    def _too_slow(self) -> Reason:
        return Reason(
            Refusal.TIMEOUT, f"The film took more than {self._settings.timeout_s:g} seconds to open."
        )

    def _fail_waiting(self) -> None:
        with self._lock:
            self._closed = True
            jobs = [*self._waiting, *(job for worker in self._workers for job in worker.jobs)]
            self._waiting.clear()
        reason = self._failure or WorkerError("A film pool must stay open until its films are prepared.")
        for job in jobs:
            if not job.future.cancel() and not job.future.done():
                job.future.set_exception(reason)

    def _end_workers(self) -> None:
        for worker in self._workers:
            worker.connection.close()
        for worker in self._workers:
            worker.end(grace_s=0.5)


def _processors() -> int:
    """Return how many processors this process may use; a container often has fewer than the machine."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
