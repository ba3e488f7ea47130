"""Each film is leased to one worker at a time, and comes back when that worker is gone."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, event

from firstread.records import NotScored, Reason
from firstread.store import films, outcomes, queue
from firstread.store.database import Database
from firstread.store.outcomes import NewOutcome
from firstread.store.queue import Lease, Queued
from firstread.terms import Refusal

Arrive = Callable[..., list[int]]
NOW, LEASE_S = 1_800_000_000.0, 30.0


def lease(database: Database, bundle_id: int, owner: str, *, n: int = 10, now: float = NOW) -> list[Lease]:
    with database.claim() as connection:
        return queue.lease(connection, bundle_id=bundle_id, owner=owner, n=n, lease_s=LEASE_S, now=now)


def suspect(database: Database, bundle_id: int, owner: str, now: float) -> Lease | None:
    with database.claim() as connection:
        return queue.lease_suspect(connection, bundle_id=bundle_id, owner=owner, lease_s=LEASE_S, now=now)


def finish(database: Database, leases: list[Lease], owner: str) -> set[Lease]:
    with database.write() as connection:
        return queue.finish(connection, leases, owner=owner)


def test_the_oldest_films_are_leased_first_and_to_one_worker(
    database: Database, bundle_id: int, arrive: Arrive
) -> None:
    ids = arrive("a", "b", "c")

    one, two = lease(database, bundle_id, "one", n=2), lease(database, bundle_id, "two")

    assert (ids[:2], ids[2:]) == ([job.film_id for job in one], [job.film_id for job in two])
    assert [1, 1] == [job.attempts for job in one]


def test_another_bundle_s_films_are_not_for_this_worker(
    database: Database, bundle_id: int, arrive: Arrive
) -> None:
    arrive("a")

    assert [] == lease(database, bundle_id + 1, "one")


def test_many_workers_share_the_queue_without_a_film_twice(
    database: Database, bundle_id: int, arrive: Arrive
) -> None:
    ids = arrive(*(f"{i}" for i in range(60)))
    got: list[int] = []

    def work(owner: str) -> None:
        while leases := lease(database, bundle_id, owner, n=5):
            got.extend(job.film_id for job in leases)

    workers = [threading.Thread(target=work, args=(str(i),)) for i in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sorted(ids) == sorted(got)


def test_what_a_lost_worker_had_comes_back_alone_when_its_lease_ran_out(
    database: Database, bundle_id: int, arrive: Arrive
) -> None:
    """Alone: of the films in its hands one may have ended it, and the others must not share that fate."""
    ids = arrive("a", "b")
    lease(database, bundle_id, "lost")

    assert None is suspect(database, bundle_id, "heir", NOW + LEASE_S - 0.1)
    assert [] == lease(database, bundle_id, "heir", now=NOW + LEASE_S)
    first = suspect(database, bundle_id, "heir", NOW + LEASE_S)
    second = suspect(database, bundle_id, "heir", NOW + LEASE_S)

    assert first is not None
    assert second is not None
    assert ids == [first.film_id, second.film_id]
    assert 2 == first.attempts


def test_a_worker_that_says_it_lives_keeps_its_films(
    database: Database, bundle_id: int, arrive: Arrive
) -> None:
    ids = arrive("a", "b")
    held, _ = lease(database, bundle_id, "slow")
    with database.write() as connection:
        assert 1 == queue.extend(connection, {held}, owner="slow", lease_s=LEASE_S, now=NOW + 20)

    heir = suspect(database, bundle_id, "heir", NOW + 40)
    assert heir is not None
    assert ids[1] == heir.film_id
    assert None is suspect(database, bundle_id, "heir", NOW + 40)


def test_a_worker_whose_lease_ran_out_may_not_finish(
    database: Database, bundle_id: int, arrive: Arrive
) -> None:
    arrive("a")
    late = lease(database, bundle_id, "late")
    heir = suspect(database, bundle_id, "heir", NOW + LEASE_S)
    assert heir is not None

    assert set() == finish(database, late, "late")
    assert {heir} == finish(database, [heir], "heir")
    assert set() == finish(database, [heir], "heir")


def test_what_was_not_begun_is_given_back_as_if_it_had_not_been_taken(
    database: Database, bundle_id: int, arrive: Arrive
) -> None:
    arrive("a")
    leases = lease(database, bundle_id, "one")
    with database.write() as connection:
        queue.release(connection, leases, owner="one")

    assert [1] == [job.attempts for job in lease(database, bundle_id, "two")]


@pytest.fixture
def removed_and_next(database: Database, bundle_id: int, arrive: Arrive) -> tuple[Lease, Lease]:
    """Return a worker's leases of a film that was removed since, and of the film that came next."""
    arrive("a", "b")
    _, removed = lease(database, bundle_id, "one")
    with database.write() as connection:
        films.remove(connection, [removed.film_id], now=NOW)
    arrive("c", delivery="two")
    (following,) = lease(database, bundle_id, "one")
    return removed, following


