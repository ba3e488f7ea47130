"""Workers in processes of their own, beside a server: one that ends is started again."""

import contextlib
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO

from firstread import config
from firstread.config import Config
from firstread.reading.making_way import COMING, OVER

__all__ = ["WorkerProcesses"]

_log = logging.getLogger(__name__)

# Before a worker that ended is started again; doubled each time, until one has lived for a while.
_FIRST_WAIT_S, _LONGEST_WAIT_S, _LONG_LIFE_S = 0.5, 15.0, 30.0
# A worker that is told to stop finishes what it has in hand.
_GRACE_S = 10.0
# The others hold nothing that a worker asks for, and secrets that it need not know.
_NEEDED = ("read", "workers", "inference", "store", "queue")


class WorkerProcesses:
    """Processes that run `firstread worker` while a block lasts; use it as a context manager.

    Each ends when its standard input closes, and so with this process, however that ends.

    Args:
        config: Settings; they travel in the environment, where a password is not listed with the process.
        bundle_folder: The model; None means that of firstread itself.
        count: How many.
    """

    def __init__(self, config: Config, *, bundle_folder: Path | None, count: int) -> None:
        self._config, self._bundle_folder = config, bundle_folder
        self._over = threading.Event()
        # Of workers that live. With the lock none is closed meanwhile, and its number given to another file.
        self._inputs: set[IO[bytes]] = set()
        self._inputs_lock = threading.Lock()
        self._n_loads = 0
        self._keepers = [
            threading.Thread(target=self._keep, name=f"worker-{number}", daemon=True)
            for number in range(count)
        ]

    def __enter__(self) -> "WorkerProcesses":
        for keeper in self._keepers:
            keeper.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        for keeper in self._keepers:
            keeper.join()

    @contextlib.contextmanager
    def make_way(self) -> Iterator[None]:
        """Let a load of films be taken in first while a block lasts; from any thread, and without waiting."""
        self._tell(1)
        try:
            yield
        finally:
            self._tell(-1)

    def _tell(self, more: int) -> None:
        with self._inputs_lock:
            self._n_loads += more
            if more < 0 < self._n_loads:
                return
            for stream in self._inputs:
                # One that does not listen has ended, or will hear the next.
                with contextlib.suppress(BlockingIOError, BrokenPipeError):
                    os.write(stream.fileno(), COMING if more > 0 else OVER)

    def _keep(self) -> None:
        wait_s = _FIRST_WAIT_S
        while not self._over.is_set():
            began = time.monotonic()
            end = self._live()
            if time.monotonic() - began > _LONG_LIFE_S:
                wait_s = _FIRST_WAIT_S
            if not self._over.wait(wait_s):
                _log.warning("%s; another starts", end)
                wait_s = min(2 * wait_s, _LONGEST_WAIT_S)

    def _live(self) -> str:
        """Let one worker live, and say in words how it ended."""
        try:
            with self._started() as process, self._told(process.stdin):
                self._watch(process)
        except OSError as error:  # no process, no memory or no file handle is free at the moment
            return f"a worker could not start ({error.strerror})"
        return f"a worker ended with code {process.returncode}"

    def _started(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "firstread", "worker", "--until-input-closes"]
        if self._bundle_folder is not None:
            command += ["--bundle", str(self._bundle_folder)]
        return subprocess.Popen(  # noqa: S603 - our own interpreter and our own command
            command,
            env=os.environ | config.as_environment(self._config, _NEEDED),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            # Ctrl-C reaches the server alone, which then lets its workers finish.
            process_group=0 if sys.platform != "win32" else None,
        )

    @contextlib.contextmanager
    def _told(self, stream: IO[bytes] | None) -> Iterator[None]:
        """Let a worker be told to make way; not on Windows, where that might wait for it."""
        if stream is None or sys.platform == "win32":
            yield
            return
        os.set_blocking(stream.fileno(), False)
        with self._inputs_lock:
            self._inputs.add(stream)
        try:
            yield
        finally:
            self._close(stream)

    def _close(self, stream: IO[bytes]) -> None:
        with self._inputs_lock:
            self._inputs.discard(stream)
            stream.close()

    def _watch(self, process: "subprocess.Popen[bytes]") -> None:
        """Wait until a worker ends by itself, or let it finish when everything does."""
        while process.poll() is None:
            if self._over.wait(0.1):
                if process.stdin is not None:
                    self._close(process.stdin)
                try:
                    process.wait(_GRACE_S)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
