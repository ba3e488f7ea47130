"""Films that are asked for come in full, in their order, few at a time."""

from collections.abc import Callable

import pytest

from firstread.edges.web.room import Room
from firstread.edges.web.selection import FilmsAskedFor, films_in_full
from firstread.reading import removal
from firstread.reading.ranked_films import Selection, Sort, State

Many = Callable[[int], Room]
ALL = FilmsAskedFor(Selection(State.ALL), blinded=False)


def test_films_come_in_the_order_that_was_asked_for(many_films: Many) -> None:
    """More than are in memory at a time; every third was read and has no rank."""
    room = many_films(1203)

    found = list(films_in_full(room, room.worklist.ranked, ALL, reader="me"))

    assert [*range(1, 803), *[None] * 401] == [film.rank for film in found]
    unread = [film.probability for film in found[:802]]
    assert sorted(unread, key=lambda probability: -(probability or 0)) == unread
    assert [["Dr Weber"]] * 401 == [[said.reader for said in film.readings] for film in found[802:]]


def test_as_many_as_are_wanted_and_no_more(many_films: Many) -> None:
    room = many_films(20)

    found = films_in_full(room, room.worklist.ranked, ALL, reader="me", at_most=3)

    assert [1, 2, 3] == [film.rank for film in found]


def test_a_film_that_is_removed_on_the_way_is_left_out(many_films: Many) -> None:
    room = many_films(1000)
    asked = FilmsAskedFor(Selection(State.ALL, sort=Sort.ARRIVED), blinded=False)
    found = films_in_full(room, room.worklist.ranked, asked, reader="me")

    first = next(found)
    removal.remove(room.store, f"{1000:064x}", actor="me", now=room.clock())

    assert [first, *found][-1].film == f"{999:064x}"


def test_a_blinded_reader_sees_the_scores_of_films_already_read(many_films: Many) -> None:
    room = many_films(6)
    asked = FilmsAskedFor(Selection(State.ALL, sort=Sort.ARRIVED), blinded=True)

    def scores(reader: str) -> list[bool]:
        found = films_in_full(room, room.worklist.ranked, asked, reader=reader)
        return [film.probability is not None for film in found]

    assert [True, False, False, True, False, False] == scores("Dr Weber")
    assert [False] * 6 == scores("Dr Adams")


def test_without_names_there_is_no_text_that_somebody_wrote(many_films: Many) -> None:
    room = many_films(3)

    (film, *_) = films_in_full(room, room.worklist.ranked, ALL, reader="me", named=False)

    assert ("", "") == (film.name, film.folder)


@pytest.mark.parametrize("n", [0, 1])
def test_few_films_are_no_special_case(many_films: Many, n: int) -> None:
    room = many_films(n)

    assert n == len(list(films_in_full(room, room.worklist.ranked, ALL, reader="me")))
