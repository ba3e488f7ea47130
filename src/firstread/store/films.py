"""Films with all that is known of them: what a list, a viewer or an export shows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Exists,
    Row,
    ScalarSelect,
    Select,
    bindparam,
    delete,
    exists,
    func,
    select,
    update,
)

from firstread.store import changes, copies, deletions, tables
from firstread.store.outcomes import KeptOutcome, from_row
from firstread.terms import Band, Change

__all__ = [
    "KeptFilm",
    "Standing",
    "before",
    "by_ids",
    "by_sha256",
    "count",
    "count_before",
    "overtaken",
    "remove",
    "standings",
    "those_here",
]

_FILM, _OUTCOME, _READING = tables.film.c, tables.outcome.c, tables.reading.c
# SQLite takes 32,766 values in one statement, PostgreSQL 65,535.
_AT_ONCE = 10_000
_BANDS: dict[str | None, Band | None] = {None: None} | {band.value: band for band in Band}


class Standing(NamedTuple):
    """As much of a film as its place in the reading worklist depends on.

    A tuple: a server that starts makes one of every film, and a frozen dataclass takes twice as long.

    Args:
        film_id: The film.
        delivery_id: Its group of arrival; a larger number came later.
        arrived_at: Seconds since 1970.
        name: What it is called where it came from.
        folder: The folders it lay in there.
        has_outcome: It is no longer waiting for the model.
        band: How soon it should be read; None when it was not scored (yet).
        probability: Calibrated; None when it was not scored (yet).
        reason_code: Why it was not scored; None when it was, or still waits.
        is_read: A reader has read it.
        overtaken: How many films that came later were read before it and have been removed since.
        copies: "folder/name" of each further file with its content.
    """

    film_id: int
    delivery_id: int
    arrived_at: float
    name: str
    folder: str
    has_outcome: bool
    band: Band | None
    probability: float | None
    reason_code: str | None
    is_read: bool
    overtaken: int = 0
    copies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptFilm:
    """A film of the store.

    Args:
        film_id: Its number here.
        sha256: What it is called outside.
        file_bytes: Size of its file.
        name: What it is called where it came from.
        folder: The folders it lay in there, "a/b"; empty for none.
        arrived_at: Seconds since 1970.
        outcome: What the model said; None while it waits.
        is_read: A reader has read it.
        n_copies: How many further files with its content came, under other names.
    """

    film_id: int
    sha256: str
    file_bytes: int
    name: str
    folder: str
    arrived_at: float
    outcome: KeptOutcome | None
    is_read: bool
    n_copies: int = 0


def standings(connection: Connection, film_ids: Sequence[int] | None = None) -> Iterator[Standing]:
    """Yield the standing of films in their order of arrival; of all films when none are named."""
    columns = (
        _FILM.id,
        _FILM.delivery_id,
        _FILM.arrived_at,
        _FILM.name,
        _FILM.folder,
        _OUTCOME.id,
        _OUTCOME.band,
        _OUTCOME.probability,
        _OUTCOME.reason_code,
        _was_read(_FILM.id),
        _FILM.overtaken,
    )
    named = copies.paths(connection, film_ids)
    for row in _rows(connection, _with_outcome(*columns), film_ids):
        film_id, delivery_id, arrived_at, name, folder, outcome_id, band, *facts = row
        probability, reason_code, is_read, overtaken = facts
        yield Standing(
            film_id,
            delivery_id,
            arrived_at,
            name,
            folder,
            outcome_id is not None,
            _BANDS[band],
            probability,
            reason_code,
            is_read,
            overtaken,
            named.get(film_id, ()),
        )


def overtaken(connection: Connection) -> dict[int, int]:
    """Return those films that later ones overtook which have been removed since, with how many these were."""
    rows = connection.execute(select(_FILM.id, _FILM.overtaken).where(_FILM.overtaken > 0))
    return {row.id: row.overtaken for row in rows}


def by_ids(connection: Connection, film_ids: Sequence[int]) -> list[KeptFilm]:
    """Return films in the order of their numbers; those that were removed are left out."""
    found = {row.film_id: _kept(row) for row in _rows(connection, _whole(), film_ids)}
    return [found[film_id] for film_id in film_ids if film_id in found]


def by_sha256(connection: Connection, sha256: str) -> KeptFilm | None:
    """Return one film; None when there is none."""
    row = connection.execute(_whole().where(_FILM.sha256 == sha256)).first()
    return None if row is None else _kept(row)


def those_here(connection: Connection, sha256s: Sequence[str]) -> set[str]:
    """Return those of the films that have a row."""
    return set(connection.execute(select(_FILM.sha256).where(_FILM.sha256.in_(sha256s))).scalars())


def count(connection: Connection) -> int:
    """Return how many films there are."""
    return connection.scalar(select(func.count()).select_from(tables.film)) or 0


def before(connection: Connection, moment: float, *, at_most: int, also_unread: bool) -> list[KeptFilm]:
    """Return films that arrived before a moment and were read, or also those that were not."""
    which = _whole().where(_arrived_before(moment, also_unread=also_unread)).order_by(_FILM.id).limit(at_most)
    return [_kept(row) for row in connection.execute(which)]


def count_before(connection: Connection, moment: float, *, also_unread: bool) -> int:
    """Return how many films `before` would return in the end."""
    which = _arrived_before(moment, also_unread=also_unread)
    return connection.scalar(select(func.count()).select_from(tables.film).where(which)) or 0


def remove(connection: Connection, film_ids: Sequence[int], *, now: float) -> None:
    """Delete films with their copies, jobs, outcomes and readings; their files are deleted after the transaction.

    Until they are, they are noted (`deletions`): whoever deletes them may be stopped before.
    """
    deletions.note(connection, film_ids, now=now)
    gone = _read_by_delivery(connection, film_ids)
    connection.execute(delete(tables.film).where(_FILM.id.in_(film_ids)))
    _remember_overtaking(connection, gone)
    changes.append(connection, film_ids, Change.REMOVED, now=now)


def _read_by_delivery(connection: Connection, film_ids: Sequence[int]) -> list[tuple[int, int]]:
    """Return how many of the films were read, by their delivery, earliest first."""
    rows = connection.execute(
        select(_FILM.delivery_id, func.count())
        .where(_FILM.id.in_(film_ids), _was_read(_FILM.id))
        .group_by(_FILM.delivery_id)
        .order_by(_FILM.delivery_id)
    )
    return [(delivery_id, n_read) for delivery_id, n_read in rows]


def _remember_overtaking(connection: Connection, gone: Sequence[tuple[int, int]]) -> None:
    """Let unread films keep count of later films that were read before them, though these are gone now."""
    # Films that came between two of these deliveries were overtaken by the same ones: each row is written once.
    stretches, first, n_later = [], 0, sum(n_read for _, n_read in gone)
    for delivery_id, n_read in gone:
        stretches.append({"first": first, "beyond": delivery_id, "n_later": n_later})
        first, n_later = delivery_id, n_later - n_read
    if stretches:
        connection.execute(_OVERTAKEN_MORE, stretches)


def _arrived_before(moment: float, *, also_unread: bool) -> ColumnElement[bool]:
    earlier = _FILM.arrived_at < moment
    return earlier if also_unread else earlier & _was_read(_FILM.id)


def _was_read(film_id: ColumnElement[int]) -> Exists:
    return exists().where(_READING.film_id == film_id, _READING.undone_at.is_(None))


def _n_copies(film_id: ColumnElement[int]) -> ScalarSelect[int]:
    counted = select(func.count()).select_from(tables.film_copy)
    return counted.where(tables.film_copy.c.film_id == film_id).scalar_subquery()


_OVERTAKEN_MORE = (
    update(tables.film)
    .where(
        _FILM.delivery_id >= bindparam("first"),
        _FILM.delivery_id < bindparam("beyond"),
        ~_was_read(_FILM.id),
    )
    .values(overtaken=_FILM.overtaken + bindparam("n_later"))
)


def _with_outcome(*columns: Any) -> Select[Any]:
    """Select from films, each beside its newest outcome where it has one."""
    other = tables.outcome.alias("other")
    newest = select(func.max(other.c.id)).where(other.c.film_id == _FILM.id).scalar_subquery()
    joined = tables.film.outerjoin(tables.outcome, _OUTCOME.id == newest).outerjoin(
        tables.bundle, tables.bundle.c.id == _OUTCOME.bundle_id
    )
    return select(*columns).select_from(joined)


@cache
def _whole() -> Select[Any]:
    outcome = [column for column in _OUTCOME if column.name not in ("id", "film_id", "heat_map")]
    return _with_outcome(
        _FILM.id.label("film_id"),
        _FILM.sha256,
        _FILM.file_bytes,
        _FILM.name,
        _FILM.folder,
        _FILM.arrived_at,
        _OUTCOME.id.label("outcome_id"),
        tables.bundle.c.sha256.label("bundle_sha256"),
        _was_read(_FILM.id).label("is_read"),
        _n_copies(_FILM.id).label("n_copies"),
        *outcome,
    )


def _rows(
    connection: Connection, which: Select[Any], film_ids: Sequence[int] | None
) -> Iterator[Row[*tuple[Any, ...]]]:
    which = which.order_by(_FILM.id)
    if film_ids is None:
        with connection.execute(which.execution_options(yield_per=1000)) as rows:
            yield from rows
        return
    for start in range(0, len(film_ids), _AT_ONCE):
        yield from connection.execute(which.where(_FILM.id.in_(film_ids[start : start + _AT_ONCE])))


def _kept(row: Row[Any]) -> KeptFilm:
    return KeptFilm(
        film_id=row.film_id,
        sha256=row.sha256,
        file_bytes=row.file_bytes,
        name=row.name,
        folder=row.folder,
        arrived_at=row.arrived_at,
        outcome=None if row.outcome_id is None else from_row(row),
        is_read=row.is_read,
        n_copies=row.n_copies,
    )
