"""What every route works with: the store, its ranked films, and the model that scores them."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Annotated, Any

import anyio
from fastapi import Depends, Request

from firstread.config import Config
from firstread.edges.web import problems
from firstread.edges.web.awaited_films import AwaitedFilms
from firstread.edges.web.film_spool import SpoolMemory
from firstread.errors import StoreError
from firstread.imaging.display_pool import DisplayPool
from firstread.imaging.header_pool import HeaderPool
from firstread.reading import removal
from firstread.reading.current_bundle import CurrentBundle
from firstread.reading.recent_dashboards import RecentDashboards
from firstread.reading.root_folder import root_folders
from firstread.reading.standing_worklist import StandingWorklist
from firstread.reading.taking_in import TakingIn
from firstread.store import accounts, queue
from firstread.store.store import Store

__all__ = ["Room", "ServedRoom"]

_log = logging.getLogger(__name__)

# A page is told of changes so soon; while many come each time, half as often each time, since nobody sees each of them.
_REFRESH_S, _MANY, _LONGEST_REFRESH_S = 0.25, 20, 1.0
# Ranking may take at most a fifth of one processor's time.
_REFRESH_SHARE = 0.2

# Requests whose films are stored at once; others must still be answered while those wait for a database that is held.
_STORING = 8
# Who waits for these waits for a processor, and takes none from other requests.
_MAKING, _LOOKING_BACK = 1, 2


@dataclass
class Room:
    """The reading room that an app serves.

    Args:
        store: Films and all that is known of them.
        worklist: The store's films, ranked.
        bundle: The model that scores what arrives.
        config: Settings.
        display: Opens films for a reader to see.
        clock: Seconds since 1970.
        make_way: Holds while a load of films comes: whoever scores here lets it in first.

    Raises:
        ConfigError: If there are roots to take films from, and this system cannot keep to them, or the store is in one.
    """

    store: Store
    worklist: StandingWorklist
    bundle: CurrentBundle
    config: Config
    display: DisplayPool
    clock: Callable[[], float] = time.time
    make_way: Callable[[], AbstractContextManager[None]] = nullcontext
    taking_in: TakingIn = field(init=False)
    spool_memory: SpoolMemory = field(default_factory=SpoolMemory)
    storing: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(_STORING))
    making: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(_MAKING))
    looking_back: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(_LOOKING_BACK))
    awaited: AwaitedFilms = field(default_factory=AwaitedFilms)
    headers: HeaderPool = field(init=False)
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    def __post_init__(self) -> None:
        self.taking_in = TakingIn(
            self.store,
            root_folders(self.config.web.roots, store=self.store.films.root.parent),
            bundle_id=self.bundle.bundle_id,
            most_bytes=self.config.web.max_request_bytes,
            clock=self.clock,
        )
        self.headers = HeaderPool(limits=self.config.read, workers=replace(self.config.workers, processes=1))

    @cached_property
    def dashboards(self) -> RecentDashboards:
        """What the room looks back on."""
        return RecentDashboards(self.store, self.worklist)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Keep the films ranked while the app runs, and delete what earlier ones left behind half-way."""
        await asyncio.to_thread(self.worklist.refresh)
        following = asyncio.create_task(self._follow())
        sweeping = asyncio.create_task(asyncio.to_thread(self._sweep))
        try:
            yield
        finally:
            await self.close()
            following.cancel()
            await asyncio.to_thread(self.taking_in.close)
            await asyncio.to_thread(self.headers.close)
            await sweeping

    async def close(self) -> None:
        """Let streams of events end; they would go on for as long as their pages are open."""
        self.closing.set()
        async with self._changed:
            self._changed.notify_all()

    async def changed(self, version: int, *, patience_s: float) -> bool:
        """Wait until the films have another version than this one; False when nothing happened for so long."""
        try:
            async with asyncio.timeout(patience_s), self._changed:
                await self._changed.wait_for(
                    lambda: self.worklist.ranked.version != version or self.closing.is_set()
                )
        except TimeoutError:
            return False
        return not self.closing.is_set()

    def _sweep(self) -> None:
        # Not the moment that tests set: files are as old as their disk says.
        now = time.time()
        try:
            swept = removal.sweep(
                self.store,
                actor=accounts.THIS_COMPUTER,
                now=now,
                is_wanted=lambda: not self.closing.is_set(),
            )
        except (OSError, StoreError) as error:
            _log.warning("files of removed films wait for the next start: %s", error)
        else:
            if swept.n_unknown:
                _log.warning(
                    "%d films lie in the folder that the database does not know; they were kept. "
                    "Was an older database put back? Sent again, they are known again",
                    swept.n_unknown,
                )

    async def _follow(self) -> None:
        wait_s = _REFRESH_S
        while True:
            before, began = self.worklist.ranked.version, time.monotonic()
            try:
                ranked = await asyncio.to_thread(self.worklist.refresh)
            except StoreError as error:
                _log.warning("the reading worklist waits for the store: %s", error)
            except Exception as error:
                # Every page would stand still until the next start, and look as if no film came any more.
                _log.error("the reading worklist was not brought up to date: %s", problems.place_of(error))
            else:
                if ranked.version != before:
                    async with self._changed:
                        self._changed.notify_all()
            await self._rest(at_least_s=(time.monotonic() - began) / _REFRESH_SHARE, at_most_s=wait_s)
            are_many = self.worklist.ranked.version - before >= _MANY
            wait_s = min(2 * wait_s, _LONGEST_REFRESH_S) if are_many else _REFRESH_S

    async def _rest(self, *, at_least_s: float, at_most_s: float) -> None:
        """Wait until the next news are due: those of the last of many films are, as soon as it is scored."""
        until = time.monotonic() + at_most_s
        await asyncio.sleep(max(at_least_s, _REFRESH_S))
        while time.monotonic() < until and await asyncio.to_thread(self._are_films_queued):
            await asyncio.sleep(_REFRESH_S)

    def _are_films_queued(self) -> bool:
        try:
            with self.store.database.read() as connection:
                return queue.has_any(connection, bundle_id=self.bundle.bundle_id)
        except Exception:
            return True  # whatever fails, the next refresh says so


def _room(request: Request) -> Any:
    return request.app.state.room


ServedRoom = Annotated[Room, Depends(_room)]
"""The room of the app that a request came to."""
