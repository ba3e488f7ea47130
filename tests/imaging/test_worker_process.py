import signal
from concurrent.futures import Future
from multiprocessing.connection import wait
from pathlib import Path

import pytest

from firstread.config import ReadLimits, Workers
from firstread.imaging.film_task import preparing
from firstread.imaging.prepare import Prepared, prepare
from firstread.imaging.preprocess import Recipe
from firstread.imaging.worker_process import Job, WorkerProcess
from firstread.records import Reason
from firstread.terms import Refusal


@pytest.fixture
def worker() -> WorkerProcess[Prepared]:
    return WorkerProcess(preparing(Recipe()), limits=ReadLimits(), workers=Workers(processes=1, timeout_s=5))


def hear(worker: WorkerProcess[Prepared]) -> bool:
    assert wait([worker.connection], timeout=30)
    return worker.receive()


def test_a_worker_answers_in_order(worker: WorkerProcess[Prepared], film_folder: Path) -> None:
    jobs: list[Job[Prepared]] = [
        Job(path, Future()) for path in (film_folder / "0.jpg", film_folder / "gone.jpg")
    ]
    for job in jobs:
        worker.send(job)
    try:
        assert hear(worker)
        assert worker.ready
        assert hear(worker)
        assert isinstance(jobs[0].future.result(0), Prepared)
        assert not jobs[1].future.done()
        assert hear(worker)
        expected = prepare(jobs[1].path, Recipe(), limits=ReadLimits())
        assert expected == jobs[1].future.result(0)
    finally:
        assert 0 == worker.end(grace_s=10)


def test_only_a_worker_at_work_has_a_deadline(worker: WorkerProcess[Prepared], film_folder: Path) -> None:
    assert worker.deadline < float("inf")  # starting takes time as well
    assert hear(worker)
    assert float("inf") == worker.deadline
    worker.send(Job(film_folder / "0.jpg", Future()))
    assert worker.deadline < float("inf")
    worker.end(grace_s=10)


def test_a_worker_that_closes_of_its_own_will_died_of_nothing(worker: WorkerProcess[Prepared]) -> None:
    assert hear(worker)

    assert worker.cause_of_death() is None


@pytest.mark.parametrize(("has_film", "cause"), [(False, None), (True, Refusal.CRASHED)])
def test_a_worker_that_does_not_end_is_ended(
    worker: WorkerProcess[Prepared],
    film_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    has_film: bool,
    cause: Refusal | None,
) -> None:
    """A machine that is busy lets it wait for its end; only a film that it has in hand may have to do with that."""
    monkeypatch.setattr("firstread.imaging.worker_process._DYING_S", 0.1)
    assert hear(worker)
    worker._process.send_signal(signal.SIGSTOP)
    if has_film:
        worker.send(Job(film_folder / "0.jpg", Future()))

    reason = worker.cause_of_death()

    assert cause == (None if reason is None else reason.code)
    assert worker._process.returncode is not None


def test_a_killed_worker_died_of_memory(worker: WorkerProcess[Prepared]) -> None:
    """SIGKILL from outside is the kernel's answer to a machine without memory."""
    assert hear(worker)
    worker._process.kill()
    assert not hear(worker)

    reason = worker.cause_of_death()

    assert isinstance(reason, Reason)
    assert (Refusal.OUT_OF_MEMORY, True) == (reason.code, reason.of_machine)
