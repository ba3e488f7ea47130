"""The queue: jobs are leased for a while, and one that nobody finishes comes back.

Each film is a job, written in the same transaction as the film. A worker leases jobs, extends its leases while it
works, and hands back outcomes; a lease that is not extended runs out. Whatever was in the hands of a worker that died
is leased again alone, one film at a time, so that a film that ends its worker is found out and costs no other.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, insert, or_, select, tuple_, update

from firstread.store import tables

__all__ = [
    "Lease",
    "Queued",
    "count",
    "count_for_others",
    "enqueue",
    "extend",
    "finish",
    "hand_over",
    "has_any",
    "lease",
    "lease_suspect",
    "release",
]

_WAITING, _LEASED, _DONE = "waiting", "leased", "done"
_JOB = tables.job.c


@dataclass(frozen=True, slots=True)
class Lease:
    """A film that a worker may score for a while.

    Args:
        job_id: The job.
        film_id: Its film.
        sha256: The film's content.
        attempts: How often it was leased, with this time.
    """

    job_id: int
    film_id: int
    sha256: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Queued:
    """How many jobs wait, and how many are in the hands of workers."""

    waiting: int
    leased: int


def enqueue(connection: Connection, film_ids: Iterable[int], *, bundle_id: int, now: float) -> None:
    """Add a job for each film."""
    rows = [
        {"film_id": film_id, "bundle_id": bundle_id, "state": _WAITING, "attempts": 0, "queued_at": now}
        for film_id in film_ids
    ]
    if rows:
        connection.execute(insert(tables.job), rows)


def hand_over(connection: Connection, *, bundle_id: int) -> int:
    """Let the films that another model was to score wait for this one; return how many they are.

    Those in the hands of the other model's workers too: a worker that is gone would never give them back, and what
    one that lives makes of them is not written.
    """
    here = tables.job.alias("here")
    queued = select(1).where(here.c.film_id == _JOB.film_id, here.c.bundle_id == bundle_id).exists()
    scored = select(1).where(
        tables.outcome.c.film_id == _JOB.film_id, tables.outcome.c.bundle_id == bundle_id
    )
    moved = connection.execute(
        update(tables.job)
        .where(_JOB.bundle_id != bundle_id, _JOB.state != _DONE, ~queued, ~scored.exists())
        .values(bundle_id=bundle_id, state=_WAITING, owner=None, leased_at=None, leased_until=None)
    )
    return moved.rowcount


def lease(
    connection: Connection, *, bundle_id: int, owner: str, n: int, lease_s: float, now: float
) -> list[Lease]:
    """Lease the oldest films that nobody had in hand yet; in a transaction of `Database.claim`."""
    fresh = [_JOB.bundle_id == bundle_id, _JOB.state == _WAITING, _JOB.attempts == 0]
    return _lease(connection, fresh, owner=owner, n=n, lease_s=lease_s, now=now)


def lease_suspect(
    connection: Connection, *, bundle_id: int, owner: str, lease_s: float, now: float
) -> Lease | None:
    """Lease one film that a worker had in hand when it went away; None when there is none.

    A lease that lasts longer than leases do was given before the clock was set back, and counts as run out.
    """
    run_out = or_(_JOB.leased_until <= now, _JOB.leased_until > now + 2 * lease_s)
    suspect = [
        _JOB.bundle_id == bundle_id,
        # Follows from the next, which alone finds no place in the index: jobs that are done, all but a few, would be
        # looked through at every poll.
        _JOB.state.in_([_WAITING, _LEASED]),
        or_((_JOB.state == _WAITING) & (_JOB.attempts > 0), (_JOB.state == _LEASED) & run_out),
    ]
    found = _lease(connection, suspect, owner=owner, n=1, lease_s=lease_s, now=now)
    return found[0] if found else None


def extend(
    connection: Connection, leases: Collection[Lease], *, owner: str, lease_s: float, now: float
) -> int:
    """Let those leases of a worker that are still its own last from now on again; return how many they are."""
    held = update(tables.job).where(_still_held(leases, owner))
    return connection.execute(held.values(leased_until=now + lease_s)).rowcount


def release(connection: Connection, leases: Collection[Lease], *, owner: str) -> None:
    """Give back what a worker did not begin, as if it had never had it."""
    connection.execute(
        update(tables.job)
        .where(_still_held(leases, owner))
        .values(state=_WAITING, attempts=_JOB.attempts - 1, owner=None, leased_at=None, leased_until=None)
    )


def finish(connection: Connection, leases: Collection[Lease], *, owner: str) -> set[Lease]:
    """Close jobs and return the leases of those that were still this worker's.

    What a worker finished after its lease ran out is another worker's by now; its outcome must not be written.
    """
    closed = connection.execute(
        update(tables.job)
        .where(_still_held(leases, owner))
        .values(state=_DONE, owner=None, leased_until=None)
        .returning(_JOB.id, _JOB.film_id)
    )
    were_held = {(row.id, row.film_id) for row in closed}
    return {lease for lease in leases if (lease.job_id, lease.film_id) in were_held}


def count(connection: Connection) -> Queued:
    """Return how many jobs are not done."""
    rows = connection.execute(
        select(_JOB.state, func.count()).where(_JOB.state != _DONE).group_by(_JOB.state)
    )
    counts: dict[str, int] = {state: n for state, n in rows}  # noqa: C416 - rows are no tuples to a type checker
    return Queued(counts.get(_WAITING, 0), counts.get(_LEASED, 0))


def has_any(connection: Connection, *, bundle_id: int) -> bool:
    """Tell whether films wait for a model or are in the hands of its workers."""
    is_open = select(1).where(_JOB.bundle_id == bundle_id, _JOB.state.in_([_WAITING, _LEASED]))
    return connection.scalar(is_open.limit(1)) is not None


def count_for_others(connection: Connection, *, bundle_id: int) -> int:
    """Return how many jobs wait for another model than this one."""
    waiting = select(func.count()).where(_JOB.state == _WAITING, _JOB.bundle_id != bundle_id)
    return connection.execute(waiting).scalar_one()


def _still_held(leases: Collection[Lease], owner: str) -> ColumnElement[bool]:
    # A job is known by its film too: SQLite gives the number of a removed film's job to the next one. And by its
    # number alone first: SQLite looks for pairs through the whole table.
    numbers = [lease.job_id for lease in leases]
    pairs = [(lease.job_id, lease.film_id) for lease in leases]
    of_leases = _JOB.id.in_(numbers) & tuple_(_JOB.id, _JOB.film_id).in_(pairs)
    return of_leases & (_JOB.owner == owner) & (_JOB.state == _LEASED)


def _lease(
    connection: Connection,
    which: list[ColumnElement[bool]],
    *,
    owner: str,
    n: int,
    lease_s: float,
    now: float,
) -> list[Lease]:
    # PostgreSQL passes by the rows that another worker is just taking; SQLite has one writer at a time.
    found = connection.execute(
        select(_JOB.id).where(*which).order_by(_JOB.id).limit(n).with_for_update(skip_locked=True)
    )
    job_ids = list(found.scalars())
    if not job_ids:
        return []
    connection.execute(
        update(tables.job)
        .where(_JOB.id.in_(job_ids))
        .values(
            state=_LEASED,
            attempts=_JOB.attempts + 1,
            owner=owner,
            leased_at=now,
            leased_until=now + lease_s,
        )
    )
    rows = connection.execute(
        select(_JOB.id, _JOB.film_id, tables.film.c.sha256, _JOB.attempts)
        .join_from(tables.job, tables.film)
        .where(_JOB.id.in_(job_ids))
        .order_by(_JOB.id)
    )
    return [Lease(row.id, row.film_id, row.sha256, row.attempts) for row in rows]
