"""Films go when they are told to, with their files; nothing else does."""

import io
from collections.abc import Callable

from firstread.reading import opinions, removal
from firstread.reading.opinions import Opinion
from firstread.store import audit_log, films
from firstread.store.deliveries import Received
from firstread.store.store import Store
from firstread.terms import LabelState

Send = Callable[..., list[Received]]
NOW = 1_800_000_000.0
DAY_S = 86_400.0


def here(store: Store) -> int:
    with store.database.read() as connection:
        return films.count(connection)


def read(store: Store, answer: Received) -> None:
    opinions.record(store, answer.sha256, Opinion(finding=LabelState.ABSENT), reader="me", now=NOW)


def test_a_removed_film_leaves_row_and_file_and_an_event(store: Store, send: Send) -> None:
    (answer,) = send({"a.png": b"film"})

    assert removal.remove(store, answer.sha256, actor="me", now=NOW)
    assert not removal.remove(store, answer.sha256, actor="me", now=NOW)

    assert (0, []) == (here(store), list(store.films.stored()))
    with store.database.read() as connection:
        last = list(audit_log.events(connection))[-1]
    assert ("me", "film.remove", answer.sha256) == (last.actor, last.action, last.subject)


def test_old_films_go_once_they_were_read(store: Store, send: Send) -> None:
    old, unread = send({"a.png": b"old", "b.png": b"unread"}, now=NOW - 40 * DAY_S)
    (new,) = send({"c.png": b"new"}, delivery="two")
    for answer in (old, new):
        read(store, answer)

    assert 1 == removal.prune(store, before=NOW - 30 * DAY_S, also_unread=False, actor="me", now=NOW)
    assert {unread.sha256, new.sha256} == {sha256 for sha256, _ in store.films.stored()}

    assert 1 == removal.prune(store, before=NOW - 30 * DAY_S, also_unread=True, actor="me", now=NOW)
    assert 1 == here(store)


def test_only_files_without_a_row_are_swept_and_only_after_an_hour(store: Store, send: Send) -> None:
    """A film's file is stored before its row: one that arrives just now must not be swept away."""
    (kept,) = send({"a.png": b"film"})
    orphan = store.films.put(io.BytesIO(b"left behind"))
    stored_at = store.films.path(orphan.sha256).stat().st_mtime

    assert 0 == removal.sweep(store, now=stored_at + 3599)
    assert 1 == removal.sweep(store, now=stored_at + 3700)

    assert [kept.sha256] == [sha256 for sha256, _ in store.films.stored()]
