"""A worker that ends, or cannot start, is followed by another."""

import subprocess
import sys
import time

import pytest

from firstread.config import Config
from firstread.reading.worker_process import WorkerProcesses


def sleeping() -> "subprocess.Popen[bytes]":
    """Start a process that ends when its input closes, as a worker does."""
    return subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()"],
        stdin=subprocess.PIPE,
    )


def test_a_machine_without_a_free_process_gets_its_worker_later(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("firstread.reading.worker_process._FIRST_WAIT_S", 0.01)
    workers = WorkerProcesses(Config(), bundle_folder=None, count=1)
    started: list[subprocess.Popen[bytes]] = []
    refused = [OSError(11, "Resource temporarily unavailable"), OSError(12, "Cannot allocate memory")]

    def start() -> "subprocess.Popen[bytes]":
        if refused:
            raise refused.pop()
        started.append(sleeping())
        return started[-1]

    monkeypatch.setattr(workers, "_started", start)
    with workers:
        deadline = time.monotonic() + 10
        while not started and time.monotonic() < deadline:
            time.sleep(0.01)

    assert 1 == len(started)
    assert 0 == started[0].returncode
    assert [
        "a worker could not start (Cannot allocate memory); another starts",
        "a worker could not start (Resource temporarily unavailable); another starts",
    ] == caplog.messages
