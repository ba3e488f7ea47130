"""Films leave the store, one by one or those that are old; and what nobody needs any more leaves it too."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from firstread.errors import StoreError
from firstread.store import audit_log, changes, deletions, films
from firstread.store.database import Transaction
from firstread.store.store import Store

__all__ = ["Swept", "count_before", "prune", "remove", "sweep"]

_log = logging.getLogger(__name__)

_AT_ONCE = 500
# Who waits to write to SQLite looks every tenth of a second: without a pause it would hardly ever be their turn.
_PAUSE_S = 0.15
# A film's file is stored before its row is written; one without a row is told of only after so long.
_GRACE_S = 3600.0
# Pages follow what happened within a second, Prometheus within minutes.
_FOLLOWED_S = 7 * 86400.0


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep found.

    Args:
        n_deleted: Files that it deleted: of removed films, and halves of uploads that were cut off.
        n_unknown: Whole films that the database does not know, over an hour old; they are still there.
    """

    n_deleted: int
    n_unknown: int


def remove(store: Store, sha256: str, *, actor: str, now: float) -> bool:
    """Delete a film, its file and all that is known of it; False when there is none.

    Once its row is gone the film is removed: a file that cannot be deleted now goes with the next sweep.

    Raises:
        StoreError: If the row could not be deleted; or there is none, and a file that was left cannot be.
    """
    with store.database.write() as connection:
        film = films.by_sha256(connection, sha256)
        if film is not None:
            films.remove(connection, [film.film_id], now=now)
        if film is not None or store.films.path(sha256).exists():
            audit_log.append(connection, actor=actor, action="film.remove", subject=sha256, now=now)
    # Without a row, too: whoever deleted it may have been stopped before its file was.
    try:
        _delete_files(store, [sha256])
    except StoreError as error:
        if film is None:
            raise
        _log.warning("the file of a removed film waits for the next sweep: %s", error)
    return film is not None


def count_before(store: Store, before: float, *, also_unread: bool) -> int:
    """Return how many films `prune` would delete at most."""
    with store.database.read() as connection:
        n_films = films.count_before(connection, before, also_unread=also_unread)
    return n_films + (len(_unknown(store, before=before)) if also_unread else 0)


def prune(store: Store, *, before: float, also_unread: bool, actor: str, now: float) -> int:
    """Delete films that arrived before a moment and were read, or also those that were not; return how many.

    Args:
        store: Where from.
        before: Seconds since 1970.
        also_unread: Also films that nobody has read, and those that the database does not know.
        actor: Who asks for it.
        now: Seconds since 1970.
    """
    n_removed = 0
    while True:
        with store.database.write() as connection:
            old = films.before(connection, before, at_most=_AT_ONCE, also_unread=also_unread)
            if not old:
                changes.forget(connection, before=now - _FOLLOWED_S)
                break
            films.remove(connection, [film.film_id for film in old], now=now)
            _note_pruned(connection, [film.sha256 for film in old], actor=actor, now=now)
        _delete_files(store, [film.sha256 for film in old])
        n_removed += len(old)
        time.sleep(_PAUSE_S)
    return n_removed + (_prune_unknown(store, before=before, actor=actor, now=now) if also_unread else 0)


def sweep(store: Store, *, actor: str, now: float, is_wanted: Callable[[], bool] = lambda: True) -> Swept:
    """Delete what a process left behind that was stopped half-way; count whole films that no row is about.

    Of those none is deleted. An upload may have left them whose sender was never answered; or an older database was
    put back, and they came after it: nothing tells the one from the other.

    Changes that nobody follows any more go as well. It ends early when it is not wanted any more.

    Args:
        store: Where from.
        actor: Who sweeps.
        now: Seconds since 1970.
        is_wanted: Asked again and again.
    """
    n_deleted = _end_deletions(store, is_wanted) + store.films.sweep(now=now)
    with store.database.write() as connection:
        if n_deleted:
            detail = {"files": n_deleted}
            audit_log.append(connection, actor=actor, action="films.sweep", detail=detail, now=now)
        changes.forget(connection, before=now - _FOLLOWED_S)
    return Swept(n_deleted, len(_unknown(store, before=now - _GRACE_S, is_wanted=is_wanted)))


def _end_deletions(store: Store, is_wanted: Callable[[], bool]) -> int:
    """Delete the files of removed films that are still there; return how many they were."""
    with store.database.read() as connection:
        noted = deletions.noted(connection)
    n_deleted = 0
    for start in range(0, len(noted), _AT_ONCE):
        if not is_wanted():
            break
        n_deleted += _delete_files(store, noted[start : start + _AT_ONCE])
    return n_deleted


def _unknown(store: Store, *, before: float, is_wanted: Callable[[], bool] = lambda: True) -> list[str]:
    """Return the films stored before a moment that no row is about; fewer when it is not wanted any more."""
    stored = takewhile(lambda _: is_wanted(), store.films.stored())
    old = [sha256 for sha256, stored_at in stored if stored_at < before]
    unknown = set[str]()
    for start in range(0, len(old), _AT_ONCE):
        if not is_wanted():
            break
        some = old[start : start + _AT_ONCE]
        with store.database.read() as connection:
            unknown |= set(some) - films.those_here(connection, some)
    return sorted(unknown)


def _prune_unknown(store: Store, *, before: float, actor: str, now: float) -> int:
    """Delete films that the database does not know and that are as old; return how many."""
    # One that is on its way in has no row yet.
    unknown = _unknown(store, before=min(before, now - _GRACE_S))
    for start in range(0, len(unknown), _AT_ONCE):
        some = unknown[start : start + _AT_ONCE]
        with store.database.write() as connection:
            _note_pruned(connection, some, actor=actor, now=now)
        _delete_files(store, some)
        time.sleep(_PAUSE_S)
    return len(unknown)


def _note_pruned(connection: Transaction, sha256s: Sequence[str], *, actor: str, now: float) -> None:
    detail = {"films": list(sha256s)}
    audit_log.append(connection, actor=actor, action="films.prune", detail=detail, now=now)


def _delete_files(store: Store, sha256s: Sequence[str]) -> int:
    """Delete those of the files that no row is about, and their notes; return how many were there.

    In a transaction that writes: whoever sends one of them again meanwhile writes its row before, and it stays, or
    afterwards, and finds out that the file is gone.
    """
    n_deleted = 0
    with store.database.write() as connection:
        for sha256 in sha256s:
            # Asked before each: PostgreSQL takes the lock from who is silent for long, and then this raises.
            if not films.those_here(connection, [sha256]):
                n_deleted += store.films.remove(sha256)
        deletions.end(connection, sha256s)
    return n_deleted
