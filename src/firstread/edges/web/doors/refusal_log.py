"""Who was not let in, in the audit log: no faster than somebody can read it, so that guessing fills no disk."""

from collections import Counter
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool

from firstread.edges.web.doors.rate_limit import Buckets
from firstread.store import audit_log
from firstread.store.accounts import NOBODY
from firstread.store.store import Store

__all__ = ["RefusalLog"]

_BURST = 20
_PER_S = 0.1


class RefusalLog:
    """Writes refusals to the audit log; those that come too fast are counted, and the next one tells how many.

    Args:
        store: With the log.
        now: Seconds since 1970.
    """

    def __init__(self, store: Store, now: Callable[[], float]) -> None:
        self._store = store
        self._now = now
        self._buckets = Buckets(per_s=_PER_S, burst=_BURST)
        self._left_out: Counter[str] = Counter()

    async def record(self, action: str, *, reason: str, address: str, subject: str = "") -> None:
        """Record that somebody was not let in.

        Args:
            action: What was tried, as "login.failed".
            reason: Why not; one of our own words.
            address: Where it came from.
            subject: An account or a token that exists. Never what was typed: people type passwords into the wrong
                field.
        """
        now = self._now()
        if self._buckets.take(action, now=now) > 0:
            self._left_out[action] += 1
            return
        detail: dict[str, str | int] = {"reason": reason, "address": address}
        if left_out := self._left_out.pop(action, 0):
            detail["left_out_before"] = left_out
        await run_in_threadpool(self._write, action, subject, detail, now)

    def _write(self, action: str, subject: str, detail: dict[str, str | int], now: float) -> None:
        with self._store.database.write() as connection:
            audit_log.append(connection, actor=NOBODY, action=action, subject=subject, detail=detail, now=now)
