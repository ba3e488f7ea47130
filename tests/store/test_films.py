"""Films are found, stand where they stand, and go when they are removed."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import event, func, select

from firstread.records import FilmFacts, NotScored, Reason, Scored
from firstread.store import changes, copies, films, outcomes, readings, tables
from firstread.store.copies import Copy
from firstread.store.database import Database
from firstread.store.films import Standing
from firstread.store.outcomes import NewOutcome
from firstread.store.readings import NewReading
from firstread.terms import Band, Change, LabelState, Refusal

Arrive = Callable[..., list[int]]
NOW = 1_800_000_000.0
FACTS = FilmFacts("c" * 64, 10, 2048, 1024)
SCORED = Scored(Path("x"), FACTS, 2.5, 0.93, flagged=True, band=Band.URGENT)
UNREADABLE = NotScored(Path("x"), Reason(Refusal.NOT_AN_IMAGE, "No picture."))


def found_out(database: Database, bundle_id: int, *found: NewOutcome) -> None:
    with database.write() as connection:
        outcomes.record(connection, found, bundle_id=bundle_id, now=NOW)


def read(database: Database, film_id: int, reader: str = "me") -> None:
    with database.write() as connection:
        readings.add(connection, NewReading(film_id, reader, LabelState.ABSENT, None), now=NOW)


def standings(database: Database, film_ids: list[int] | None = None) -> list[Standing]:
    with database.read() as connection:
        return list(films.standings(connection, film_ids))


def test_a_film_stands_by_its_outcome_and_by_whether_it_was_read(
    database: Database, bundle_id: int, arrive: Arrive
) -> None:
    waiting, scored, refused = arrive("a", "b", "c", folder="ward/1")
    found_out(database, bundle_id, NewOutcome(scored, SCORED), NewOutcome(refused, UNREADABLE))
    read(database, scored)

    first, second, third = standings(database)

    assert (
        Standing(waiting, first.delivery_id, NOW, "a.png", "ward/1", False, None, None, None, False) == first
    )
    assert (True, Band.URGENT, 0.93, None, True) == (
        second.has_outcome,
        second.band,
        second.probability,
        second.reason_code,
        second.is_read,
    )
    assert (True, None, None, "not_an_image", False) == (
        third.has_outcome,
        third.band,
        third.probability,
        third.reason_code,
        third.is_read,
    )


def test_only_the_films_asked_for_are_told(database: Database, arrive: Arrive) -> None:
    a, _, c = arrive("a", "b", "c")

    assert [a, c] == [standing.film_id for standing in standings(database, [c, a, 999])]
    with database.read() as connection:
        assert [c, a] == [film.film_id for film in films.by_ids(connection, [c, 999, a])]


def test_a_film_that_nobody_sent_is_not_there(database: Database) -> None:
    with database.read() as connection:
        assert films.by_sha256(connection, "f" * 64) is None


def test_a_film_is_removed_with_all_that_is_known_of_it(
    database: Database, bundle_id: int, arrive: Arrive
) -> None:
    gone, stays = arrive("a", "b")
    found_out(database, bundle_id, NewOutcome(gone, SCORED), NewOutcome(stays, SCORED))
    read(database, gone)

    with database.write() as connection:
        films.remove(connection, [gone], now=NOW)

    with database.read() as connection:
        assert (gone, Change.REMOVED) == (
            (last := changes.since(connection, 0)[-1]).film_id,
            last.kind,
        )
        left = [
            connection.scalar(select(func.count()).select_from(table))
            for table in (tables.film, tables.job, tables.outcome, tables.reading)
        ]
    assert [1, 1, 1, 0] == left


def test_a_film_remembers_by_how_many_it_was_overtaken_that_are_gone(
    database: Database, arrive: Arrive
) -> None:
    """Otherwise pruning would let the same film be passed by everybody again."""
    (early,) = arrive("a", delivery="1")
    (same, late, later) = (*arrive("b", delivery="1"), *arrive("c", delivery="2"), *arrive("d", delivery="3"))
    for film_id in (same, late):
        read(database, film_id)

    with database.write() as connection:
        films.remove(connection, [same, late], now=NOW)

    assert {early: 1, later: 0} == {film.film_id: film.overtaken for film in standings(database)}


@pytest.fixture
def n_written(database: Database) -> Iterator[Callable[[], int]]:
    """Return a function that tells how many rows were changed so far."""
    counts: list[int] = []

    def executed(_connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("UPDATE"):
            counts.append(cursor.rowcount)

    event.listen(database.engine, "after_cursor_execute", executed)
    yield lambda: sum(counts)
    event.remove(database.engine, "after_cursor_execute", executed)


def test_of_many_that_go_each_film_counts_those_that_came_later(
    database: Database, arrive: Arrive, n_written: Callable[[], int]
) -> None:
    """Counted one by one; and each row is written once at most, however many go."""
    rng = np.random.default_rng(20)
    group = {
        film_id: number
        for number in range(12)
        for film_id in arrive(*(f"{number}-{i}" for i in range(rng.integers(1, 5))), delivery=f"{number}")
    }
    was_read = set(rng.choice(sorted(group), len(group) // 2, replace=False).tolist())
    for film_id in was_read:
        read(database, film_id)
    gone = rng.choice(sorted(group), len(group) // 2, replace=False).tolist()

    with database.write() as connection:
        films.remove(connection, gone, now=NOW)

    unread = set(group) - was_read - set(gone)
    expected = {
        film_id: sum(group[other] > group[film_id] for other in was_read.intersection(gone))
        for film_id in unread
    }
    assert expected == {film.film_id: film.overtaken for film in standings(database) if not film.is_read}
    assert n_written() <= len(unread)


def test_later_films_are_not_written_when_one_goes(
    database: Database, arrive: Arrive, n_written: Callable[[], int]
) -> None:
    """Every row that is written holds up all who wait to write."""
    _, seen = arrive("a", "b")
    _, unseen = arrive("c", "d", delivery="2")
    read(database, seen)

    with database.write() as connection:
        films.remove(connection, [seen], now=NOW)
        films.remove(connection, [unseen], now=NOW)

    assert 0 == n_written()


def test_only_films_that_were_read_are_old_enough_to_go(database: Database, arrive: Arrive) -> None:
    (old, _unread) = arrive("a", "b", now=NOW - 100)
    (new,) = arrive("c", delivery="2", now=NOW)
    for film_id in (old, new):
        read(database, film_id)

    with database.read() as connection:
        read_ones = films.before(connection, NOW - 50, at_most=10, also_unread=False)
        all_ones = films.before(connection, NOW - 50, at_most=10, also_unread=True)
        counted = [films.count_before(connection, NOW - 50, also_unread=unread) for unread in (False, True)]
    assert ([old], 2) == ([film.film_id for film in read_ones], len(all_ones))
    assert [1, 2] == counted


def test_a_film_stands_under_every_name_that_it_came_under(database: Database, arrive: Arrive) -> None:
    a, b = arrive("a", "b", folder="ward")
    with database.write() as connection:
        copies.keep(connection, [Copy(b, "again.png", "desk"), Copy(b, "third.png")], now=NOW)

    assert [(), ("desk/again.png", "/third.png")] == [film.copies for film in standings(database)]
    assert [(), ("desk/again.png", "/third.png")] == [film.copies for film in standings(database, [a, b])]
    with database.read() as connection:
        assert [0, 2] == [film.n_copies for film in films.by_ids(connection, [a, b])]
