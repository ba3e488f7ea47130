"""A worker that ends, or cannot start, is followed by another; those that live are told of films that come."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from firstread.config import Config
from firstread.reading.making_way import COMING, OVER
from firstread.reading.worker_process import WorkerProcesses


def sleeping() -> "subprocess.Popen[bytes]":
    """Start a process that ends when its input closes, as a worker does."""
    return subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()"],
        stdin=subprocess.PIPE,
    )


def started(monkeypatch: pytest.MonkeyPatch, code: str, *arguments: str) -> WorkerProcesses:
    """Return one worker to be that runs this code."""
    workers = WorkerProcesses(Config(), bundle_folder=None, count=1)
    command = [sys.executable, "-c", code, *arguments]
    monkeypatch.setattr(workers, "_started", lambda: subprocess.Popen(command, stdin=subprocess.PIPE))
    return workers


def until(happened: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not happened() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert happened()


def test_a_worker_is_told_of_each_load_that_comes_and_when_none_is_on_its_way(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told = tmp_path / "told"
    listening = "import sys, pathlib\npathlib.Path(sys.argv[1]).write_bytes(sys.stdin.buffer.read())"
    with started(monkeypatch, listening, str(told)) as workers:
        until(workers._inputs.copy)
        with workers.make_way(), workers.make_way():
            pass
        with workers.make_way():
            pass

    assert COMING + COMING + OVER + COMING + OVER == told.read_bytes()
    with workers.make_way():
        pass  # there is nobody left


def test_a_worker_that_does_not_listen_or_has_ended_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("firstread.reading.worker_process._GRACE_S", 0.2)
    began = time.monotonic()
    for code in ("import time; time.sleep(60)", "pass"):
        with started(monkeypatch, code) as workers:
            until(workers._inputs.copy)
            # More than a pipe holds.
            for _ in range(50_000):
                with workers.make_way():
                    pass

    assert time.monotonic() - began < 30


def test_a_machine_without_a_free_process_gets_its_worker_later(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("firstread.reading.worker_process._FIRST_WAIT_S", 0.01)
    workers = WorkerProcesses(Config(), bundle_folder=None, count=1)
    began: list[subprocess.Popen[bytes]] = []
    refused = [OSError(11, "Resource temporarily unavailable"), OSError(12, "Cannot allocate memory")]

    def start() -> "subprocess.Popen[bytes]":
        if refused:
            raise refused.pop()
        began.append(sleeping())
        return began[-1]

    monkeypatch.setattr(workers, "_started", start)
    with workers:
        until(lambda: began)

    assert 1 == len(began)
    assert 0 == began[0].returncode
    assert [
        "a worker could not start (Cannot allocate memory); another starts",
        "a worker could not start (Resource temporarily unavailable); another starts",
    ] == caplog.messages
