"""The reading room in numbers, as Prometheus collects them: asked anew each time, so that none is out of date."""

import threading
from collections import Counter
from collections.abc import Iterator

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily
from prometheus_client.registry import Collector

from firstread import __version__
from firstread.edges.web.room import Room
from firstread.evaluation.shift import WARN_PERCENTAGE
from firstread.store import changes, outcome_tally, queue, waits
from firstread.terms import Band, Refusal

__all__ = ["RoomCollector"]

_UNREAD = (*(band.value for band in Band), "waiting", "not_scored")


class RoomCollector(Collector):
    """Collects what stands in a room now, and what was scored since the server started.

    Args:
        room: The room.
    """

    def __init__(self, room: Room) -> None:
        self._room = room
        self._counting = threading.Lock()
        self._scored = self._with_shift = self._unlike = 0
        self._refused: Counter[Refusal] = Counter()
        with room.store.database.read() as connection:
            self._counted_up_to = changes.latest(connection)

    def describe(self) -> list[Metric]:
        """Return nothing: registering asks for names alone, and must not wait for the store."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield every number.

        Raises:
            StoreError: If the store does not answer.
        """
        yield InfoMetricFamily(
            "firstread_server",
            "Which release runs here, and which model scores.",
            {"version": __version__, "bundle": self._room.bundle.sha256},
        )
        yield from self._films()
        yield from self._queue()
        yield from self._outcomes()

    def _films(self) -> Iterator[Metric]:
        ranked, now = self._room.worklist.ranked, self._room.clock()
        counts, oldest = ranked.counts(), ranked.oldest()
        yield _gauge("firstread_films", "Films in the store.", counts["all"])
        yield _gauge("firstread_films_read", "Films that somebody has read.", counts["read"])
        unread = GaugeMetricFamily(
            "firstread_films_unread",
            "Films that nobody has read, by band; waiting: for the model.",
            labels=["kind"],
        )
        waiting = GaugeMetricFamily(
            "firstread_oldest_unread_seconds",
            "Since when the film waits that nobody has read and that has waited longest; 0 without one.",
            labels=["kind"],
        )
        for kind in _UNREAD:
            unread.add_metric([kind], counts[kind])
            waiting.add_metric([kind], max(0.0, now - oldest.get(kind, now)))
        yield unread
        yield waiting

    def _queue(self) -> Iterator[Metric]:
        with self._room.store.database.read() as connection:
            queued, oldest_at = queue.count(connection), waits.oldest_in_queue(connection)
        jobs = GaugeMetricFamily(
            "firstread_queue_films", "Films in the queue for a model, by state.", labels=["state"]
        )
        jobs.add_metric(["waiting"], queued.waiting)
        jobs.add_metric(["leased"], queued.leased)
        yield jobs
        now = self._room.clock()
        yield _gauge(
            "firstread_queue_oldest_seconds",
            "Since when the film waits for a model that has waited longest; 0 without one.",
            max(0.0, now - (now if oldest_at is None else oldest_at)),
        )

    def _outcomes(self) -> Iterator[Metric]:
        # Films that are removed must not be taken off again: a counter that falls looks like a restart.
        with self._counting:
            with self._room.store.database.read() as connection:
                tally = outcome_tally.tally(
                    connection, after=self._counted_up_to, unlike_from=WARN_PERCENTAGE
                )
            self._counted_up_to = tally.up_to
            self._scored += tally.scored
            self._with_shift += tally.with_shift
            self._unlike += tally.unlike
            self._refused.update(tally.refused)
            scored, with_shift, unlike = self._scored, self._with_shift, self._unlike
            refused = dict(self._refused)
        yield CounterMetricFamily(
            "firstread_scored", "Films that were scored since the server started.", scored
        )
        yield CounterMetricFamily(
            "firstread_scored_with_shift",
            "Films that were scored since the server started, and have a shift.",
            with_shift,
        )
        yield CounterMetricFamily(
            "firstread_scored_unlike",
            f"Films that were scored since the server started, with a shift of {WARN_PERCENTAGE:.0f} or more.",
            unlike,
        )
        not_scored = CounterMetricFamily(
            "firstread_not_scored",
            "Files that were not scored since the server started, by reason.",
            labels=["reason"],
        )
        for refusal in Refusal:
            not_scored.add_metric([refusal.value], refused.get(refusal, 0))
        yield not_scored


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, value)
