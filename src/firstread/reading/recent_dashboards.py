"""Dashboards of a moment ago: many pages that look at once cost one look."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from firstread.reading import dashboard
from firstread.reading.dashboard import Dashboard
from firstread.reading.standing_worklist import StandingWorklist
from firstread.reading.stretch import Stretch
from firstread.store.store import Store

__all__ = ["RecentDashboards"]

# Asked again so soon, the same is told; and looking back may take at most so much of one processor's time.
_FRESH_S, _WORK_SHARE = 2.0, 0.1
_KEPT = 32


@dataclass
class RecentDashboards:
    """What was gathered last, for each stretch; of one stretch, one look at a time.

    Args:
        store: Films and all that is known of them.
        worklist: The store's films, ranked.
        clock: Seconds of a clock that is never set.
    """

    store: Store
    worklist: StandingWorklist
    clock: Callable[[], float] = time.monotonic
    _looking: dict[Stretch, threading.Lock] = field(
        default_factory=lambda: {stretch: threading.Lock() for stretch in Stretch}
    )
    _kept: OrderedDict[tuple[Stretch, float], tuple[float, Dashboard]] = field(default_factory=OrderedDict)
    _keeping: threading.Lock = field(default_factory=threading.Lock)

    def look(self, stretch: Stretch, *, now: float, utc_offset_s: float = 0.0) -> Dashboard:
        """Return a stretch as it was a moment ago; where there is more to count, that is a longer moment.

        Raises:
            StoreError: If the store does not answer.
        """
        with self._looking[stretch]:
            began = self.clock()
            with self._keeping:
                fresh_until, kept = self._kept.get((stretch, utc_offset_s), (began, None))
            if kept is not None and began < fresh_until:
                return kept
            made = dashboard.gather(
                self.store, self.worklist.ranked, stretch, now=now, utc_offset_s=utc_offset_s
            )
            ended = self.clock()
            self._keep((stretch, utc_offset_s), ended + max(_FRESH_S, (ended - began) / _WORK_SHARE), made)
            return made

    def _keep(self, key: tuple[Stretch, float], fresh_until: float, made: Dashboard) -> None:
        with self._keeping:
            self._kept[key] = (fresh_until, made)
            self._kept.move_to_end(key)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
