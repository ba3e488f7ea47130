"""What was sent becomes one film each, with its job, or nothing at all."""

from collections.abc import Callable

import pytest

from firstread.errors import StoreError
from firstread.store import changes, copies, deliveries, films, queue
from firstread.store.copies import Copy
from firstread.store.database import Database
from firstread.store.deliveries import ArrivedFile, NamedFile, Received
from firstread.store.film_folder import StoredFilm
from firstread.terms import Change, Receipt

A, B = "a" * 64, "b" * 64
NOW = 1_800_000_000.0


def file(sha256: str, name: str, folder: str = "") -> ArrivedFile:
    return ArrivedFile(StoredFilm(sha256, 10), name, folder)


def accept(database: Database, bundle_id: int, *files: ArrivedFile, now: float = NOW) -> list[Received]:
    with database.write() as connection:
        return deliveries.accept(
            connection, files, delivery="drop", sender="me", bundle_id=bundle_id, now=now
        )


def test_a_new_film_has_its_job_and_is_told_to_pages(database: Database, bundle_id: int) -> None:
    received = accept(database, bundle_id, file(A, "one.png", "ward"), file(B, "two.png"))

    with database.read() as connection:
        assert 2 == queue.count(connection).waiting
        assert [Change.ARRIVED] * 2 == [change.kind for change in changes.since(connection, 0)]
        film = films.by_sha256(connection, A)
    assert [Received(A, Receipt.NEW), Received(B, Receipt.NEW)] == received
    assert film is not None
    assert ("one.png", "ward", 10, None) == (film.name, film.folder, film.file_bytes, film.outcome)


def test_a_file_that_is_sent_twice_is_one_film(database: Database, bundle_id: int) -> None:
    accept(database, bundle_id, file(A, "one.png"))

    assert [Received(A, Receipt.KNOWN)] == accept(database, bundle_id, file(A, "one.png"))

    with database.read() as connection:
        assert (1, 1) == (films.count(connection), queue.count(connection).waiting)


def test_the_same_content_under_another_name_is_a_copy_of_the_first(
    database: Database, bundle_id: int
) -> None:
    received = accept(database, bundle_id, file(A, "one.png", "ward"), file(A, "again.png", "desk"))

    assert [Received(A, Receipt.NEW), Received(A, Receipt.COPY, "ward/one.png")] == received
    assert [Received(A, Receipt.COPY, "ward/one.png")] == accept(
        database, bundle_id, file(A, "again.png", "desk")
    )


def test_a_row_that_cannot_be_written_takes_the_others_with_it(database: Database, bundle_id: int) -> None:
    with pytest.raises(StoreError):
        accept(database, bundle_id + 1, file(A, "one.png"))

    with database.read() as connection:
        assert 0 == films.count(connection)


def test_films_of_one_drop_are_one_group_of_arrival_for_an_hour(
    database: Database, arrive: Callable[..., list[int]]
) -> None:
    """A drop that never ended would let newcomers pass everybody."""
    ids = [
        *arrive("x", delivery="drop", now=NOW),
        *arrive("y", delivery="drop", now=NOW + 3599),
        *arrive("z", delivery="drop", now=NOW + 3601),
    ]

    with database.read() as connection:
        first, second, third = films.standings(connection, ids)
    assert first.delivery_id == second.delivery_id < third.delivery_id
    assert (NOW, NOW, NOW + 3601) == (first.arrived_at, second.arrived_at, third.arrived_at)


def test_only_what_is_here_need_not_be_sent(database: Database, bundle_id: int) -> None:
    accept(database, bundle_id, file(A, "one.png"))

    with database.read() as connection:
        assert {A} == films.those_here(connection, [A, B])


def test_the_name_of_a_copy_is_written_down_and_told_to_pages_once(
    database: Database, bundle_id: int
) -> None:
    accept(database, bundle_id, file(A, "one.png", "ward"), file(A, "again.png", "desk"))
    accept(database, bundle_id, file(A, "again.png", "desk"), file(A, "one.png", "ward"))

    with database.read() as connection:
        (film,) = films.by_ids(connection, [1])
        assert {1: [Copy(1, "again.png", "desk")]} == copies.of_films(connection, [1], at_most=9)
        assert [Change.ARRIVED, Change.COPIED] == [each.kind for each in changes.since(connection, 0)]
    assert ("one.png", 1) == (film.name, film.n_copies)


def test_of_files_that_are_named_only_those_here_have_a_receipt(database: Database, bundle_id: int) -> None:
    accept(database, bundle_id, file(A, "one.png", "ward"), file(A, "again.png", "desk"))
    named = [
        NamedFile(A, "one.png", "ward"),
        NamedFile(A, "again.png", "desk"),
        NamedFile(A, "again.png", "ward"),
        NamedFile(B, "again.png", "ward"),
    ]

    with database.write() as connection:
        before = deliveries.receipts(connection, named)
        deliveries.keep_names(connection, named, now=NOW)
        after = deliveries.receipts(connection, named)

    known, copy = Received(A, Receipt.KNOWN), Received(A, Receipt.COPY, "ward/one.png")
    assert [known, known, copy, None] == before
    assert [known, known, known, None] == after
