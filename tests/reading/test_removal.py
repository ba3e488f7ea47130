"""Films go when they are told to, with their files; nothing else does."""

import contextlib
import io
from collections.abc import Callable, Iterator

import pytest

from firstread.reading import opinions, removal
from firstread.reading.opinions import Opinion
from firstread.store import audit_log, changes, films
from firstread.store.database import Database, Transaction
from firstread.store.deliveries import Received
from firstread.store.store import Store
from firstread.terms import LabelState

Send = Callable[..., list[Received]]
NOW = 1_800_000_000.0
DAY_S = 86_400.0


class Interrupted(Database):
    """A database with others: after its first transaction they get their turn."""

    def __init__(self, url: str, others: Callable[[], object]) -> None:
        super().__init__(url)
        self._others: Callable[[], object] | None = others

    @contextlib.contextmanager
    def read(self) -> Iterator[Transaction]:
        with super().read() as connection:
            yield connection
        self._give_way()

    @contextlib.contextmanager
    def write(self) -> Iterator[Transaction]:
        with super().write() as connection:
            yield connection
        self._give_way()

    def _give_way(self) -> None:
        others, self._others = self._others, None
        if others is not None:
            others()


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


REMOVALS: dict[str, Callable[[Store, str], object]] = {
    "remove": lambda store, sha256: removal.remove(store, sha256, actor="me", now=NOW),
    "prune": lambda store, _: removal.prune(store, before=NOW + 1, also_unread=True, actor="me", now=NOW),
}


@pytest.mark.parametrize("kind", list(REMOVALS))
def test_a_film_that_is_sent_again_while_it_is_removed_keeps_its_file(
    store: Store, send: Send, database_url: str, kind: str
) -> None:
    """Between its row and its file it may arrive anew: what was acknowledged then must not go."""
    (answer,) = send({"a.png": b"film"})

    def again() -> None:
        send({"a.png": b"film"}, delivery="two", now=NOW + 2)

    with contextlib.closing(Interrupted(database_url, again)) as busy:
        REMOVALS[kind](Store(busy, store.films), answer.sha256)

    assert 1 == here(store)
    assert b"film" == store.films.path(answer.sha256).read_bytes()


def test_a_file_without_a_row_that_is_sent_again_is_not_swept(
    store: Store, send: Send, database_url: str
) -> None:
    orphan = store.films.put(io.BytesIO(b"film"))
    later = store.films.path(orphan.sha256).stat().st_mtime + 3700
    with contextlib.closing(Interrupted(database_url, lambda: send({"a.png": b"film"}))) as busy:
        assert 0 == removal.sweep(Store(busy, store.films), now=later)

    assert (1, True) == (here(store), store.films.has(orphan))


def test_removing_again_ends_what_a_stopped_removal_began(store: Store, send: Send) -> None:
    """Its row went, then the process: the file must not stay because nothing names it any more."""
    (answer,) = send({"a.png": b"film"})
    with store.database.write() as connection:
        film = films.by_sha256(connection, answer.sha256)
        assert film is not None
        films.remove(connection, [film.film_id], now=NOW)

    assert not removal.remove(store, answer.sha256, actor="me", now=NOW)

    assert [] == list(store.films.stored())


def test_a_sweep_that_is_not_wanted_any_more_ends(store: Store) -> None:
    orphan = store.films.put(io.BytesIO(b"left behind"))
    later = store.films.path(orphan.sha256).stat().st_mtime + 3700

    assert 0 == removal.sweep(store, now=later, is_wanted=lambda: False)


def test_while_old_films_go_others_get_their_turn_to_write(
    store: Store, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    send({"a.png": b"one", "b.png": b"two"})
    monkeypatch.setattr("firstread.reading.removal._AT_ONCE", 1)
    n_left: list[int] = []

    def others_write(_pause_s: float) -> None:
        with store.database.write() as connection:
            n_left.append(films.count(connection))

    monkeypatch.setattr("time.sleep", others_write)
    removal.prune(store, before=NOW + 1, also_unread=True, actor="me", now=NOW)

    assert [1, 0] == n_left


def test_only_files_without_a_row_are_swept_and_only_after_an_hour(store: Store, send: Send) -> None:
    """A film's file is stored before its row: one that arrives just now must not be swept away."""
    (kept,) = send({"a.png": b"film"})
    orphan = store.films.put(io.BytesIO(b"left behind"))
    stored_at = store.films.path(orphan.sha256).stat().st_mtime

    assert 0 == removal.sweep(store, now=stored_at + 3599)
    assert 1 == removal.sweep(store, now=stored_at + 3700)

    assert [kept.sha256] == [sha256 for sha256, _ in store.films.stored()]


def test_what_happened_long_ago_is_not_kept_for_pages_to_follow(store: Store, send: Send) -> None:
    send({"a.png": b"first", "b.png": b"second"}, now=NOW - 9 * DAY_S)
    send({"c.png": b"third"}, delivery="two", now=NOW - 6 * DAY_S)

    def told() -> list[float]:
        with store.database.read() as connection:
            return [change.at for change in changes.since(connection, 0)]

    removal.sweep(store, now=NOW - 3 * DAY_S)
    assert 3 == len(told())
    removal.sweep(store, now=NOW)
    assert [NOW - 6 * DAY_S] == told()


def test_pruning_forgets_it_too(store: Store, send: Send) -> None:
    send({"a.png": b"first", "b.png": b"second"}, now=NOW)

    removal.prune(store, before=0, also_unread=False, actor="me", now=NOW + 9 * DAY_S)

    with store.database.read() as connection:
        assert 1 == len(changes.since(connection, 0))  # numbers go on from the newest
