"""Films go when they are told to, with their files; nothing else does."""

import contextlib
import io
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from firstread.errors import StoreError
from firstread.reading import opinions, removal
from firstread.reading.opinions import Opinion
from firstread.reading.removal import Swept
from firstread.store import audit_log, changes, deletions, films
from firstread.store.database import Database, Transaction
from firstread.store.deliveries import Received
from firstread.store.film_folder import FilmFolder
from firstread.store.store import Store
from firstread.terms import LabelState

Send = Callable[..., list[Received]]
NOW = 1_800_000_000.0
DAY_S = 86_400.0


class Interrupted(Database):
    """A database with others: after its first transaction they get their turn."""

    def __init__(self, url: str, others: Callable[[], object], *, patience_s: float = 10.0) -> None:
        super().__init__(url, patience_s=patience_s)
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


def sweep(store: Store, *, now: float = NOW, is_wanted: Callable[[], bool] = lambda: True) -> Swept:
    return removal.sweep(store, actor="me", now=now, is_wanted=is_wanted)


def noted(store: Store) -> list[str]:
    with store.database.read() as connection:
        return deletions.noted(connection)


def read(store: Store, answer: Received) -> None:
    opinions.record(store, answer.sha256, Opinion(finding=LabelState.ABSENT), reader="me", now=NOW)


def test_a_removed_film_leaves_row_and_file_and_an_event(store: Store, send: Send) -> None:
    (answer,) = send({"a.png": b"film"})

    assert removal.remove(store, answer.sha256, actor="me", now=NOW)
    assert not removal.remove(store, answer.sha256, actor="me", now=NOW)

    assert (0, [], []) == (here(store), list(store.films.stored()), noted(store))
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


def remove_half(store: Store, answer: Received) -> None:
    """Remove a film as a process does that is stopped before it deletes the file."""
    with store.database.write() as connection:
        film = films.by_sha256(connection, answer.sha256)
        assert film is not None
        films.remove(connection, [film.film_id], now=NOW)


