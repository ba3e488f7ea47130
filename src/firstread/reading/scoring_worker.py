"""A worker: it leases films, screens them and records what came out, until it is told to stop."""

import contextlib
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from firstread.config import Config
from firstread.errors import StoreError, StoreRefusedError
from firstread.evaluation.calibration_interval import probability_interval
from firstread.imaging.film_pool import FilmPool
from firstread.inference.predictor import Predictor
from firstread.reading.films_in_hand import FilmsInHand
from firstread.reading.making_way import MakingWay
from firstread.reading.standstill import Standstill
from firstread.records import NotScored, Outcome, Reason, Scored
from firstread.screening import Screened, screen
from firstread.store import changes, outcomes, shared_clock
from firstread.store.database import Transaction
from firstread.store.outcomes import NewOutcome
from firstread.store.queue import Lease
from firstread.store.store import Store
from firstread.store.store_mark import StoreMark
from firstread.terms import Change, Refusal

__all__ = ["ScoringWorker"]

_log = logging.getLogger(__name__)

# Outcomes written in one transaction, and how long the first of them waits at most for the others.
_GROUP, _GROUP_S = 128, 0.5
# Then the films that others left behind have their turn, and what the run remembers of its films is let go.
_RUN = 5000
# Between two tries to use a store that does not answer, is held or full.
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
        mark: What the folder of films has to bear; while it does not, no film is scored.
        owner: A name that no other worker has, ever.
        clock: Seconds since 1970, as told within a transaction: the same for all workers.

    Attributes:
        making_way: Hears of films that come to this machine.
    """

    store: Store
    predictor: Predictor
    pool: FilmPool
    config: Config
    bundle_id: int
    mark: StoreMark
    owner: str
    clock: Callable[[Transaction], float] = shared_clock.now
    making_way: MakingWay = field(default_factory=MakingWay, init=False)
    _in_hand: FilmsInHand = field(init=False)
    _standstill: Standstill = field(init=False)
    _stop: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._in_hand = FilmsInHand(
            self.store.database, self.config.queue, self.bundle_id, self.owner, self.clock
        )
        self._standstill = Standstill(self.store, self.predictor.bundle, self.bundle_id, self.mark)

    def stop(self) -> None:
        """Finish what is in hand, then return from `run`; may be called from a signal handler."""
        self._stop.set()

    def run(self) -> None:
        """Score films as they come, until `stop` is called.

        Raises:
            WorkerError: If the processes that open films cannot start.
        """
        with self._in_hand.kept():
            while not self._stop.is_set():
                try:
                    if not self.score_waiting():
                        self._standstill.explain()
                        self._stop.wait(self.config.queue.poll_s)
                except StoreError as error:
                    _log.warning("films wait until the store answers: %s", error)
                    self._stop.wait(_RETRY_S)

    def score_waiting(self) -> int:
        """Score what waits now, first the films that are new, then those that another worker left behind.

        Returns:
            How many were taken in hand.

        Raises:
            StoreError: If the store does not answer; nothing is in hand then.
        """
        return self._score_fresh() + self._score_suspects()

    def _score_fresh(self) -> int:
        in_hand = deque(self._in_hand.take_fresh() if self.mark.is_there() else [])
        if not in_hand:
            return 0
        done: list[tuple[Lease, Screened]] = []
        # The first outcome is written at once: somebody who has just sent films waits to see that it goes on.
        since, n_films = float("-inf"), 0
        for screened in self._screened(self._fresh_paths(in_hand)):
            done.append((in_hand.popleft(), screened))
            n_films += 1
            if len(done) >= _GROUP or not in_hand or time.monotonic() - since > _GROUP_S:
                self._record(done)
                done, since = [], time.monotonic()
            self.making_way.step_back(self._stop)
        if done:
            self._record(done)
        return n_films

    def _fresh_paths(self, in_hand: deque[Lease]) -> Iterator[Path]:
        """Yield the films in hand, and lease more as the pool asks for them; ends when there are no more for now."""
        leases, n_leased = list(in_hand), len(in_hand)
        while leases:
            for lease in leases:
                yield self.store.films.path(lease.sha256)
            leases = [] if n_leased >= _RUN or self._stop.is_set() else self._more()
            n_leased += len(leases)
            in_hand.extend(leases)

    def _more(self) -> list[Lease]:
        """Lease more films beside those in hand, which must be scored and recorded whatever the store says now."""
        try:
            return self._in_hand.take_fresh() if self.mark.is_there() else []
        except StoreError as error:
            _log.warning("no more films could be taken in hand: %s", error)
            return []

    def _score_suspects(self) -> int:
        """Score what other workers left behind, each film with nothing else in hand."""
        n_films = 0
        while not self._stop.is_set() and self.mark.is_there():
            lease = self._in_hand.take_suspect()
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
        """Write outcomes; one that the store refuses keeps no other from being written."""
        done = self._of_films(done)
        try:
            self._write_when_it_can(done)
        except StoreRefusedError:
            for lease, screened in done:
                self._record_alone(lease, screened)
        self._in_hand.let_go(lease for lease, _ in done)

    def _record_alone(self, lease: Lease, screened: Screened) -> None:
        try:
            self._write_when_it_can([(lease, screened)])
        except StoreRefusedError as error:
            _log.error("the outcome of film %d cannot be written: %s", lease.film_id, error)
            # Else its lease runs out, and it is tried again as often as a film that ends its worker.
            if lease.attempts >= self.config.queue.max_attempts:
                last = Screened(NotScored(screened.outcome.path, _refused(lease)))
                # Refused too, it is let go all the same: held, its lease would never run out.
                with contextlib.suppress(StoreRefusedError):
                    self._write_when_it_can([(lease, last)])

    def _write_when_it_can(self, done: list[tuple[Lease, Screened]]) -> None:
        """Write outcomes, however long the store takes to be writable again: they are not made twice.

        Raises:
            StoreRefusedError: If the store can be written, but not one of these; none of them is written then.
        """
        while done:
            try:
                self._write(done)
            except StoreRefusedError:
                raise
            except StoreError as error:
                _log.warning("outcomes wait to be written: %s", error)
                if self._stop.wait(_RETRY_S):
                    return  # the leases run out, and the films are scored again
            else:
                return

    def _of_films(self, done: list[tuple[Lease, Screened]]) -> list[tuple[Lease, Screened]]:
        """Leave out what speaks of this machine and not of a film: an outcome is for ever, and another try is due."""
        failed = [lease for lease, screened in done if _of_machine(screened)]
        if not failed:
            return done
        if self.mark.is_there():
            # The next try comes when the lease has run out, by another machine perhaps; the last one counts.
            failed = [lease for lease in failed if lease.attempts < self.config.queue.max_attempts]
            self._in_hand.let_go(failed)
        else:
            self._give_back(failed)
        _log.warning("%d films could not be opened on this machine and wait for another try", len(failed))
        again = set(failed)
        return [(lease, _last(lease, screened)) for lease, screened in done if lease not in again]

    def _give_back(self, leases: list[Lease]) -> None:
        try:
            self._in_hand.give_back(leases)
        except StoreError as error:
            _log.warning("films could not be given back, and their leases run out: %s", error)

    def _write(self, done: list[tuple[Lease, Screened]]) -> None:
        with self.store.database.write() as connection:
            now = self.clock(connection)
            mine = self._in_hand.finish(connection, [lease for lease, _ in done])
            found = self._new([(lease, screened) for lease, screened in done if lease in mine])
            outcomes.record(connection, found, bundle_id=self.bundle_id, now=now)
            changes.append(connection, [new.film_id for new in found], Change.SCORED, now=now)

    def _new(self, done: Sequence[tuple[Lease, Screened]]) -> list[NewOutcome]:
        intervals = self._intervals([screened.outcome for _, screened in done])
        return [
            NewOutcome(
                lease.film_id,
                screened.outcome,
                interval=interval,
                heat_map=None if screened.picture is None else screened.picture.heat_map,
            )
            for (lease, screened), interval in zip(done, intervals, strict=True)
        ]

    def _intervals(self, found: Sequence[Outcome]) -> list[tuple[float, float] | None]:
        """Return the intervals of all films at once: most of what one costs is the same for each."""
        bundle = self.predictor.bundle
        if bundle.tuning_scores is None:
            return [None] * len(found)
        logits = [outcome.logit if isinstance(outcome, Scored) else np.nan for outcome in found]
        limits = np.transpose(probability_interval(bundle.calibration, bundle.tuning_scores, logits))
        return [
            (float(low), float(high)) if isinstance(outcome, Scored) else None
            for outcome, (low, high) in zip(found, limits, strict=True)
        ]


def _of_machine(screened: Screened) -> bool:
    return isinstance(screened.outcome, NotScored) and screened.outcome.reason.of_machine


def _last(lease: Lease, screened: Screened) -> Screened:
    """Return an outcome as it is written, and say of what was tried in vain how often it was."""
    outcome = screened.outcome
    if not isinstance(outcome, NotScored) or not outcome.reason.of_machine:
        return screened
    tried = f"{outcome.reason.message} It was tried {lease.attempts} times."
    return Screened(replace(outcome, reason=replace(outcome.reason, message=tried)))


def _refused(lease: Lease) -> Reason:
    return Reason(
        Refusal.CRASHED, f"It was tried {lease.attempts} times, and the store refused what came out."
    )


def _given_up(lease: Lease) -> Reason:
    return Reason(
        Refusal.CRASHED,
        f"The program that scores films ended {lease.attempts - 1} times with this film in hand.",
    )
