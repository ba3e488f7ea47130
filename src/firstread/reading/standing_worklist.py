"""The reading worklist of a store, kept ranked in memory: it follows the changes, and its pages cost little."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from firstread.reading.ranked_films import RankedFilms
from firstread.store import changes, films
from firstread.store.database import Database, Transaction
from firstread.store.films import Standing

__all__ = ["StandingWorklist"]

# With more changes than this, reading every film anew costs less than asking for each.
_MANY = 10_000


@dataclass
class StandingWorklist:
    """Every film of a store with its place; one refresh at a time, while others read what was ranked last.

    Args:
        database: What is followed.
        wait_cap: Places a film may stand below its order of arrival.

    Attributes:
        ranked: The films as they stood at the last refresh.
    """

    database: Database
    wait_cap: int
    ranked: RankedFilms = field(init=False)
    _standings: dict[int, Standing] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.ranked = RankedFilms((), version=0, wait_cap=self.wait_cap)

    def refresh(self) -> RankedFilms:
        """Take in what happened since the last time, and return the films as they stand now.

        Raises:
            StoreError: If the database does not answer.
        """
        with self._lock:
            with self.database.read() as connection:
                version = changes.latest(connection)
                if version == self.ranked.version:
                    return self.ranked
                touched = self._touched(connection)
                found = {film.film_id: film for film in films.standings(connection, touched)}
                gone = self._standings.keys() & set(touched or ()) - found.keys()
                # Those that were overtaken by films which are gone must not be overtaken by as many again.
                overtaken = films.overtaken(connection) if gone else {}
            for film_id in list(self._standings) if touched is None else touched:
                self._standings.pop(film_id, None)
            self._standings.update(found)
            self._amend(overtaken)
            self.ranked = RankedFilms(self._standings.values(), version=version, wait_cap=self.wait_cap)
            return self.ranked

    def _touched(self, connection: Transaction) -> list[int] | None:
        """Return the films to be read; None for all."""
        if not self._standings or not changes.is_whole_since(connection, self.ranked.version):
            return None
        happened = changes.since(connection, self.ranked.version, at_most=_MANY)
        return None if len(happened) == _MANY else sorted({change.film_id for change in happened})

    def _amend(self, overtaken: Mapping[int, int]) -> None:
        for film_id, n in overtaken.items():
            standing = self._standings.get(film_id)
            if standing is not None and standing.overtaken != n:
                self._standings[film_id] = standing._replace(overtaken=n)