class Halting(FilmFolder):
    """A folder on a disk that stands still after a deletion, once; meanwhile others get their turn."""

    def __init__(self, root: Path, *, halt_s: float, others: Callable[[], object]) -> None:
        super().__init__(root)
        self._halt_s, self._others = halt_s, others

    def remove(self, sha256: str) -> bool:
        removed = super().remove(sha256)
        if self._halt_s:
            time.sleep(self._halt_s)
            self._halt_s = 0.0
            self._others()
        return removed


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_who_has_lost_the_lock_of_the_writers_deletes_nothing_more(
    store: Store, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The session was ended for its silence; what is acknowledged since must not go."""
    monkeypatch.setattr("firstread.store.database._SILENCE_S", 0.2)
    sent = {"a.png": b"one", "b.png": b"two"}
    answers = send(sent)
    halting = Halting(store.films.root, halt_s=1.0, others=lambda: send(sent, delivery="two"))

    with (
        contextlib.closing(Database(store.database.name, patience_s=0.1)) as silent,
        pytest.raises(StoreError, match="The database must answer"),
    ):
        REMOVALS["prune"](Store(silent, halting), "")

    assert 2 == here(store)
    assert all(store.films.path(answer.sha256).exists() for answer in answers)


class Undeletable(FilmFolder):
    """A folder on a disk that deletes nothing."""

    def remove(self, sha256: str) -> bool:
        raise StoreError(f"{self.path(sha256).parent}: a film could not be deleted; Input/output error.")


def test_a_removed_film_whose_file_cannot_be_deleted_is_removed_and_its_file_goes_later(
    store: Store, send: Send, caplog: pytest.LogCaptureFixture
) -> None:
    """Told that nothing was changed, its admin would look for it in vain. The log does not name it."""
    (answer,) = send({"a.png": b"film"})
    broken = Store(store.database, Undeletable(store.films.root))

    assert removal.remove(broken, answer.sha256, actor="me", now=NOW)

    assert (0, [answer.sha256]) == (here(store), noted(store))
    (said,) = caplog.messages
    assert said.startswith("the file of a removed film waits for the next sweep")
    assert answer.sha256 not in said
    assert Swept(1, 0) == sweep(store)


def test_a_file_without_a_row_that_cannot_be_deleted_is_an_error(store: Store) -> None:
    with pytest.raises(StoreError, match="could not be deleted"):
        removal.remove(Store(store.database, Undeletable(store.films.root)), "a" * 64, actor="me", now=NOW)


def test_a_removed_film_is_removed_while_another_process_holds_the_database(
    store: Store, send: Send, database_url: str
) -> None:
    """It took the lock between the row and the file."""
    (answer,) = send({"a.png": b"film"})
    with contextlib.ExitStack() as held:
        busy = Interrupted(database_url, lambda: held.enter_context(store.database.write()), patience_s=0.1)
        held.callback(busy.close)

        assert removal.remove(Store(busy, store.films), answer.sha256, actor="me", now=NOW)

    assert [answer.sha256] == noted(store)


def test_a_removed_film_that_is_sent_again_is_not_swept(store: Store, send: Send, database_url: str) -> None:
    (answer,) = send({"a.png": b"film"})
    remove_half(store, answer)
    with contextlib.closing(Interrupted(database_url, lambda: send({"a.png": b"film"}))) as busy:
        assert 0 == sweep(Store(busy, store.films)).n_deleted

    assert (1, True) == (here(store), store.films.path(answer.sha256).exists())
    assert [] == noted(store)


def test_removing_again_ends_what_a_stopped_removal_began(store: Store, send: Send) -> None:
    """Its row went, then the process: the file must not stay because nothing names it any more."""
    (answer,) = send({"a.png": b"film"})
    remove_half(store, answer)

    assert not removal.remove(store, answer.sha256, actor="me", now=NOW)

    assert [] == list(store.films.stored())
    with store.database.read() as connection:
        last = list(audit_log.events(connection))[-1]
    assert ("film.remove", answer.sha256) == (last.action, last.subject)


def test_a_sweep_that_is_not_wanted_any_more_ends(store: Store, send: Send) -> None:
    (answer,) = send({"a.png": b"left behind"})
    remove_half(store, answer)
    unknown = store.films.put(io.BytesIO(b"not known"))
    later = store.films.path(unknown.sha256).stat().st_mtime + 3700

    assert Swept(0, 0) == sweep(store, now=later, is_wanted=lambda: False)
    assert 2 == len(list(store.films.stored()))


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


def test_a_sweep_deletes_what_stopped_removals_left_and_says_how_much(store: Store, send: Send) -> None:
    kept, gone, also_gone = send({"a.png": b"film", "b.png": b"removed", "c.png": b"removed too"})
    for answer in (gone, also_gone):
        remove_half(store, answer)

    assert Swept(2, 0) == sweep(store)
    assert Swept(0, 0) == sweep(store)

    assert [kept.sha256] == [sha256 for sha256, _ in store.films.stored()]
    with store.database.read() as connection:
        events = [event for event in audit_log.events(connection) if event.action == "films.sweep"]
    assert [("me", {"files": 2})] == [(event.actor, event.detail) for event in events]


def test_films_that_an_older_database_does_not_know_are_counted_and_stay(store: Store) -> None:
    """They came after the database that was put back; one that arrives just now is not told of, its row comes."""
    acknowledged = store.films.put(io.BytesIO(b"acknowledged since the backup"))
    stored_at = store.films.path(acknowledged.sha256).stat().st_mtime

    assert Swept(0, 0) == sweep(store, now=stored_at + 3599)
    assert Swept(0, 1) == sweep(store, now=stored_at + 3700)

    assert store.films.has(acknowledged)


def test_films_that_the_database_does_not_know_go_when_they_are_as_old_as_asked(store: Store) -> None:
    """What an upload left whose sender was never answered must not stay for ever."""
    unknown = store.films.put(io.BytesIO(b"left behind"))
    now = store.films.path(unknown.sha256).stat().st_mtime + 40 * DAY_S

    def prune(*, days: float, also_unread: bool) -> int:
        before = now - days * DAY_S
        n_asked = removal.count_before(store, before, also_unread=also_unread)
        n_removed = removal.prune(store, before=before, also_unread=also_unread, actor="me", now=now)
        assert n_asked == n_removed
        return n_removed

    assert 0 == prune(days=41, also_unread=True) == prune(days=39, also_unread=False)
    assert 1 == prune(days=39, also_unread=True)

    assert [] == list(store.films.stored())
    with store.database.read() as connection:
        (event,) = audit_log.events(connection)
    assert ("films.prune", {"films": [unknown.sha256]}) == (event.action, event.detail)


def test_a_film_that_is_on_its_way_in_is_not_pruned(store: Store) -> None:
    arriving = store.films.put(io.BytesIO(b"its row comes"))
    now = store.films.path(arriving.sha256).stat().st_mtime + 60

    assert 0 == removal.prune(store, before=now, also_unread=True, actor="me", now=now)
    assert store.films.has(arriving)


def test_what_happened_long_ago_is_not_kept_for_pages_to_follow(store: Store, send: Send) -> None:
    send({"a.png": b"first", "b.png": b"second"}, now=NOW - 9 * DAY_S)
    send({"c.png": b"third"}, delivery="two", now=NOW - 6 * DAY_S)

    def told() -> list[float]:
        with store.database.read() as connection:
            return [change.at for change in changes.since(connection, 0)]

    sweep(store, now=NOW - 3 * DAY_S)
    assert 3 == len(told())
    sweep(store, now=NOW)
    assert [NOW - 6 * DAY_S] == told()


def test_pruning_forgets_it_too(store: Store, send: Send) -> None:
    send({"a.png": b"first", "b.png": b"second"}, now=NOW)

    removal.prune(store, before=0, also_unread=False, actor="me", now=NOW + 9 * DAY_S)

    with store.database.read() as connection:
        assert 1 == len(changes.since(connection, 0))  # numbers go on from the newest
