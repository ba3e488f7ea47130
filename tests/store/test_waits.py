"""Waits are measured from arrival to what ended them."""

from collections.abc import Callable

from firstread.store import queue, waits
from firstread.store.database import Database
from firstread.store.waits import Waits
from firstread.store.windows import Window
from firstread.terms import Band, Refusal

Arrive = Callable[..., list[int]]
Write = Callable[..., None]
BEGIN = 1_800_000_000.0
WINDOW = Window(BEGIN, 60.0, 60)


def for_model(database: Database) -> list[Waits]:
    with database.read() as connection:
        return waits.waits_for_model(connection, WINDOW)


def for_reader(database: Database) -> list[Waits]:
    with database.read() as connection:
        return waits.waits_for_reader(connection, WINDOW)


def test_films_wait_for_the_model_by_band(
    database: Database, arrive: Arrive, scored: Write, refused: Write
) -> None:
    films = arrive("a", "b", "c", "d", "e", now=BEGIN)
    for film, seconds in zip(films[:3], (10, 20, 40), strict=True):
        scored(film, Band.URGENT, at=BEGIN + seconds)
    scored(films[3], Band.ROUTINE, at=BEGIN + 5)
    refused(films[4], Refusal.BLANK, at=BEGIN + 7)

    assert [
        Waits(Band.URGENT, 3, median_s=20.0, percentile_90_s=36.0),
        Waits(Band.ROUTINE, 1, median_s=5.0, percentile_90_s=5.0),
        Waits(None, 1, median_s=7.0, percentile_90_s=7.0),
    ] == for_model(database)


def test_a_second_model_makes_no_second_wait(
    database: Database, arrive: Arrive, scored: Write, next_bundle: int
) -> None:
    (before, here) = arrive("a", "b", now=BEGIN - 10)
    scored(before, Band.URGENT, at=BEGIN - 1)
    scored(before, Band.ROUTINE, at=BEGIN + 1000, bundle=next_bundle)
    scored(here, Band.REVIEW, at=BEGIN)
    scored(here, Band.URGENT, at=BEGIN + 1000, bundle=next_bundle)

    assert [Waits(Band.REVIEW, 1, median_s=10.0, percentile_90_s=10.0)] == for_model(database)


def test_films_wait_for_their_first_reader(
    database: Database, arrive: Arrive, scored: Write, read: Write
) -> None:
    a, b, c, d = arrive("a", "b", "c", "d", now=BEGIN - 100)
    scored(a, Band.URGENT, at=BEGIN - 90)
    scored(b, Band.URGENT, at=BEGIN - 90)
    read(a, at=BEGIN)
    read(a, at=BEGIN + 500, reader="you")
    read(b, at=BEGIN - 1)
    read(b, at=BEGIN + 500, reader="you")
    read(c, at=BEGIN + 50)
    scored(d, Band.REVIEW, at=BEGIN)

    assert [
        Waits(Band.URGENT, 1, median_s=100.0, percentile_90_s=100.0),
        Waits(None, 1, median_s=150.0, percentile_90_s=150.0),
    ] == for_reader(database)


def test_no_wait_is_negative_when_the_clock_was_set_back(
    database: Database, arrive: Arrive, scored: Write, read: Write
) -> None:
    (film,) = arrive("a", now=BEGIN + 3600)
    scored(film, Band.URGENT, at=BEGIN + 1)
    read(film, at=BEGIN + 2)

    nothing = [Waits(Band.URGENT, 1, median_s=0.0, percentile_90_s=0.0)]
    assert (nothing, nothing) == (for_model(database), for_reader(database))


def test_what_was_taken_back_ended_no_wait(
    database: Database, arrive: Arrive, read: Write, undo: Write
) -> None:
    (film,) = arrive("a", now=BEGIN)
    read(film, at=BEGIN + 10)
    undo(at=BEGIN + 11)
    read(film, at=BEGIN + 30, reader="you")

    assert [Waits(None, 1, median_s=30.0, percentile_90_s=30.0)] == for_reader(database)


def test_the_band_is_that_of_the_newest_outcome(
    database: Database, arrive: Arrive, scored: Write, read: Write, next_bundle: int
) -> None:
    (film,) = arrive("a", now=BEGIN)
    scored(film, Band.ROUTINE, at=BEGIN + 1)
    scored(film, Band.URGENT, at=BEGIN + 2, bundle=next_bundle)
    read(film, at=BEGIN + 10)

    assert [Waits(Band.URGENT, 1, median_s=10.0, percentile_90_s=10.0)] == for_reader(database)


def test_the_oldest_in_the_queue_is_one_that_is_not_done(
    database: Database, arrive: Arrive, bundle_id: int
) -> None:
    with database.read() as connection:
        assert waits.oldest_in_queue(connection) is None
    arrive("a", now=BEGIN)
    arrive("b", now=BEGIN + 5, delivery="two")
    with database.claim() as connection:
        leases = queue.lease(connection, bundle_id=bundle_id, owner="w", n=1, lease_s=30, now=BEGIN + 6)

    with database.read() as connection:
        assert BEGIN == waits.oldest_in_queue(connection)
    with database.claim() as connection:
        queue.finish(connection, leases, owner="w")
    with database.read() as connection:
        assert BEGIN + 5 == waits.oldest_in_queue(connection)
