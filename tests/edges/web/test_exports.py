"""Exports are files that their readers take, and never in memory as a whole."""

import csv
import io
import json
import tracemalloc
from collections.abc import Callable, Iterator

import pytest

from firstread.edges.web import exports
from firstread.edges.web.room import Room
from firstread.edges.web.selection import FilmsAskedFor
from firstread.reading.labels import Choice
from firstread.reading.ranked_films import Selection, State

Many = Callable[[int], Room]
ALL = FilmsAskedFor(Selection(State.ALL), blinded=False)


def as_csv(room: Room) -> Iterator[str]:
    return exports.worklist_as_csv(room, room.worklist.ranked, ALL, reader="me", named=True)


def as_json(room: Room) -> Iterator[str]:
    return exports.worklist_as_json(room, room.worklist.ranked, ALL, reader="me", named=True)


def labels(room: Room) -> Iterator[str]:
    return exports.labels_as_csv(room, Choice(), blinded_reader=None)


@pytest.mark.parametrize("export", [as_csv, as_json, labels])
def test_memory_does_not_grow_with_the_number_of_films(
    many_films: Many, export: Callable[[Room], Iterator[str]]
) -> None:
    """Two thousand films more take no more memory: it is that of two stretches of 500."""

    def most(room: Room) -> tuple[int, int]:
        tracemalloc.start()
        letters = sum(map(len, export(room)))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return letters, peak

    few, many = many_films(3000), many_films(5000)
    for _ in export(few):
        pass  # what is made once is made now
    for room in (few, many):
        room.worklist.ranked.select(ALL.selection)
    (_, of_few), (letters, of_many) = most(few), most(many)

    assert letters > 100_000
    assert of_many < of_few * 1.2


def test_parts_are_neither_tiny_nor_large(many_films: Many) -> None:
    """Each costs a change of threads."""
    parts = list(as_csv(many_films(3000)))

    assert all(64 * 1024 <= len(part) < 80 * 1024 for part in parts[:-1])


def test_csv_and_json_hold_the_same_films(many_films: Many) -> None:
    room = many_films(30)

    rows = list(csv.DictReader(io.StringIO("".join(as_csv(room)), newline="")))
    films = json.loads("".join(as_json(room)))["films"]

    assert 30 == len(rows) == len(films)
    for row, film in zip(rows, films, strict=True):
        assert str(film["rank"] or "") == row["rank"]
        assert film["probability"] == float(row["probability"])
        assert (film["film"], film["name"], film["folder"]) == (row["film"], row["name"], row["folder"])
        assert (str(film["n_copies"]), "") == (row["n_copies"], row["copies"])
        assert "; ".join(said["reader"] for said in film["readings"]) == row["reader"]


def test_no_film_is_still_a_file(many_films: Many) -> None:
    room = many_films(0)

    assert 1 == "".join(as_csv(room)).count("\n")
    assert [] == json.loads("".join(as_json(room)))["films"]
    assert "film,label,readers,blinded\r\n" == "".join(labels(room))


def test_a_file_is_named_by_its_kind_and_a_moment() -> None:
    assert "worklist-20270115T080000Z.csv" == exports.file_name("worklist", "csv", now=1_800_000_000.0)
