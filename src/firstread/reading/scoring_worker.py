"""A worker: it leases films, screens them and records what came out, until it is told to stop."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from firstread.config import Config
from firstread.errors import StoreError
from firstread.evaluation.calibration_interval import probability_interval
from firstread.imaging.film_pool import FilmPool
from firstread.inference.predictor import Predictor
from firstread.records import NotScored, Reason, Scored
from firstread.screening import Screened, screen
from firstread.store import changes, outcomes, queue
from firstread.store.outcomes import NewOutcome
from firstread.store.queue import Lease
from firstread.store.store import Store
from firstread.terms import Change, Refusal

__all__ = ["ScoringWorker"]

_log = logging.getLogger(__name__)

# Films leased at a time: a transaction costs as much as a film.
_LEASE = 32
# Outcomes written in one transaction, and how long the first of them waits at most for the others.
_GROUP, _GROUP_S = 16, 0.25
# Then the films that others left behind have their turn, and what the run remembers of its films is let go.
_RUN = 2000
# Between two tries to write outcomes into a store that is held or full.
_RETRY_S = 1.0


@dataclass
class ScoringWorker:
    """Scores what the queue holds.

    Args:
        store: Holds the queue.
        predictor: The network, its calibration and its operating points.
        pool: Processes that open the films.
        config: Settings.
        bundle_id: The store's number of the predictor's bundle.
        owner: A name that no other worker has, ever.
        clock: Seconds since 1970.
    """

    store: Store
    predictor: Predictor
    pool: FilmPool
    config: Config
    bundle_id: int
    owner: str
    clock: Callable[[], float] = time.time
    _stop: threading.Event = field(default_factory=threading.Event)

    def stop(self) -> None:
        """Finish what is in hand, then return from `run`; may be called from a signal handler."""
        self._stop.set()

    def run(self) -> None:
        """Score films as they come, until `stop` is called.

        Raises:
            WorkerError: If the processes that open films cannot start.
        """
        with self._heartbeat():
            while not self._stop.is_set():
                if not self.score_waiting():
                    self._stop.wait(self.config.queue.poll_s)

    def score_waiting(self) -> int:
        """Score what waits now, first the films that are new, then those that another worker left behind.

        Returns:
            How many were taken in hand.
        """
        return self._score_fresh() + self._score_suspects()

    def _score_fresh(self) -> int:
        in_hand = deque(self._lease())
        if not in_hand:
            return 0
        done: list[tuple[Lease, Screened]] = []
        since, n_films = time.monotonic(), 0
        for screened in self._screened(self._fresh_paths(in_hand)):
            done.append((in_hand.popleft(), screened))
            n_films += 1
            if len(done) >= _GROUP or not in_hand or time.monotonic() - since > _GROUP_S:
                self._record(done)
                done, since = [], time.monotonic()
        if done:
            self._record(done)
        return n_films

    def _fresh_paths(self, in_hand: deque[Lease]) -> Iterator[Path]:
        """Yield the films in hand, and lease more as the pool asks for them; ends when there are no more for now."""
        leases, n_leased = list(in_hand), len(in_hand)
        while leases:
            for lease in leases:
                yield self.store.films.path(lease.sha256)
            leases = [] if n_leased >= _RUN or self._stop.is_set() else self._lease()
            n_leased += len(leases)
            in_hand.extend(leases)

    def _lease(self) -> list[Lease]:
        with self.store.database.claim() as connection:
            return queue.lease(
                connection,
                bundle_id=self.bundle_id,
                owner=self.owner,
                n=_LEASE,
                lease_s=self.config.queue.lease_s,
                now=self.clock(),
            )

    def _score_suspects(self) -> int:
        """Score what other workers left behind, each film with nothing else in hand."""
        n_films = 0
        while not self._stop.is_set():
            with self.store.database.claim() as connection:
                lease = queue.lease_suspect(
                    connection,
                    bundle_id=self.bundle_id,
                    owner=self.owner,
                    lease_s=self.config.queue.lease_s,
                    now=self.clock(),
                )
            if lease is None:
                break
            n_films += 1
            path = self.store.films.path(lease.sha256)
            if lease.attempts > self.config.queue.max_attempts:
                self._record([(lease, Screened(NotScored(path, _given_up(lease))))])
            else:
                self._record([(lease, next(self._screened(iter([path]))))])
        return n_films

    def _screened(self, paths: Iterator[Path]) -> Iterator[Screened]:
        return screen(paths, self.predictor, config=self.config, pictures=True, pool=self.pool)

    def _record(self, done: list[tuple[Lease, Screened]]) -> None:
        """Write outcomes, however long the store takes to be writable again: they are not made twice."""
        while True:
            try:
                self._write(done)
            except StoreError as error:
                _log.warning("outcomes wait to be written: %s", error)
                if self._stop.wait(_RETRY_S):
                    return  # the leases run out, and the films are scored again
            else:
                return

    def _write(self, done: list[tuple[Lease, Screened]]) -> None:
        now = self.clock()
        with self.store.database.write() as connection:
            mine = queue.finish(connection, [lease for lease, _ in done], owner=self.owner)
            found = [self._new(lease, screened) for lease, screened in done if lease.job_id in mine]
            outcomes.record(connection, found, bundle_id=self.bundle_id, now=now)
            changes.append(connection, [new.film_id for new in found], Change.SCORED, now=now)

    def _new(self, lease: Lease, screened: Screened) -> NewOutcome:
        outcome, bundle = screened.outcome, self.predictor.bundle
        interval = None
        if isinstance(outcome, Scored) and bundle.tuning_scores is not None:
            low, high = probability_interval(bundle.calibration, bundle.tuning_scores, outcome.logit)
            interval = float(low), float(high)
        heat_map = None if screened.picture is None else screened.picture.heat_map
        return NewOutcome(lease.film_id, outcome, interval=interval, heat_map=heat_map)

    @contextmanager
    def _heartbeat(self) -> Iterator[None]:
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
        lease_s = self.config.queue.lease_s
        while not over.wait(lease_s / 3):
            try:
                with self.store.database.write() as connection:
                    queue.extend(connection, owner=self.owner, lease_s=lease_s, now=self.clock())
            except StoreError as error:
                _log.warning("leases could not be extended: %s", error)


def _given_up(lease: Lease) -> Reason:
    return Reason(
        Refusal.CRASHED,
        f"The program that scores films ended {lease.attempts - 1} times with this film in hand.",
    )
