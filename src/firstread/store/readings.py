"""What readers said of films: added, undone, never changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from firstread.store import tables
from firstread.terms import LabelState, Verdict

__all__ = [
    "NewReading",
    "Reading",
    "add",
    "newest_of_each_reader",
    "of_film",
    "of_films",
    "read_by",
    "read_films",
    "undo",
]

_READING = tables.reading.c


@dataclass(frozen=True, slots=True)
class NewReading:
    """What a reader says of a film.

    Args:
        film_id: The film.
        reader: Who.
        finding: Whether the reader sees pneumonia.
        verdict: Whether that agrees with the model's flag; None for a film without a score.
        note: In the reader's words.
        blinded: The score was hidden until now.
        probability: What the model had said; None for a film without a score.
        flagged: The model's flag; None for a film without a score.
    """

    film_id: int
    reader: str
    finding: LabelState
    verdict: Verdict | None
    note: str = ""
    blinded: bool = False
    probability: float | None = None
    flagged: bool | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A reading as it was recorded.

    Args:
        number: Its place among all readings.
        said: What the reader said.
        read_at: Seconds since 1970.
        undone_at: When it was taken back; None when it holds.
    """

    number: int
    said: NewReading
    read_at: float
    undone_at: float | None = None


def add(connection: Connection, said: NewReading, *, now: float) -> Reading:
    """Record a reading; of several by one reader on one film the newest holds, until it is undone."""
    created = connection.execute(
        insert(tables.reading).returning(_READING.id),
        {
            "film_id": said.film_id,
            "reader": said.reader,
            "verdict": None if said.verdict is None else said.verdict.value,
            "finding": said.finding.value,
            "note": said.note,
            "blinded": said.blinded,
            "probability": said.probability,
            "flagged": said.flagged,
            "read_at": now,
        },
    )
    return Reading(created.scalar_one(), said, now)


def undo(connection: Connection, reader: str, *, now: float, number: int | None = None) -> Reading | None:
    """Take back a reading of a reader that holds; None when there is none.

    Args:
        connection: A transaction that writes.
        reader: Who takes it back; only what they said themselves.
        now: Seconds since 1970.
        number: Of the reading; None for the last one.
    """
    held = select(tables.reading).where(_READING.reader == reader, _READING.undone_at.is_(None))
    if number is not None:
        held = held.where(_READING.id == number)
    row = connection.execute(held.order_by(_READING.id.desc()).limit(1)).first()
    if row is None:
        return None
    connection.execute(update(tables.reading).where(_READING.id == row.id).values(undone_at=now))
    return _from_row(row, undone_at=now)


def of_film(connection: Connection, film_id: int) -> list[Reading]:
    """Return the newest reading of each reader of a film that was not undone, oldest first."""
    return newest_of_each_reader(of_films(connection, [film_id]).get(film_id, []))


def of_films(connection: Connection, film_ids: Sequence[int]) -> dict[int, list[Reading]]:
    """Return every reading of some films, oldest first, also what was taken back; films without one are left out."""
    rows = connection.execute(
        select(tables.reading).where(_READING.film_id.in_(film_ids)).order_by(_READING.id)
    )
    found: dict[int, list[Reading]] = {}
    for row in rows:
        found.setdefault(row.film_id, []).append(_from_row(row, undone_at=row.undone_at))
    return found


def newest_of_each_reader(given: Iterable[Reading]) -> list[Reading]:
    """Return, of a film's readings in their order, those that hold: of each reader the last not taken back."""
    newest = {reading.said.reader: reading for reading in given if reading.undone_at is None}
    return sorted(newest.values(), key=lambda reading: reading.number)


def read_films(connection: Connection, *, after: int, at_most: int) -> list[int]:
    """Return the next films that somebody has read, in the order in which films were written down.

    Args:
        connection: A transaction.
        after: The film that came last; 0 to begin with.
        at_most: How many.
    """
    found = connection.execute(
        select(_READING.film_id)
        .where(_READING.film_id > after, _READING.undone_at.is_(None))
        .distinct()
        .order_by(_READING.film_id)
        .limit(at_most)
    )
    return list(found.scalars())


def read_by(connection: Connection, reader: str, film_ids: Sequence[int]) -> set[int]:
    """Return those of the films that a reader has read."""
    found = connection.execute(
        select(_READING.film_id).where(
            _READING.reader == reader, _READING.film_id.in_(film_ids), _READING.undone_at.is_(None)
        )
    )
    return set(found.scalars())


def _from_row(row: Row[Any], *, undone_at: float | None) -> Reading:
    said = NewReading(
        film_id=row.film_id,
        reader=row.reader,
        finding=LabelState(row.finding),
        verdict=None if row.verdict is None else Verdict(row.verdict),
        note=row.note,
        blinded=row.blinded,
        probability=row.probability,
        flagged=row.flagged,
    )
    return Reading(row.id, said, row.read_at, undone_at)
