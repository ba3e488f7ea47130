"""Readings are added and undone, and nothing that was said is lost."""

from collections.abc import Callable

from firstread.store import readings
from firstread.store.database import Database
from firstread.store.readings import NewReading, Reading
from firstread.terms import LabelState, Verdict

Arrive = Callable[..., list[int]]
NOW = 1_800_000_000.0


def add(database: Database, said: NewReading, now: float = NOW) -> Reading:
    with database.write() as connection:
        return readings.add(connection, said, now=now)


def undo(database: Database, reader: str) -> Reading | None:
    with database.write() as connection:
        return readings.undo(connection, reader, now=NOW + 1)


def holding(database: Database, film_id: int) -> list[NewReading]:
    with database.read() as connection:
        return [reading.said for reading in readings.of_film(connection, film_id)]


def test_a_reading_comes_back_as_it_was_said(database: Database, arrive: Arrive) -> None:
    (film,) = arrive("a")
    said = NewReading(film, "me", LabelState.PRESENT, Verdict.AGREE, "left base", True, 0.93, True)

    assert said == add(database, said).said

    assert [said] == holding(database, film)


def test_the_newest_reading_of_each_reader_holds(database: Database, arrive: Arrive) -> None:
    (film,) = arrive("a")
    first, other, second = (
        NewReading(film, reader, finding, None)
        for reader, finding in (
            ("me", LabelState.PRESENT),
            ("you", LabelState.ABSENT),
            ("me", LabelState.UNCERTAIN),
        )
    )
    for said in (first, other, second):
        add(database, said)

    assert [other, second] == holding(database, film)


def test_undo_takes_back_one_s_own_last_reading_and_brings_the_one_before_back(
    database: Database, arrive: Arrive
) -> None:
    (film,) = arrive("a")
    mine, again, yours = (
        NewReading(film, "me", LabelState.PRESENT, None),
        NewReading(film, "me", LabelState.ABSENT, None),
        NewReading(film, "you", LabelState.PRESENT, None),
    )
    for said in (mine, again, yours):
        add(database, said)

    undone = undo(database, "me")

    assert undone is not None
    assert (again, NOW + 1) == (undone.said, undone.undone_at)
    assert [mine, yours] == holding(database, film)


def test_there_is_nothing_to_undo_before_the_first_reading(database: Database, arrive: Arrive) -> None:
    arrive("a")

    assert undo(database, "me") is None
