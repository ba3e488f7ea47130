"""Films as they stand at one moment: ranked, counted, and ready to be searched and paged through."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from firstread.store.films import Standing
from firstread.terms import Band, Refusal
from firstread.triage.reading_order import UNSCORED, places_of_arrival, reading_order
from firstread.triage.worklist import LEVEL, names_no_film

__all__ = ["Place", "RankedFilms", "Selection", "Sort", "State"]

Integers = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
_Kind = TypeVar("_Kind", bound=np.generic)
_MOST_SELECTED = 64


class State(StrEnum):
    """Which films are listed."""

    UNREAD = "unread"
    WAITING = "waiting"
    NOT_SCORED = "not_scored"
    READ = "read"
    ALL = "all"


class Sort(StrEnum):
    """In which order films are listed."""

    RANK = "rank"
    ARRIVED = "arrived"
    PROBABILITY = "probability"
    NAME = "name"
    FOLDER = "folder"


@dataclass(frozen=True, slots=True)
class Selection:
    """Which films are listed, and in which order.

    Args:
        state: Whether they were read, or scored.
        bands: Only these; empty for all.
        folder: Only films of this folder and those below it; None for all.
        text: Only films that came under a folder and name that contain it, whatever the case.
        sort: By what.
        descending: From the last to the first.
        hides_ranks: Films of one name, or of one folder, stand by arrival, which tells nothing of scores.
    """

    state: State = State.UNREAD
    bands: frozenset[Band] = frozenset()
    folder: str | None = None
    text: str = ""
    sort: Sort = Sort.RANK
    descending: bool = False
    hides_ranks: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a film stands, and what the ranking rule made of it.

    Args:
        rank: 1 is read next; None for a film that was read.
        arrival: Its place among the unread films in the order of arrival, from 1; None where nobody waits for it.
        latest: The last place at which it may stand; None as before.
        n_unread: How many films wait to be read.
    """

    rank: int | None
    arrival: int | None
    latest: int | None
    n_unread: int


