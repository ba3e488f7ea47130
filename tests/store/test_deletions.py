"""What the files of removed films are called is known until they are gone."""

from collections.abc import Callable

import pytest

from firstread.store import deletions, films
from firstread.store.database import Database

Arrive = Callable[..., list[int]]


def sha256_of(content: str) -> str:
    return content.encode().hex().rjust(64, "0")


def test_a_removed_film_is_noted_until_its_file_is_gone(database: Database, arrive: Arrive) -> None:
    one, _, three = arrive("a", "b", "c")
    with database.write() as connection:
        films.remove(connection, [one, three], now=1.0)

    with database.read() as connection:
        assert [sha256_of("a"), sha256_of("c")] == deletions.noted(connection)
    with database.write() as connection:
        deletions.end(connection, [sha256_of("c"), sha256_of("b")])
    with database.read() as connection:
        assert [sha256_of("a")] == deletions.noted(connection)


def test_a_removal_that_is_not_written_is_not_noted(database: Database, arrive: Arrive) -> None:
    (film_id,) = arrive("a")

    def broken_off() -> None:
        with database.write() as connection:
            films.remove(connection, [film_id], now=1.0)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken_off()

    with database.read() as connection:
        assert [] == deletions.noted(connection)


def test_a_film_that_came_back_can_be_removed_again(database: Database, arrive: Arrive) -> None:
    """Its note of the first time may still be there."""
    for moment in (1.0, 2.0):
        (film_id,) = arrive("a", now=moment)
        with database.write() as connection:
            films.remove(connection, [film_id], now=moment)

    with database.read() as connection:
        assert [sha256_of("a")] == deletions.noted(connection)
