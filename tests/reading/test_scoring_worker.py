"""Every film in the queue ends scored or visibly not scored, whatever becomes of the workers."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from firstread.errors import StoreError, StoreFullError
from firstread.evaluation.tuning_scores import TuningScores
from firstread.inference.bundle import Bundle
from firstread.reading import current_bundle, removal
from firstread.reading.scoring_worker import ScoringWorker
from firstread.records import NotScored, Reason, Scored
from firstread.screening import Screened
from firstread.store import changes, films, outcomes, queue, tables
from firstread.store.deliveries import Received
from firstread.store.films import KeptFilm
from firstread.store.outcomes import KeptOutcome, NewOutcome
from firstread.store.queue import Lease, Queued
from firstread.store.store import Store
from firstread.terms import Band, Change, Refusal

Send = Callable[..., list[Received]]
Film = Callable[..., bytes]
MakeWorker = Callable[..., ScoringWorker]
NOW = 1_800_000_000.0


def kept(store: Store, answer: Received) -> KeptFilm:
    with store.database.read() as connection:
        film = films.by_sha256(connection, answer.sha256)
    assert film is not None
    return film


def outcome(store: Store, answer: Received) -> KeptOutcome:
    found = kept(store, answer).outcome
    assert found is not None
    return found


def queued(store: Store) -> Queued:
    with store.database.read() as connection:
        return queue.count(connection)


def leased_by(store: Store, bundle_id: int, owner: str, now: float) -> list[Lease]:
    with store.database.claim() as connection:
        return queue.lease(connection, bundle_id=bundle_id, owner=owner, n=100, lease_s=30.0, now=now)


def test_what_waits_is_scored_or_refused_with_its_reason(
    store: Store, send: Send, film: Film, make_worker: MakeWorker
) -> None:
    bright, dark, text = send({"a.png": film(190), "b.png": film(60), "c.png": b"not a picture"})

    assert 3 == make_worker().score_waiting()

    assert (Band.URGENT, True) == (outcome(store, bright).band, outcome(store, bright).flagged)
    assert (Band.ROUTINE, False) == (outcome(store, dark).band, outcome(store, dark).flagged)
    refused = outcome(store, text)
    assert refused.reason is not None
    assert (Refusal.NOT_AN_IMAGE, None) == (refused.reason.code, refused.probability)
    assert Queued(0, 0) == queued(store)


def test_a_scored_film_keeps_its_heat_map(
    store: Store, send: Send, film: Film, make_worker: MakeWorker
) -> None:
    (bright,) = send({"a.png": film(190)})

    make_worker().score_waiting()

    with store.database.read() as connection:
        heat = outcomes.heat_map(connection, kept(store, bright).film_id)
    assert heat is not None
    assert (7, 7) == heat.shape
    assert 0 <= heat.min() < heat.max() <= 1
    assert np.isfinite(heat).all()


def test_a_bundle_that_kept_its_tuning_scores_gives_each_scored_film_its_interval(
    store: Store, send: Send, film: Film, make_worker: MakeWorker
) -> None:
    bright, text, dark = send({"a.png": film(190), "b.png": b"not a picture", "c.png": film(60)})
    worker = make_worker()
    rng = np.random.default_rng(5)
    scores = TuningScores.of(np.arange(80) < 40, rng.normal(np.where(np.arange(80) < 40, 1, -1), 2))
    worker.predictor.bundle = replace(worker.predictor.bundle, tuning_scores=scores)

    worker.score_waiting()

    for found in (outcome(store, bright), outcome(store, dark)):
        assert found.interval is not None
        assert found.probability is not None
        assert found.interval[0] < found.probability < found.interval[1]
    assert outcome(store, bright).interval != outcome(store, dark).interval
    assert None is outcome(store, text).interval


def test_open_pages_are_told_of_every_score(
    store: Store, send: Send, film: Film, make_worker: MakeWorker
) -> None:
    sent = send({f"{i}.png": film(100 + i, seed=i) for i in range(40)})

    make_worker().score_waiting()

    with store.database.read() as connection:
        told = [change.film_id for change in changes.since(connection, 0) if change.kind is Change.SCORED]
    assert sorted(kept(store, answer).film_id for answer in sent) == sorted(told)


def test_films_of_a_worker_that_was_killed_are_scored_by_the_next(
    store: Store, bundle_id: int, send: Send, film: Film, make_worker: MakeWorker
) -> None:
    sent = send({f"{i}.png": film(100 + i, seed=i) for i in range(5)})
    leased_by(store, bundle_id, "killed", NOW)

    assert 0 == make_worker().score_waiting()
    assert 5 == make_worker(now=lambda: NOW + 31).score_waiting()

    assert all(outcome(store, answer).probability is not None for answer in sent)


def test_a_film_that_ends_its_worker_each_time_is_given_up_visibly(
    store: Store, bundle_id: int, send: Send, film: Film, make_worker: MakeWorker
) -> None:
    """And costs no other film its score: each suspect is tried alone."""
    poison, innocent = send({"a.png": film(190), "b.png": film(185)})
    leased_by(store, bundle_id, "killed", NOW)
    for attempt in (1, 2):  # two more workers die with the poison in hand, and nothing else
        with store.database.claim() as connection:
            queue.lease_suspect(
                connection, bundle_id=bundle_id, owner=f"{attempt}", lease_s=30.0, now=NOW + 31 * attempt
            )

    assert 2 == make_worker(now=lambda: NOW + 100).score_waiting()

    given_up = outcome(store, poison).reason
    assert given_up is not None
    assert Refusal.CRASHED is given_up.code
    assert "The program that scores films ended 3 times with this film in hand." == given_up.message
    assert outcome(store, innocent).probability is not None


def test_an_outcome_that_comes_too_late_is_not_written(
    store: Store,
    bundle_id: int,
    send: Send,
    film: Film,
    make_worker: MakeWorker,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """While it was at work its lease ran out, and another worker has the film by now."""
    (late,) = send({"a.png": film(190)})
    worker = make_worker()
    write = worker._write

    def write_late(done: list[object]) -> None:
        with store.database.claim() as connection:
            queue.lease_suspect(connection, bundle_id=bundle_id, owner="heir", lease_s=30.0, now=NOW + 30)
        write(done)  # type: ignore[arg-type]

    monkeypatch.setattr(worker, "_write", write_late)
    worker.score_waiting()

    assert kept(store, late).outcome is None
    assert Queued(waiting=0, leased=1) == queued(store)


def test_outcomes_wait_until_the_disk_has_room_again(
    store: Store, send: Send, film: Film, make_worker: MakeWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    (answer,) = send({"a.png": film(190)})
    worker = make_worker()
    write, tries = worker._write, []

    def write_at_the_third_try(done: list[object]) -> None:
        tries.append(len(done))
        if len(tries) < 3:
            raise StoreFullError("full")
        write(done)  # type: ignore[arg-type]

    monkeypatch.setattr(worker, "_write", write_at_the_third_try)
    monkeypatch.setattr("firstread.reading.scoring_worker._RETRY_S", 0.01)
    worker.score_waiting()

    assert [1, 1, 1] == tries
    assert outcome(store, answer).probability is not None


def test_an_outcome_that_the_store_refuses_keeps_no_other_from_being_written(
    store: Store,
    send: Send,
    film: Film,
    make_worker: MakeWorker,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Trying it again until the store takes it would end the work of this worker; the next try comes to another."""
    sent = send({f"{i}.png": film(150 + i, seed=i) for i in range(3)})
    refused, *others = sent
    worker, refused_id = make_worker(), kept(store, refused).film_id
    new, n_tries = worker._new, []

    def new_of_nobody(done: Sequence[tuple[Lease, Screened]]) -> list[NewOutcome]:
        n_tries.append(1)
        if len(n_tries) > 20:
            worker.stop()
        return [replace(made, film_id=-1) if made.film_id == refused_id else made for made in new(done)]

    monkeypatch.setattr(worker, "_new", new_of_nobody)
    monkeypatch.setattr("firstread.reading.scoring_worker._RETRY_S", 0.01)
    worker.score_waiting()

    assert all(outcome(store, answer).probability is not None for answer in others)
    assert None is kept(store, refused).outcome
    assert [f"the outcome of film {refused_id} cannot be written"] == [
        message.partition(":")[0] for message in caplog.messages
    ]
    assert frozenset() == worker._in_hand._held
    make_worker("heir", now=lambda: NOW + 31).score_waiting()
    assert outcome(store, refused).probability is not None


