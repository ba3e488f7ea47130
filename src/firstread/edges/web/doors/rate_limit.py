"""How often somebody may ask: a bucket of tokens for each caller, in memory of a fixed size."""

import math
from collections import OrderedDict
from dataclasses import dataclass

__all__ = ["Buckets", "seconds_to_say"]

_MOST_CALLERS = 10_000


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class Buckets:
    """A bucket for each caller, which a request takes a token from and time fills again.

    Not the library `limits`: its strategies count in windows, and its memory grows with the callers that an attacker
    invents. To be used on one thread.

    Args:
        per_s: Tokens that come back each second.
        burst: Tokens in a full bucket.
        most_callers: How many are remembered; who was quiet for longest is forgotten first.
    """

    def __init__(self, *, per_s: float, burst: float, most_callers: int = _MOST_CALLERS) -> None:
        self._per_s = per_s
        self._burst = burst
        self._most_callers = most_callers
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def wait_s(self, caller: str, *, now: float) -> float:
        """Return the seconds until there is a token for the caller; 0 when there is one."""
        return max(0.0, (1 - self._filled(caller, now)) / self._per_s)

    def take(self, caller: str, *, now: float) -> float:
        """Take a token and return 0; or, when there is none, the seconds until there is."""
        tokens = self._filled(caller, now)
        taken = tokens >= 1
        self._buckets[caller] = _Bucket(tokens - 1 if taken else tokens, now)
        self._buckets.move_to_end(caller)
        while len(self._buckets) > self._most_callers:
            self._buckets.popitem(last=False)
        return 0.0 if taken else (1 - tokens) / self._per_s

    def forget(self, caller: str) -> None:
        """Fill a caller's bucket."""
        self._buckets.pop(caller, None)

    def _filled(self, caller: str, now: float) -> float:
        bucket = self._buckets.get(caller)
        if bucket is None:
            return self._burst
        # A clock that is set back takes nothing away.
        return min(self._burst, bucket.tokens + max(0.0, now - bucket.at) * self._per_s)


def seconds_to_say(wait_s: float) -> str:
    """Return a wait as Retry-After has it: whole seconds, never too few."""
    return str(max(1, math.ceil(wait_s)))
