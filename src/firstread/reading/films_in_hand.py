"""What a worker has in hand: films leased from the queue, and kept while it is at work on them."""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from firstread import config
from firstread.errors import StoreError
from firstread.store import queue
from firstread.store.database import Database, Transaction
from firstread.store.queue import Lease

__all__ = ["FilmsInHand"]

_log = logging.getLogger(__name__)

# Films leased at a time: a transaction costs as much as a film.
_LEASE = 64


@dataclass
class FilmsInHand:
    """The films that a worker holds.

    Args:
        database: Holds the queue.
        settings: How films wait.
        bundle_id: The store's number of the worker's model.
        owner: A name that no other worker has, ever.
        clock: Seconds since 1970, as told within a transaction.
    """

    database: Database
    settings: config.Queue
    bundle_id: int
    owner: str
    clock: Callable[[Transaction], float]
    # Replaced and never changed: the thread that extends leases reads it. What the store counts as this worker's
    # and is not in here, since its answer was lost on the way, has to run out.
    _held: frozenset[Lease] = field(default=frozenset(), init=False)

    def take_fresh(self) -> list[Lease]:
        """Lease films that nobody had in hand yet; none when there are none.

        Raises:
            StoreError: If the store does not answer.
        """
        with self.database.claim() as connection:
            leases = queue.lease(
                connection,
                bundle_id=self.bundle_id,
                owner=self.owner,
                n=_LEASE,
                lease_s=self.settings.lease_s,
                now=self.clock(connection),
            )
        self._held |= set(leases)
        return leases

    def take_suspect(self) -> Lease | None:
        """Lease one film that another worker left behind; None when there is none.

        Raises:
            StoreError: If the store does not answer.
        """
        with self.database.claim() as connection:
            lease = queue.lease_suspect(
                connection,
                bundle_id=self.bundle_id,
                owner=self.owner,
                lease_s=self.settings.lease_s,
                now=self.clock(connection),
            )
        if lease is not None:
            self._held |= {lease}
        return lease

    def finish(self, connection: Transaction, leases: Sequence[Lease]) -> set[Lease]:
        """Close jobs and return the leases of those that were still this worker's."""
        return queue.finish(connection, leases, owner=self.owner)

    def let_go(self, leases: Iterable[Lease]) -> None:
        """Extend these leases no longer."""
        self._held -= set(leases)

    def give_back(self, leases: Sequence[Lease]) -> None:
        """Let others have these films, as if this worker had never had them.

        Raises:
            StoreError: If the store does not answer; then the leases run out.
        """
        self.let_go(leases)
        with self.database.write() as connection:
            queue.release(connection, leases, owner=self.owner)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Extend the leases while films are in hand; they run out when this process is gone."""
        over = threading.Event()
        beating = threading.Thread(target=self._beat, args=(over,), name="leases", daemon=True)
        beating.start()
        try:
            yield
        finally:
            over.set()
            beating.join()

    def _beat(self, over: threading.Event) -> None:
        while not over.wait(self.settings.lease_s / 3):
            try:
                self._extend()
            except StoreError as error:
                _log.warning("leases could not be extended: %s", error)
            except Exception as error:
                # Without this thread every film would be lost to the others while this worker goes on with it.
                _log.error("leases were not extended: %s", type(error).__name__)

    def _extend(self) -> None:
        if held := self._held:
            with self.database.write() as connection:
                queue.extend(
                    connection,
                    held,
                    owner=self.owner,
                    lease_s=self.settings.lease_s,
                    now=self.clock(connection),
                )
