"""Films and outcomes are counted where they belong, on both databases; the oracle is a count by hand."""

from collections.abc import Callable

import numpy as np
import pytest

from firstread.store import statistics
from firstread.store.database import Database
from firstread.store.statistics import OutcomeCounts, ReadSoFar
from firstread.store.windows import Window
from firstread.terms import Band, Refusal

Arrive = Callable[..., list[int]]
Write = Callable[..., None]
BEGIN = 1_800_000_000.0
WINDOW = Window(BEGIN, 60.0, 3)


def counted(database: Database) -> OutcomeCounts:
    with database.read() as connection:
        return statistics.outcomes(connection, WINDOW, unlike_from=99.0)


def test_films_arrive_in_the_bin_of_their_delivery(database: Database, arrive: Arrive) -> None:
    arrive("a", "b", now=BEGIN, delivery="first")
    arrive("c", now=BEGIN + 59.9, delivery="second")
    arrive("d", now=BEGIN + 120, delivery="third")
    arrive("e", now=BEGIN + 180, delivery="after it")
    arrive("f", now=BEGIN - 1, delivery="before it")

    with database.read() as connection:
        assert [3, 0, 1] == statistics.arrivals(connection, WINDOW).tolist()


def test_outcomes_are_counted_by_band_and_reason(
    database: Database, arrive: Arrive, scored: Write, refused: Write
) -> None:
    a, b, c, d, e, f = arrive("a", "b", "c", "d", "e", "f", now=BEGIN - 100)
    scored(a, Band.URGENT, at=BEGIN)
    scored(b, Band.ROUTINE, at=BEGIN + 61)
    scored(c, Band.URGENT, at=BEGIN + 62)
    refused(d, Refusal.BLANK, at=BEGIN + 63)
    refused(e, Refusal.EMPTY, at=BEGIN + 130)
    refused(f, Refusal.EMPTY, at=BEGIN + 131)

    found = counted(database)

    assert [1, 2, 0] == found.scored().tolist()
    assert [0, 1, 2] == found.not_scored().tolist()
    assert {Band.URGENT: [1, 1, 0], Band.REVIEW: [0, 0, 0], Band.ROUTINE: [0, 1, 0]} == dict(
        zip(statistics.BANDS, found.bands().tolist(), strict=True)
    )
    assert [(Refusal.EMPTY, 2), (Refusal.BLANK, 1)] == list(found.refusals().items())


def test_of_two_models_the_newer_outcome_counts_once_but_both_were_work(
    database: Database, arrive: Arrive, scored: Write, refused: Write, next_bundle: int
) -> None:
    a, b = arrive("a", "b", now=BEGIN - 100)
    scored(a, Band.ROUTINE, at=BEGIN)
    scored(a, Band.URGENT, at=BEGIN + 60, bundle=next_bundle)
    refused(b, Refusal.BLANK, at=BEGIN)
    scored(b, Band.REVIEW, at=BEGIN + 60, bundle=next_bundle)

    found = counted(database)

    assert [1, 2, 0] == found.scored().tolist()
    assert [[0, 1, 0], [0, 1, 0], [0, 0, 0]] == found.bands().tolist()
    assert {} == dict(found.refusals())


def test_a_shift_is_far_above_50_and_unlike_from_99(
    database: Database, arrive: Arrive, scored: Write
) -> None:
    for place, shift in enumerate([None, 0.0, 50.0, 50.1, 98.9, 99.0, 100.0]):
        (film,) = arrive(f"film {place}", now=BEGIN - 100, delivery=str(place))
        scored(film, Band.ROUTINE, at=BEGIN + 60, shift=shift)

    found = counted(database)

    assert [0, 6, 0] == found.with_shift().tolist()
    assert [0, 4, 0] == found.far().tolist()
    assert [0, 2, 0] == found.unlike().tolist()


@pytest.mark.parametrize(("shifts", "median"), [([7.0], 7.0), ([1.0, 4.0], 2.5), ([90.0, 10.0, 20.0], 20.0)])
def test_the_median_shift_is_of_the_bin(
    database: Database, arrive: Arrive, scored: Write, shifts: list[float], median: float
) -> None:
    for place, shift in enumerate([*shifts, None]):
        (film,) = arrive(f"film {place}", now=BEGIN - 100, delivery=str(place))
        scored(film, Band.ROUTINE, at=BEGIN + 61, shift=shift)

    with database.read() as connection:
        found = statistics.median_shifts(connection, WINDOW)

    np.testing.assert_array_equal([np.nan, median, np.nan], found)


def test_films_that_were_read_are_counted_by_their_flag(
    database: Database, arrive: Arrive, scored: Write, refused: Write, read: Write, undo: Write
) -> None:
    a, b, c, d = arrive("a", "b", "c", "d", now=BEGIN - 100)
    scored(a, Band.URGENT, at=BEGIN)
    scored(b, Band.URGENT, at=BEGIN)
    scored(c, Band.ROUTINE, at=BEGIN)
    refused(d, Refusal.BLANK, at=BEGIN)
    for film in (a, d, c):
        read(film, at=BEGIN + 9)
    undo(at=BEGIN + 10)

    found = counted(database)

    assert ReadSoFar(True, 2, 1) == found.read_so_far(flagged=True)
    assert ReadSoFar(False, 1, 0) == found.read_so_far(flagged=False)


def test_an_empty_store_has_no_films_and_no_bytes(database: Database) -> None:
    found = counted(database)

    assert [0, 0, 0] == found.scored().tolist()
    assert (3, 3) == found.bands().shape
    with database.read() as connection:
        assert 0 == statistics.film_bytes(connection)


def test_the_bytes_of_all_films_are_added_up(database: Database, arrive: Arrive) -> None:
    arrive("a", "b", "c")

    with database.read() as connection:
        assert 30 == statistics.film_bytes(connection)