def test_a_removed_film_does_not_end_the_job_that_got_its_number(
    database: Database, removed_and_next: tuple[Lease, Lease]
) -> None:
    """SQLite gives the number of the newest job again; an outcome would be written of a film that is gone."""
    removed, following = removed_and_next

    assert set() == finish(database, [removed], "one")
    assert {following} == finish(database, [removed, following], "one")


def test_a_removed_film_keeps_the_job_that_got_its_number_from_nobody(
    database: Database, removed_and_next: tuple[Lease, Lease]
) -> None:
    removed, following = removed_and_next
    with database.write() as connection:
        assert 0 == queue.extend(connection, {removed}, owner="one", lease_s=LEASE_S, now=NOW + 20)
        assert 1 == queue.extend(connection, {removed, following}, owner="one", lease_s=LEASE_S, now=NOW + 20)


def test_a_removed_film_does_not_give_back_the_job_that_got_its_number(
    database: Database, bundle_id: int, removed_and_next: tuple[Lease, Lease]
) -> None:
    removed, _ = removed_and_next
    with database.write() as connection:
        queue.release(connection, [removed], owner="one")

    assert [] == lease(database, bundle_id, "two")


@pytest.mark.parametrize("jump_s", [-86_400.0, -61.0])
def test_a_clock_that_is_set_back_does_not_keep_films_from_other_workers(
    database: Database, bundle_id: int, arrive: Arrive, jump_s: float
) -> None:
    """A lease that ends in two days' time was given before the clock was set; nobody else would get the film."""
    arrive("a")
    lease(database, bundle_id, "lost")

    assert None is not suspect(database, bundle_id, "heir", NOW + jump_s)


def hand_over(database: Database, bundle_id: int) -> int:
    with database.write() as connection:
        return queue.hand_over(connection, bundle_id=bundle_id)


def test_films_that_wait_for_a_model_are_handed_to_the_next(
    database: Database, bundle_id: int, next_bundle: int, arrive: Arrive
) -> None:
    ids = arrive("a", "b")

    assert 2 == hand_over(database, next_bundle)

    assert [] == lease(database, bundle_id, "old")
    assert ids == [job.film_id for job in lease(database, next_bundle, "new")]


def test_films_in_hand_are_handed_over_as_suspects_and_the_old_worker_may_not_finish(
    database: Database, bundle_id: int, next_bundle: int, arrive: Arrive
) -> None:
    """Their worker may be gone, and a film that ended it must not end the next with all that it has in hand."""
    ids = arrive("a", "b")
    done, in_hand = lease(database, bundle_id, "old")
    finish(database, [done], "old")

    assert 1 == hand_over(database, next_bundle)

    assert set() == finish(database, [in_hand], "old")
    assert [] == lease(database, next_bundle, "new")
    heir = suspect(database, next_bundle, "new", NOW)
    assert heir is not None
    assert (ids[1], 2) == (heir.film_id, heir.attempts)


