"""Films leave the store: one by one, or those that are old."""

from collections.abc import Sequence

from firstread.store import audit_log, films
from firstread.store.films import KeptFilm
from firstread.store.store import Store

__all__ = ["prune", "remove", "sweep"]

_AT_ONCE = 500
# A film's file is stored before its row is written; one without a row is left behind only after so long.
_GRACE_S = 3600.0


def remove(store: Store, sha256: str, *, actor: str, now: float) -> bool:
    """Delete a film, its file and all that is known of it; False when there is none."""
    with store.database.write() as connection:
        film = films.by_sha256(connection, sha256)
        if film is None:
            return False
        films.remove(connection, [film.film_id], now=now)
        audit_log.append(connection, actor=actor, action="film.remove", subject=sha256, now=now)
    store.films.remove(sha256)
    return True


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
                return n_removed
            films.remove(connection, [film.film_id for film in old], now=now)
            audit_log.append(
                connection,
                actor=actor,
                action="films.prune",
                detail={"films": [film.sha256 for film in old]},
                now=now,
            )
        _delete_files(store, old)
        n_removed += len(old)


def sweep(store: Store, *, now: float) -> int:
    """Delete files that no row is about: what a process left behind that was stopped half-way; return how many."""
    n_swept = store.films.sweep(now=now)
    old = [sha256 for sha256, stored_at in store.films.stored() if stored_at < now - _GRACE_S]
    for start in range(0, len(old), _AT_ONCE):
        some = old[start : start + _AT_ONCE]
        with store.database.read() as connection:
            here = films.those_here(connection, some)
        for sha256 in set(some) - here:
            store.films.remove(sha256)
            n_swept += 1
    return n_swept


def _delete_files(store: Store, gone: Sequence[KeptFilm]) -> None:
    for film in gone:
        store.films.remove(film.sha256)
