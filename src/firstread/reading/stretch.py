"""Stretches of time that a dashboard looks back on, in bins that begin at round times."""

import math
from enum import StrEnum

from firstread.store.windows import Window

__all__ = ["Stretch", "window"]

_MINUTE_S, _HOUR_S, _DAY_S = 60.0, 3600.0, 86400.0


class Stretch(StrEnum):
    """How far back."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    DAYS_30 = "30days"
    DAYS_90 = "90days"


# Length of a bin, and how many.
_BINS = {
    Stretch.HOUR: (5 * _MINUTE_S, 12),
    Stretch.DAY: (_HOUR_S, 24),
    Stretch.WEEK: (6 * _HOUR_S, 28),
    Stretch.DAYS_30: (_DAY_S, 30),
    Stretch.DAYS_90: (3 * _DAY_S, 30),
}


def window(stretch: Stretch, *, now: float, utc_offset_s: float = 0.0) -> Window:
    """Return the bins of a stretch; the last one has just begun, or is in progress.

    Args:
        stretch: How far back.
        now: Seconds since 1970.
        utc_offset_s: How far the clocks of whoever looks are ahead of UTC: days begin at their midnight.
    """
    step_s, n_bins = _BINS[stretch]
    end = (math.floor((now + utc_offset_s) / step_s) + 1) * step_s - utc_offset_s
    return Window(end - n_bins * step_s, step_s, n_bins)