def test_a_film_that_the_next_model_knows_is_not_handed_over(
    database: Database, next_bundle: int, arrive: Arrive
) -> None:
    """One with a job of that model, and one with an outcome: a second row of either may not be."""
    with_job, with_outcome, other = arrive("a", "b", "c")
    with database.write() as connection:
        queue.enqueue(connection, [with_job], bundle_id=next_bundle, now=NOW)
        found = NotScored(Path("b"), Reason(Refusal.BLANK, "It is blank."))
        outcomes.record(connection, [NewOutcome(with_outcome, found)], bundle_id=next_bundle, now=NOW)

    assert 1 == hand_over(database, next_bundle)

    assert {with_job, other} == {job.film_id for job in lease(database, next_bundle, "new")}


def test_films_that_wait_for_another_model_are_counted(
    database: Database, bundle_id: int, next_bundle: int, arrive: Arrive
) -> None:
    arrive("a", "b", "c")
    lease(database, bundle_id, "old", n=1)

    with database.read() as connection:
        assert 2 == queue.count_for_others(connection, bundle_id=next_bundle)
        assert 0 == queue.count_for_others(connection, bundle_id=bundle_id)


def plans(database: Database, work: Callable[[Connection], object]) -> list[str]:
    """Return how SQLite goes about what is done with jobs: a line for each search of their table."""
    asked: list[tuple[str, tuple[object, ...]]] = []
    with database.write() as connection:
        event.listen(connection, "before_cursor_execute", lambda *call: asked.append((call[2], call[3])))
        work(connection)
    with database.read() as connection:
        explained = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values) for sql, values in asked]
        return [row.detail for rows in explained for row in rows if " job" in row.detail]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_jobs_that_are_done_are_not_looked_through_for_what_others_left_behind(
    database: Database, bundle_id: int
) -> None:
    """It is asked at every poll, while nobody else can write; a year's jobs are done, and a few are not."""
    (search,) = plans(
        database,
        lambda connection: queue.lease_suspect(
            connection, bundle_id=bundle_id, owner="one", lease_s=LEASE_S, now=NOW
        ),
    )

    assert "SEARCH job USING INDEX ix_job_bundle_id_state_id (bundle_id=? AND state=?)" == search


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "work",
    [
        lambda connection, held: queue.extend(connection, held, owner="one", lease_s=LEASE_S, now=NOW),
        lambda connection, held: queue.release(connection, held, owner="one"),
        lambda connection, held: queue.finish(connection, held, owner="one"),
    ],
    ids=["extend", "release", "finish"],
)
def test_jobs_in_hand_are_found_by_their_numbers(
    database: Database, work: Callable[[Connection, list[Lease]], object]
) -> None:
    held = [Lease(1, 1, "a" * 64, 1), Lease(2, 2, "b" * 64, 1)]

    (search,) = plans(database, lambda connection: work(connection, held))

    assert "SEARCH job USING INTEGER PRIMARY KEY (rowid=?)" == search


def test_jobs_that_are_not_done_are_counted(database: Database, bundle_id: int, arrive: Arrive) -> None:
    arrive("a", "b", "c")
    finish(database, lease(database, bundle_id, "one", n=1), "one")
    lease(database, bundle_id, "one", n=1)

    with database.read() as connection:
        assert Queued(waiting=1, leased=1) == queue.count(connection)


def test_films_are_queued_until_the_last_one_is_done(
    database: Database, bundle_id: int, arrive: Arrive
) -> None:
    def are_queued(of: int = bundle_id) -> bool:
        with database.read() as connection:
            return queue.has_any(connection, bundle_id=of)

    assert not are_queued()
    arrive("a")
    assert are_queued()
    assert not are_queued(bundle_id + 1)
    leases = lease(database, bundle_id, "one")
    assert are_queued()
    finish(database, leases, "one")
    assert not are_queued()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_jobs_that_are_done_are_not_looked_through_for_one_that_is_not(
    database: Database, bundle_id: int
) -> None:
    """It is asked four times a second while films are scored."""
    (search,) = plans(database, lambda connection: queue.has_any(connection, bundle_id=bundle_id))

    assert search.startswith(
        "SEARCH job USING COVERING INDEX ix_job_bundle_id_state_id (bundle_id=? AND state=?"
    )
