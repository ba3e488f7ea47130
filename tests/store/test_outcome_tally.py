"""A counter goes on where it stopped."""

from collections.abc import Callable

import pytest

from firstread.store import changes, films, outcome_tally
from firstread.store.database import Database
from firstread.store.outcome_tally import OutcomeTally
from firstread.terms import Band, Change, Refusal

Arrive = Callable[..., list[int]]
Write = Callable[..., None]
NOW = 1_800_000_000.0


def counted(database: Database, after: int) -> OutcomeTally:
    with database.read() as connection:
        return outcome_tally.tally(connection, after=after, unlike_from=99.0)


@pytest.fixture
def tell(database: Database) -> Callable[..., None]:
    """Return a function that says that films were scored, as workers do."""

    def told(*film_ids: int) -> None:
        with database.write() as connection:
            changes.append(connection, film_ids, Change.SCORED, now=NOW)

    return told


def test_films_are_counted_once(
    database: Database, arrive: Arrive, scored: Write, refused: Write, tell: Write
) -> None:
    a, b, c, d, e, f = arrive("a", "b", "c", "d", "e", "f")
    scored(a, Band.URGENT, at=NOW)
    scored(b, Band.URGENT, at=NOW, shift=98.9)
    scored(c, Band.ROUTINE, at=NOW, shift=99.0)
    refused(d, Refusal.BLANK, at=NOW)
    tell(a, b, c, d)

    first = counted(database, 0)
    assert (3, 2, 1, {Refusal.BLANK: 1}) == (first.scored, first.with_shift, first.unlike, first.refused)
    assert OutcomeTally(first.up_to, 0, 0, 0, {}) == counted(database, first.up_to)

    refused(e, Refusal.EMPTY, at=NOW)
    scored(f, Band.REVIEW, at=NOW)
    tell(e, f)
    second = counted(database, first.up_to)
    assert (1, {Refusal.EMPTY: 1}) == (second.scored, second.refused)


def test_whoever_comes_after_a_film_that_was_removed_is_counted(
    database: Database, arrive: Arrive, scored: Write, tell: Write
) -> None:
    """SQLite gives the number of the outcome that is gone to the next one."""
    a, b = arrive("a", "b")
    scored(a, Band.URGENT, at=NOW)
    tell(a)
    before = counted(database, 0).up_to
    with database.write() as connection:
        films.remove(connection, [a], now=NOW)
    scored(b, Band.URGENT, at=NOW)
    tell(b)

    assert 1 == counted(database, before).scored


def test_of_two_models_the_newer_outcome_is_counted(
    database: Database, arrive: Arrive, scored: Write, refused: Write, tell: Write, next_bundle: int
) -> None:
    (film,) = arrive("a")
    refused(film, Refusal.BLANK, at=NOW)
    tell(film)
    before = counted(database, 0)
    scored(film, Band.REVIEW, at=NOW, bundle=next_bundle)
    tell(film)

    assert {Refusal.BLANK: 1} == before.refused
    assert (1, {}) == (
        counted(database, before.up_to).scored,
        counted(database, before.up_to).refused,
    )


def test_nothing_was_written_yet(database: Database) -> None:
    assert OutcomeTally(0, 0, 0, 0, {}) == counted(database, 0)
