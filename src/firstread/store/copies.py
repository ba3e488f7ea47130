"""Copies: further files with the content of a film, kept as further names of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from firstread.store import changes, tables
from firstread.terms import Change

__all__ = ["MOST_OF_A_FILM", "Copy", "keep", "of_films", "paths", "those_here"]

MOST_OF_A_FILM = 1000
"""Further names of one film are not written down."""

_COPY = tables.film_copy.c
# SQLite takes 32,766 values in one statement, PostgreSQL 65,535.
_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Copy:
    """A further file with the content of a film.

    Args:
        film_id: The film.
        name: What the file is called where it came from.
        folder: The folders it lay in there, "a/b"; empty for none.
    """

    film_id: int
    name: str
    folder: str = ""


def keep(connection: Connection, copies: Sequence[Copy], *, now: float) -> None:
    """Write down what came, and tell pages of the films that have a name more; in a transaction of `Database.write`."""
    new = _few_of_each(connection, copies)
    if not new:
        return
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    named = connection.execute(
        dialect.insert(tables.film_copy).on_conflict_do_nothing().returning(_COPY.film_id),
        [
            {"film_id": copy.film_id, "name": copy.name, "folder": copy.folder, "arrived_at": now}
            for copy in new
        ],
    )
    changes.append(connection, sorted(set(named.scalars())), Change.COPIED, now=now)


def _few_of_each(connection: Connection, copies: Sequence[Copy]) -> list[Copy]:
    """Return those that are not written down yet, as long as their film has room for more names."""
    here = those_here(connection, copies)
    new = [copy for copy in dict.fromkeys(copies) if copy not in here]
    film_ids = {copy.film_id for copy in new}
    counted = (
        select(_COPY.film_id, func.count().label("n"))
        .where(_COPY.film_id.in_(film_ids))
        .group_by(_COPY.film_id)
    )
    n_names = {row.film_id: row.n for row in connection.execute(counted)}
    kept = []
    for copy in new:
        n_names[copy.film_id] = n_names.get(copy.film_id, 0) + 1
        if n_names[copy.film_id] <= MOST_OF_A_FILM:
            kept.append(copy)
    return kept


def those_here(connection: Connection, copies: Sequence[Copy]) -> set[Copy]:
    """Return those that are written down."""
    if not copies:
        return set()
    columns = (_COPY.film_id, _COPY.name, _COPY.folder)
    asked = [(copy.film_id, copy.name, copy.folder) for copy in copies]
    # By the film first: SQLite looks through the whole index for three values at once.
    by_film = _COPY.film_id.in_({copy.film_id for copy in copies})
    return {
        Copy(*row) for row in connection.execute(select(*columns).where(by_film, tuple_(*columns).in_(asked)))
    }


def of_films(connection: Connection, film_ids: Sequence[int], *, at_most: int) -> dict[int, list[Copy]]:
    """Return the first copies of each of some films, in their order of arrival; films without one are left out."""
    place = func.row_number().over(partition_by=_COPY.film_id, order_by=_COPY.id).label("place")
    placed = select(_COPY.id, _COPY.film_id, _COPY.name, _COPY.folder, place).where(
        _COPY.film_id.in_(film_ids)
    )
    first = placed.subquery()
    rows = connection.execute(select(first).where(first.c.place <= at_most).order_by(first.c.id))
    found: dict[int, list[Copy]] = {}
    for row in rows:
        found.setdefault(row.film_id, []).append(Copy(row.film_id, row.name, row.folder))
    return found


def paths(connection: Connection, film_ids: Sequence[int] | None = None) -> dict[int, tuple[str, ...]]:
    """Return folder and name of every copy, "a/b/name", by film; of all films when none are named."""
    which = select(_COPY.film_id, _COPY.folder, _COPY.name).order_by(_COPY.id)
    found: dict[int, list[str]] = {}
    for some in _stretches(film_ids):
        stretch = which if some is None else which.where(_COPY.film_id.in_(some))
        for film_id, folder, name in connection.execute(stretch):
            found.setdefault(film_id, []).append(f"{folder}/{name}")
    return {film_id: tuple(names) for film_id, names in found.items()}


def _stretches(film_ids: Sequence[int] | None) -> Sequence[Sequence[int] | None]:
    if film_ids is None:
        return [None]
    return [film_ids[start : start + _AT_ONCE] for start in range(0, len(film_ids), _AT_ONCE)]
