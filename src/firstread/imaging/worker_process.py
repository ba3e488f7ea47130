"""The parent's side of one worker process: start, feed, listen, and say what it died of."""

import json
import os
import subprocess
import sys
import time
from collections import deque
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from multiprocessing import Pipe
from pathlib import Path
from typing import Generic

from firstread.config import ReadLimits, Workers
from firstread.imaging.film_task import Answer, FilmTask
from firstread.imaging.film_worker import READY
from firstread.records import Reason
from firstread.terms import Refusal

__all__ = ["Job", "WorkerProcess"]

# Files the worker holds at a time: while it works on one, the next are already in its pipe.
_IN_FLIGHT = 4
# A fresh interpreter on a busy machine; a worker that takes longer will not come.
_START_S = 60.0
# A worker that closed its connection is gone within milliseconds, on a busy machine within seconds.
_DYING_S = 3.0
# SIGKILL, which we did not send: the kernel's own out-of-memory killer did.
_KILLED = -9
# An answer is the pixels and a line of JSON; a longer one is not an answer.
_LONGEST_LINE = 64 * 1024
_BOOT = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1])['sys_path']; "
    "from firstread.imaging.film_worker import main; main()"
)


@dataclass(eq=False, slots=True)
class Job(Generic[Answer]):
    """One file to open, and who waits for it.

    Args:
        path: The file.
        future: Receives the outcome.
        crashes: How many workers have died with this file at their hands.
        started: The future already counts as running; the file comes back from a worker that died.
    """

    path: Path
    future: "Future[Answer | Reason]"
    crashes: int = 0
    started: bool = False


class WorkerProcess(Generic[Answer]):
    """A process that opens files in the order it receives them.

    It is started as a fresh interpreter, not forked: the parent may have threads, and its main module is
    not imported again.
    """

    def __init__(self, task: FilmTask[Answer], *, limits: ReadLimits, workers: Workers) -> None:
        self.connection, theirs = Pipe()
        self.jobs: deque[Job[Answer]] = deque()
        self.ready = False
        self._sane = True  # all it said could be understood
        self._retires = False  # its last film took all its memory: it ends, and means no harm
        self._timeout_s = workers.timeout_s
        self._decoded = task.decoded
        self._longest = task.pixel_bytes + _LONGEST_LINE
        self._since = time.monotonic()
        try:
            self._process = _start(theirs.fileno(), task, limits, workers)
        except BaseException:
            self.connection.close()
            raise
        finally:
            theirs.close()

    @property
    def room(self) -> int:
        """How many more files may be sent now; a worker that still starts may be sent some as well."""
        return _IN_FLIGHT - len(self.jobs)

    @property
    def deadline(self) -> float:
        """When (monotonic clock) the file at hand, or the start, has had its time; never while idle."""
        if not self.ready:
            return self._since + _START_S
        return self._since + self._timeout_s if self.jobs else float("inf")

    def send(self, job: Job[Answer]) -> None:
        """Hand over one file. A worker that just died is noticed by `receive`."""
        if self.ready and not self.jobs:
            self._since = time.monotonic()
        self.jobs.append(job)
        try:
            # Not Path.resolve(): following links costs system calls for each file.
            self.connection.send_bytes(os.fsencode(os.path.abspath(job.path)))  # noqa: PTH100 - see above
        except OSError:
            return

    def receive(self) -> bool:
        """Take one message from the worker; return False when it has died, or talks nonsense."""
        try:
            message = self.connection.recv_bytes(self._longest)
        except (EOFError, ConnectionError):
            return False
        except OSError:  # longer than any answer
            self._sane = False
            return False
        self._sane = self._understand(message)
        self._since = time.monotonic()
        return self._sane

    def _understand(self, message: bytes) -> bool:
        if not self.ready:
            self.ready = message == READY
            return self.ready
        try:
            outcome = self._decoded(message)
            job = self.jobs.popleft()
        except Exception:
            # A worker that a film has taken over may say anything, or speak when nothing was asked.
            return False
        self._retires = isinstance(outcome, Reason) and outcome.code is Refusal.OUT_OF_MEMORY
        job.future.set_result(outcome)
        return True

    def cause_of_death(self) -> Reason | None:
        """Wait for the end of a worker that went silent, and say what the file at hand did to it.

        None means that it ended of its own will, between two files.
        """
        self.connection.close()
        crashed = Reason(
            Refusal.CRASHED, "Opening the film crashed the program that decodes it: it is damaged."
        )
        try:
            code = self._process.wait(_DYING_S)
        except subprocess.TimeoutExpired:  # it lives: what it said made no sense, or it is slow to end
            self.end(grace_s=0)
            code = 0
        if code == 0 and self._sane and (self._retires or not self.jobs):
            return None
        if code == _KILLED:
            return Reason(
                Refusal.OUT_OF_MEMORY,
                "The film needs more memory to open than this machine has.",
                of_machine=True,
            )
        return crashed

    def end(self, *, grace_s: float) -> int:
        """Close the connection, end the process within the grace period, and return its exit code."""
        self.connection.close()
        try:
            return self._process.wait(grace_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()


def _start(
    handle: int, task: FilmTask[Answer], limits: ReadLimits, workers: Workers
) -> "subprocess.Popen[bytes]":
    settings = {
        "handle": handle,
        "sys_path": [str(Path(entry).resolve()) for entry in sys.path],
        "kind": type(task.recipe).__name__,
        "recipe": task.recipe.as_dict(),
        "limits": asdict(limits),
        "memory_bytes": workers.memory_bytes,
        "timeout_s": workers.timeout_s,
        "preparer": task.preparer,
    }
    command = [sys.executable, "-c", _BOOT, json.dumps(settings)]
    # One film is one thread's work; more threads would only cost memory.
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    if sys.platform == "win32":
        os.set_handle_inheritable(handle, True)
        startup = subprocess.STARTUPINFO(lpAttributeList={"handle_list": [handle]})
        return subprocess.Popen(  # noqa: S603 - our own interpreter and our own module
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            startupinfo=startup,
        )
    # A process group of its own: Ctrl-C reaches the parent alone, which then ends its workers.
    return subprocess.Popen(  # noqa: S603 - our own interpreter and our own module
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        pass_fds=(handle,),
        process_group=0,
    )
