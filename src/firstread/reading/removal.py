"""Films leave the store, one by one or those that are old; and what nobody needs any more leaves it too."""

import time
from collections.abc import Callable, Sequence
from itertools import takewhile

from firstread.store import audit_log, changes, films
from firstread.store.store import Store

__all__ = ["prune", "remove", "sweep"]

_AT_ONCE = 500
# Who waits to write to SQLite looks every tenth of a second: without a pause it would hardly ever be their turn.
_PAUSE_S = 0.15
# A film's file is stored before its row is written; one without a row is left behind only after so long.
_GRACE_S = 3600.0
# Pages follow what happened within a second, Prometheus within minutes.
_FOLLOWED_S = 7 * 86400.0


def remove(store: Store, sha256: str, *, actor: str, now: float) -> bool:
    """Delete a film, its file and all that is known of it; False when there is none."""
    with store.database.write() as connection:
        film = films.by_sha256(connection, sha256)
        if film is not None:
            films.remove(connection, [film.film_id], now=now)
            audit_log.append(connection, actor=actor, action="film.remove", subject=sha256, now=now)
    # Without a row, too: whoever deleted it may have been stopped before its file was.
    _delete_files(store, [sha256])
    return film is not None


def prune(store: Store, *, before: float, also_unread: bool, actor: str, now: float) -> int:
    """Delete films that arrived before a moment and were read, or also those that were not; return how many.

    Args:
        store: Where from.
        before: Seconds since 1970.
        also_unread: Also films that nobody has read.
        actor: Who asks for it.
        now: Seconds since 1970.
    """
    n_removed = 0
    while True:
        with store.database.write() as connection:
            old = films.before(connection, before, at_most=_AT_ONCE, also_unread=also_unread)
            if not old:
                changes.forget(connection, before=now - _FOLLOWED_S)
                return n_removed
            films.remove(connection, [film.film_id for film in old], now=now)
            audit_log.append(
                connection,
                actor=actor,
                action="films.prune",
                detail={"films": [film.sha256 for film in old]},
                now=now,
            )
        _delete_files(store, [film.sha256 for film in old])
        n_removed += len(old)
        time.sleep(_PAUSE_S)


def sweep(store: Store, *, now: float, is_wanted: Callable[[], bool] = lambda: True) -> int:
    """Delete files that no row is about: what a process left behind that was stopped half-way; return how many.

    Changes that nobody follows any more go with them. It ends early when it is not wanted any more.
    """
    n_swept = store.films.sweep(now=now)
    stored = takewhile(lambda _: is_wanted(), store.films.stored())
    old = [sha256 for sha256, stored_at in stored if stored_at < now - _GRACE_S]
    for start in range(0, len(old), _AT_ONCE):
        if not is_wanted():
            break
        some = old[start : start + _AT_ONCE]
        with store.database.read() as connection:
            rowless = set(some) - films.those_here(connection, some)
        if rowless:
            n_swept += _delete_files(store, sorted(rowless))
    with store.database.write() as connection:
        changes.forget(connection, before=now - _FOLLOWED_S)
    return n_swept


def _delete_files(store: Store, sha256s: Sequence[str]) -> int:
    """Delete those of the files that no row is about; return how many.

    In a transaction that writes: whoever sends one of them again meanwhile writes its row before, and it stays, or
    afterwards, and finds out that the file is gone.
    """
    with store.database.write() as connection:
        rowless = set(sha256s) - films.those_here(connection, sha256s)
        for sha256 in rowless:
            store.films.remove(sha256)
    return len(rowless)
