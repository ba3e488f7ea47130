"""A further file with the content of a film is a further name of it: kept once, told in order, gone with the film."""

from collections.abc import Callable

from sqlalchemy import func, select

from firstread.store import changes, copies, films, tables
from firstread.store.copies import Copy
from firstread.store.database import Database
from firstread.terms import Change

Arrive = Callable[..., list[int]]
NOW = 1_800_000_000.0


def keep(database: Database, *further: Copy) -> None:
    with database.write() as connection:
        copies.keep(connection, further, now=NOW)


def told(database: Database) -> list[int]:
    with database.read() as connection:
        return [each.film_id for each in changes.since(connection, 0) if each.kind is Change.COPIED]


def test_names_are_told_in_the_order_in_which_they_came(database: Database, arrive: Arrive) -> None:
    a, b, c = arrive("a", "b", "c")
    keep(database, Copy(b, "z.png", "ward"), Copy(a, "y.png"), Copy(b, "x.png"), Copy(b, "w.png"))

    with database.read() as connection:
        found = copies.of_films(connection, [c, b, a], at_most=2)
        every = copies.paths(connection)
        some = copies.paths(connection, [a, c])

    assert {a: [Copy(a, "y.png")], b: [Copy(b, "z.png", "ward"), Copy(b, "x.png")]} == found
    assert {a: ("/y.png",), b: ("ward/z.png", "/x.png", "/w.png")} == every
    assert {a: ("/y.png",)} == some


def test_a_name_that_is_kept_already_is_kept_once_and_told_once(database: Database, arrive: Arrive) -> None:
    a, b = arrive("a", "b")
    keep(database, Copy(a, "again.png"), Copy(b, "again.png"), Copy(a, "again.png"))
    keep(database, Copy(a, "again.png"))
    keep(database)

    with database.read() as connection:
        assert {Copy(a, "again.png")} == copies.those_here(
            connection, [Copy(a, "again.png"), Copy(a, "again.png", "ward"), Copy(b, "other.png")]
        )
        assert set() == copies.those_here(connection, [])
        assert 2 == connection.scalar(select(func.count()).select_from(tables.film_copy))
    assert [a, b] == told(database)


def test_a_thousand_names_are_asked_for_at_once(database: Database, arrive: Arrive) -> None:
    (a,) = arrive("a")
    many = [Copy(a, f"{i}.png", "ward") for i in range(1000)]
    keep(database, *many)

    with database.read() as connection:
        assert set(many) == copies.those_here(connection, many)


def test_a_film_goes_with_its_copies(database: Database, arrive: Arrive) -> None:
    a, b = arrive("a", "b")
    keep(database, Copy(a, "again.png"), Copy(b, "again.png"))

    with database.write() as connection:
        films.remove(connection, [a], now=NOW)

    with database.read() as connection:
        assert {b: ("/again.png",)} == copies.paths(connection)


def test_a_film_takes_only_so_many_names(database: Database, arrive: Arrive) -> None:
    """Whoever invents names must not fill the disk; other films and names that are kept go on."""
    a, b = arrive("a", "b")
    keep(database, *(Copy(a, f"{i}.png") for i in range(copies.MOST_OF_A_FILM - 1)))
    keep(database, Copy(a, "0.png"), Copy(a, "last.png"), Copy(a, "one too many.png"), Copy(b, "first.png"))

    with database.read() as connection:
        every = copies.paths(connection)

    assert copies.MOST_OF_A_FILM == len(every[a])
    assert ("/last.png", ("/first.png",)) == (every[a][-1], every[b])
