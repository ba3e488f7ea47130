"""Files that have to go because their film was removed: noted with the removal, until they are gone."""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, literal, select

from firstread.store import tables

__all__ = ["end", "note", "noted"]

_PENDING, _FILM = tables.pending_deletion.c, tables.film.c


def note(connection: Connection, film_ids: Sequence[int], *, now: float) -> None:
    """Note the files of films; in the transaction that removes the films, before it does."""
    theirs = select(_FILM.sha256).where(_FILM.id.in_(film_ids))
    # One may be noted already: its film came back before its file was gone.
    connection.execute(delete(tables.pending_deletion).where(_PENDING.sha256.in_(theirs)))
    rows = select(_FILM.sha256, literal(now)).where(_FILM.id.in_(film_ids))
    connection.execute(insert(tables.pending_deletion).from_select(["sha256", "noted_at"], rows))


def noted(connection: Connection) -> list[str]:
    """Return the hashes of all that are noted, in their order."""
    return list(connection.execute(select(_PENDING.sha256).order_by(_PENDING.sha256)).scalars())


def end(connection: Connection, sha256s: Sequence[str]) -> None:
    """Forget files that are gone, or whose films are here again."""
    connection.execute(delete(tables.pending_deletion).where(_PENDING.sha256.in_(sha256s)))