class RankedFilms:
    """Every film of a store, by row; rows are in the order in which films were written down.

    Args:
        standings: The films.
        version: Number of the newest change that is in it.
        wait_cap: Places a film may stand below its order of arrival.
    """

    def __init__(self, standings: Iterable[Standing], *, version: int, wait_cap: int) -> None:
        self.version = version
        self._films = sorted(standings, key=lambda standing: standing.film_id)
        self._level = self._column(np.int64, _level)
        self._probability = self._column(np.float64, lambda s: s.probability or 0.0)
        self._is_read = self._column(np.bool_, lambda s: s.is_read)
        self._waits = self._column(np.bool_, lambda s: not s.has_outcome)
        self._no_film = self._column(np.bool_, _is_no_film)
        self._rank(wait_cap)
        self._selected: dict[Selection, Integers] = {}

    def __len__(self) -> int:
        return len(self._films)

    def film_ids(self, rows: Integers) -> list[int]:
        """Return the numbers of the films in some rows."""
        return [self._films[row].film_id for row in rows]

    def rank(self, row: int) -> int | None:
        """Return the place of a film, 1 is read next; None for a film that was read."""
        return int(self._ranks[row]) or None

    def place(self, film_id: int) -> Place | None:
        """Return where a film stands; None for a film that is not here (yet)."""
        row = self._row_of.get(film_id)
        if row is None:
            return None
        n_unread = int(np.count_nonzero(self._ranks)) - int(np.count_nonzero(self._no_film & ~self._is_read))
        if self._is_read[row] or self._no_film[row]:
            return Place(self.rank(row), None, None, n_unread)
        return Place(self.rank(row), int(self._own[row]) + 1, int(self._latest[row]) + 1, n_unread)

    def counts(self) -> Mapping[str, int]:
        """Return how many unread films each band has, how many wait or were not scored, and how many were read."""
        return {kind: int(np.count_nonzero(of_kind)) for kind, of_kind in self._unread()} | {
            State.UNREAD.value: int(np.count_nonzero(~self._is_read)),
            State.READ.value: int(np.count_nonzero(self._is_read)),
            State.ALL.value: len(self),
        }

    def oldest(self) -> Mapping[str, float]:
        """Return when the first unread film of each band, and of those without, arrived (seconds since 1970).

        Kinds are those of `counts`; one without a film is left out.
        """
        return {
            kind: float(self._arrived[of_kind].min()) for kind, of_kind in self._unread() if of_kind.any()
        }

    def folders(self) -> Mapping[str, int]:
        """Return every folder with the number of its films."""
        return dict(sorted(Counter(self._folders).items()))

    def _unread(self) -> Iterator[tuple[str, Bools]]:
        """Yield each kind of unread films with the rows that are of it."""
        unread = ~self._is_read
        for band in Band:
            yield band.value, unread & (self._level == LEVEL[band])
        unscored = unread & (self._level == UNSCORED)
        yield State.WAITING.value, unscored & self._waits
        yield State.NOT_SCORED.value, unscored & ~self._waits

    def select(self, selection: Selection) -> Integers:
        """Return the rows of the films that are listed, in their order; pages of one list are asked for one by one."""
        # A dictionary of its own: a cache around a bound method would keep rankings that nobody needs any more.
        found = self._selected.get(selection)
        if found is None:
            found = self._select(selection)
            if len(self._selected) >= _MOST_SELECTED:
                self._selected = {}
            self._selected[selection] = found
        return found

    def _select(self, selection: Selection) -> Integers:
        chosen = self._of_state(selection.state)
        if selection.bands:
            chosen &= np.isin(self._level, [LEVEL[band] for band in selection.bands])
        if selection.folder is not None:
            within = [each for each in self.folders() if f"{each}/".startswith(f"{selection.folder}/")]
            chosen &= self._holds(set(within).__contains__, self._folders)
        if selection.text:
            text = selection.text.casefold()
            chosen &= self._holds(lambda words: text in words, self._words)
        rows = np.flatnonzero(chosen)
        ordered = rows[self._order(rows, selection)]
        return ordered[::-1] if selection.descending else ordered

    def _of_state(self, state: State) -> Bools:
        unread, unscored = ~self._is_read, self._level == UNSCORED
        chosen: dict[State, Bools] = {
            State.UNREAD: unread,
            State.WAITING: unread & unscored & self._waits,
            State.NOT_SCORED: unread & unscored & ~self._waits,
            State.READ: ~unread,
            State.ALL: np.ones(len(self), np.bool_),
        }
        return chosen[state]

    def _holds(self, fits: Callable[[str], bool], words: list[str]) -> Bools:
        return np.fromiter(map(fits, words), np.bool_, len(self))

    def _order(self, rows: Integers, selection: Selection) -> Integers:
        sort = selection.sort
        # Films that were read have no rank; they follow those that have one, in the order in which they came.
        rank = np.where(self._ranks[rows] > 0, self._ranks[rows], len(self) + 1)
        if sort is Sort.RANK:
            return np.argsort(rank, kind="stable")
        if sort is Sort.ARRIVED:
            return np.arange(rows.size)
        if sort is Sort.PROBABILITY:
            scored = np.where(self._level[rows] == UNSCORED, -1.0, self._probability[rows])
            return np.argsort(scored, kind="stable")
        every = self._folders if sort is Sort.FOLDER else self._names
        words = [every[row].casefold() for row in rows.tolist()]
        within = np.arange(rows.size) if selection.hides_ranks else np.argsort(rank, kind="stable")
        # Python's sorting leaves films of the same word as they were.
        return np.array(sorted(within.tolist(), key=words.__getitem__), np.int64)

    def _rank(self, wait_cap: int) -> None:
        n = len(self)
        self._ranks, self._own, self._latest = (np.zeros(n, np.int64) for _ in range(3))
        listed = np.flatnonzero(~self._is_read & ~self._no_film)
        delivery = self._column(np.float64, lambda s: s.delivery_id)
        # Nobody is overtaken by more films than the cap, counting those that have been read and are gone.
        read = np.sort(delivery[self._is_read])
        overtaken = read.size - np.searchsorted(read, delivery[listed], side="right")
        overtaken += self._column(np.int64, lambda s: s.overtaken)[listed]
        allowance = np.maximum(0, wait_cap - overtaken)
        level, arrived = self._level[listed], delivery[listed]
        order = reading_order(level, self._probability[listed], arrived=arrived, allowance=allowance)
        self._ranks[listed[order]] = np.arange(1, listed.size + 1)
        _, own, last_of_group = places_of_arrival(arrived)
        self._own[listed] = own
        latest = np.minimum(last_of_group + allowance, listed.size - 1)
        self._latest[listed] = np.where(level == UNSCORED, own, latest)
        others = np.flatnonzero(~self._is_read & self._no_film)
        self._ranks[others] = np.arange(listed.size + 1, listed.size + others.size + 1)

    def _column(self, kind: type[_Kind], value: Callable[[Standing], float]) -> npt.NDArray[_Kind]:
        return np.fromiter((value(film) for film in self._films), kind, len(self._films))

    @cached_property
    def _names(self) -> list[str]:
        return [film.name for film in self._films]

    @cached_property
    def _folders(self) -> list[str]:
        return [film.folder for film in self._films]

    @cached_property
    def _words(self) -> list[str]:
        return [
            _words(film) if film.copies else f"{film.folder}/{film.name}".casefold() for film in self._films
        ]

    @cached_property
    def _arrived(self) -> npt.NDArray[np.float64]:
        return self._column(np.float64, lambda s: s.arrived_at)

    @cached_property
    def _row_of(self) -> dict[int, int]:
        return {film.film_id: row for row, film in enumerate(self._films)}


def _level(standing: Standing) -> int:
    return UNSCORED if standing.band is None else LEVEL[standing.band]


def _words(standing: Standing) -> str:
    """Return every name of a film; nobody searches for what stands between them."""
    return "\0".join((f"{standing.folder}/{standing.name}", *standing.copies)).casefold()


def _is_no_film(standing: Standing) -> bool:
    return standing.reason_code is not None and names_no_film(standing.name, Refusal(standing.reason_code))