def test_a_film_whose_outcome_is_refused_at_every_try_says_so(
    store: Store, send: Send, film: Film, make_worker: MakeWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    (answer,) = send({"a.png": film(190)})
    for number in range(3):
        worker = make_worker(f"worker {number}", now=lambda number=number: NOW + 31 * number)
        new = worker._new

        def not_written(
            done: Sequence[tuple[Lease, Screened]], new: Callable[..., list[NewOutcome]] = new
        ) -> list[NewOutcome]:
            return [
                replace(made, film_id=-1) if isinstance(made.outcome, Scored) else made for made in new(done)
            ]

        monkeypatch.setattr(worker, "_new", not_written)
        worker.score_waiting()

    said = outcome(store, answer).reason
    assert said is not None
    assert "It was tried 3 times, and the store refused what came out." == said.message


def test_a_film_of_which_nothing_can_be_written_is_let_go(
    store: Store, send: Send, film: Film, make_worker: MakeWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    (answer,) = send({"a.png": film(190)})
    for number in range(3):
        worker = make_worker(f"worker {number}", now=lambda number=number: NOW + 31 * number)
        new = worker._new
        monkeypatch.setattr(
            worker, "_new", lambda done, new=new: [replace(made, film_id=-1) for made in new(done)]
        )
        worker.score_waiting()

        assert frozenset() == worker._in_hand._held
    assert kept(store, answer).outcome is None


def test_a_worker_steps_back_after_each_film_unless_it_is_to_stop(
    send: Send, film: Film, make_worker: MakeWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    send({f"{i}.png": film(150 + i, seed=i) for i in range(5)})
    worker = make_worker()
    is_stopping: list[bool] = []
    monkeypatch.setattr(worker.making_way, "step_back", lambda stop: is_stopping.append(stop.is_set()))

    worker.score_waiting()
    assert [False] * 5 == is_stopping
    worker.stop()
    send({"last.png": film(160, seed=9)}, delivery="two")
    worker.score_waiting()
    assert is_stopping[-1]


def test_a_running_worker_takes_films_as_they_come_and_stops_when_told(
    store: Store, send: Send, film: Film, make_worker: MakeWorker
) -> None:
    worker = make_worker(now=time.time)
    running = threading.Thread(target=worker.run)
    running.start()
    try:
        sent = [*send({"a.png": film(190)}), *send({"b.png": film(185)}, delivery="two")]
        deadline = time.monotonic() + 20
        while queued(store) != Queued(0, 0) and time.monotonic() < deadline:
            time.sleep(0.02)
    finally:
        worker.stop()
        running.join(20)

    assert not running.is_alive()
    assert all(outcome(store, answer).probability is not None for answer in sent)


def test_no_film_is_scored_into_two_rows_by_many_workers(
    store: Store, send: Send, film: Film, make_worker: MakeWorker
) -> None:
    sent = send({f"{i}.png": film(70 + i, seed=i) for i in range(60)})
    workers = [make_worker(f"worker {i}") for i in range(3)]
    running = [threading.Thread(target=worker.score_waiting) for worker in workers]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()

    with store.database.read() as connection:
        scored = list(connection.execute(select(tables.outcome.c.film_id)).scalars())
    assert sorted(kept(store, answer).film_id for answer in sent) == sorted(scored)


def jump_before_it_writes(
    worker: ScoringWorker, then: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Let something happen once, between a worker's scores and their being written."""
    write, pending = worker._write, [then]

    def write_afterwards(done: list[tuple[Lease, Screened]]) -> None:
        while pending:
            pending.pop()()
        write(done)

    monkeypatch.setattr(worker, "_write", write_afterwards)


def test_a_film_that_is_removed_in_hand_costs_the_next_one_nothing(
    store: Store,
    send: Send,
    film: Film,
    make_worker: MakeWorker,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """SQLite gives the number of its job to the next one, which the same worker takes in hand meanwhile."""
    (removed,) = send({"a.png": film(190)})
    worker, following = make_worker(), list[Received]()

    def remove() -> None:
        removal.remove(store, removed.sha256, actor="admin", now=NOW)
        following.extend(send({"b.png": film(185)}, delivery="two"))
        assert 1 == len(worker._in_hand.take_fresh())

    jump_before_it_writes(worker, remove, monkeypatch)
    monkeypatch.setattr(worker._stop, "wait", lambda _s: True)  # a try that fails is the last one
    worker.score_waiting()

    assert [] == caplog.messages
    assert Queued(waiting=0, leased=1) == queued(store)
    make_worker("heir", now=lambda: NOW + 31).score_waiting()
    assert [Band.URGENT] == [outcome(store, answer).band for answer in following]


def scored_films(store: Store) -> list[int]:
    with store.database.read() as connection:
        return sorted(connection.execute(select(tables.outcome.c.film_id)).scalars())


@pytest.mark.parametrize("jump_s", [86_400.0, -86_400.0])
def test_a_clock_that_is_set_under_a_worker_scores_no_film_twice_and_keeps_none(
    store: Store,
    send: Send,
    film: Film,
    make_worker: MakeWorker,
    monkeypatch: pytest.MonkeyPatch,
    jump_s: float,
) -> None:
    """Its leases seem to have run out, and the other worker takes its films: what it makes of them comes too late."""
    sent = send({f"{i}.png": film(100 + i, seed=i) for i in range(5)})
    clock = [NOW]
    healthy, other = (make_worker(owner, now=lambda: clock[-1]) for owner in ("healthy", "other"))
    n_taken: list[int] = []

    def jump() -> None:
        clock.append(NOW + jump_s)
        n_taken.append(other.score_waiting())

    jump_before_it_writes(healthy, jump, monkeypatch)
    healthy.score_waiting()

    assert [5] == n_taken
    assert sorted(kept(store, answer).film_id for answer in sent) == scored_films(store)
    assert Queued(0, 0) == queued(store)


@pytest.mark.parametrize("jump_s", [86_400.0, -86_400.0])
def test_a_worker_that_says_it_lives_after_the_clock_was_set_keeps_its_films(
    store: Store,
    send: Send,
    film: Film,
    make_worker: MakeWorker,
    monkeypatch: pytest.MonkeyPatch,
    jump_s: float,
) -> None:
    sent = send({f"{i}.png": film(100 + i, seed=i) for i in range(5)})
    clock = [NOW]
    healthy, other = (make_worker(owner, now=lambda: clock[-1]) for owner in ("healthy", "other"))
    n_taken: list[int] = []

    def jump() -> None:
        clock.append(NOW + jump_s)
        healthy._in_hand._extend()
        n_taken.append(other.score_waiting())

    jump_before_it_writes(healthy, jump, monkeypatch)

    assert 5 == healthy.score_waiting()
    assert [0] == n_taken
    assert sorted(kept(store, answer).film_id for answer in sent) == scored_films(store)
    assert Queued(0, 0) == queued(store)


def store_that_answers_at_the(
    nth: int, worker: ScoringWorker, name: str, monkeypatch: pytest.MonkeyPatch
) -> list[int]:
    """Let a call of the worker's queue fail until it is made for the nth time; return the list of the calls."""
    calls: list[int] = []
    real = getattr(worker._in_hand, name)

    def call() -> object:
        calls.append(len(calls) + 1)
        if calls[-1] < nth:
            raise StoreError("The database must answer; it restarts.")
        return real()

    monkeypatch.setattr(worker._in_hand, name, call)
    monkeypatch.setattr("firstread.reading.scoring_worker._RETRY_S", 0.01)
    return calls


@pytest.mark.parametrize("name", ["take_fresh", "take_suspect"])
def test_a_running_worker_outlives_a_restart_of_the_database(
    store: Store, send: Send, film: Film, make_worker: MakeWorker, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (answer,) = send({"a.png": film(190)})
    worker = make_worker(now=time.time)
    calls = store_that_answers_at_the(4, worker, name, monkeypatch)
    running = threading.Thread(target=worker.run)
    running.start()
    deadline = time.monotonic() + 20
    while (queued(store) != Queued(0, 0) or len(calls) < 5) and time.monotonic() < deadline:
        time.sleep(0.02)
    worker.stop()
    running.join(20)

    assert not running.is_alive()
    assert len(calls) >= 5
    assert outcome(store, answer).probability is not None


def test_a_worker_that_waits_for_the_database_stops_when_told(
    make_worker: MakeWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = make_worker(now=time.time)
    calls = store_that_answers_at_the(1_000_000, worker, "take_fresh", monkeypatch)
    monkeypatch.setattr("firstread.reading.scoring_worker._RETRY_S", 60.0)
    running = threading.Thread(target=worker.run)
    running.start()
    while not calls:
        time.sleep(0.01)

    worker.stop()
    running.join(10)

    assert not running.is_alive()


def test_films_in_hand_are_scored_when_no_more_can_be_leased(
    store: Store, send: Send, film: Film, make_worker: MakeWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    (answer,) = send({"a.png": film(190)})
    worker = make_worker()
    real, calls = worker._in_hand.take_fresh, []

    def only_once() -> list[Lease]:
        calls.append(1)
        if len(calls) > 1:
            raise StoreError("The database must answer; it restarts.")
        return real()

    monkeypatch.setattr(worker._in_hand, "take_fresh", only_once)
    worker.score_waiting()

    assert len(calls) > 1
    assert outcome(store, answer).probability is not None


def test_a_worker_without_films_says_what_keeps_it_from_scoring(
    store: Store,
    tiny_bundle: Bundle,
    send: Send,
    film: Film,
    make_worker: MakeWorker,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The films wait for another model than this worker's."""
    send({"a.png": film(190)})
    worker = make_worker(bundle=current_bundle.register(store, tiny_bundle, now=NOW).bundle_id)
    running = threading.Thread(target=worker.run)
    running.start()
    deadline = time.monotonic() + 20
    while not caplog.messages and time.monotonic() < deadline:
        time.sleep(0.02)
    worker.stop()
    running.join(20)

    assert "1 wait for another one" in caplog.text


def test_a_film_whose_file_is_gone_is_given_up_visibly_after_its_tries_and_stops_no_other(
    store: Store, send: Send, film: Film, make_worker: MakeWorker
) -> None:
    """Another computer may have it; but not for ever."""
    gone, healthy = send({"a.png": film(190), "b.png": film(185)})
    store.films.remove(gone.sha256)

    for attempt in range(3):
        assert kept(store, gone).outcome is None
        make_worker(f"worker {attempt}", now=lambda at=NOW + 31 * attempt: at).score_waiting()

    given_up = outcome(store, gone).reason
    assert given_up is not None
    assert (Refusal.NOT_FOUND, "The file is not there (any more). It was tried 3 times.") == (
        given_up.code,
        given_up.message,
    )
    assert outcome(store, healthy).probability is not None
    assert Queued(0, 0) == queued(store)


def test_films_whose_folder_goes_away_are_scored_when_it_is_back(
    store: Store, send: Send, film: Film, make_worker: MakeWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often it goes: the folder is to blame, and no film's tries are counted."""
    sent = send({f"{i}.png": film(150 + i, seed=i) for i in range(3)})
    elsewhere = store.films.root.with_name("elsewhere")
    worker = make_worker()
    take = worker._in_hand.take_fresh

    def take_as_the_disk_goes() -> list[Lease]:
        leases = take()
        store.films.root.rename(elsewhere)
        return leases

    for _ in range(4):
        monkeypatch.setattr(worker._in_hand, "take_fresh", take_as_the_disk_goes)
        assert 3 == worker.score_waiting()
        assert 0 == worker.score_waiting()
        assert Queued(waiting=3, leased=0) == queued(store)
        elsewhere.rename(store.films.root)

    monkeypatch.setattr(worker._in_hand, "take_fresh", take)
    worker.score_waiting()
    assert all(outcome(store, answer).probability is not None for answer in sent)


def test_a_film_that_the_machine_had_no_memory_for_is_tried_again(
    store: Store, send: Send, film: Film, make_worker: MakeWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel ends whoever is largest, for what another program took."""
    (answer,) = send({"a.png": film(190)})
    worker = make_worker()

    def killed(paths: Iterator[Path]) -> Iterator[Screened]:
        reason = Reason(Refusal.OUT_OF_MEMORY, "It was killed.", of_machine=True)
        return (Screened(NotScored(path, reason)) for path in paths)

    monkeypatch.setattr(worker, "_screened", killed)
    worker.score_waiting()
    assert kept(store, answer).outcome is None

    make_worker("next", now=lambda: NOW + 31).score_waiting()

    assert outcome(store, answer).probability is not None
