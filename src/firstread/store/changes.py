"""What happened to which film, in order: open pages follow it, and take up where they were cut off."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select

from firstread.store import tables
from firstread.terms import Change

__all__ = ["FilmChange", "append", "forget", "is_whole_since", "latest", "since"]


@dataclass(frozen=True, slots=True)
class FilmChange:
    """One film arrived, came again under another name, was scored, was read or was removed.

    Args:
        number: Larger than that of every change before it.
        film_id: The film.
        kind: What happened.
        at: When (seconds since 1970).
    """

    number: int
    film_id: int
    kind: Change
    at: float


def append(connection: Connection, film_ids: Iterable[int], kind: Change, *, now: float) -> None:
    """Add one change for each film to what pages follow; in a transaction of `Database.write`."""
    rows = [{"film_id": film_id, "kind": kind.value, "at": now} for film_id in film_ids]
    if rows:
        connection.execute(insert(tables.change), rows)


def latest(connection: Connection) -> int:
    """Return the number of the newest change; 0 before there is one."""
    return connection.scalar(select(func.max(tables.change.c.id))) or 0


def since(connection: Connection, number: int, *, at_most: int = 10_000) -> Sequence[FilmChange]:
    """Return the changes after a number, oldest first."""
    columns = tables.change.c
    rows = connection.execute(
        select(columns.id, columns.film_id, columns.kind, columns.at)
        .where(columns.id > number)
        .order_by(columns.id)
        .limit(at_most)
    )
    return [FilmChange(row.id, row.film_id, Change(row.kind), row.at) for row in rows]


def is_whole_since(connection: Connection, number: int) -> bool:
    """Tell whether every change after a number is still here, so that whoever knows those before can go on."""
    oldest = connection.scalar(select(func.min(tables.change.c.id)))
    return oldest is not None and oldest <= number


def forget(connection: Connection, *, before: float) -> int:
    """Delete the changes up to the last one before a moment; return how many."""
    columns = tables.change.c
    last = connection.scalar(select(func.max(columns.id)).where(columns.at < before)) or 0
    # The newest stays, whatever its age: numbers go on from it.
    up_to = min(last, latest(connection) - 1)
    return connection.execute(delete(tables.change).where(columns.id <= up_to)).rowcount
