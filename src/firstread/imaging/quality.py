"""Whether a radiograph can be scored at all, and why not."""

import numpy as np

from firstread.config import ReadLimits
from firstread.imaging.radiograph import Radiograph
from firstread.records import Reason
from firstread.terms import Refusal

__all__ = ["check"]

_TINT = 12.0


def check(radiograph: Radiograph, limits: ReadLimits) -> Reason | None:
    """Return why a radiograph must not be scored, or None when nothing speaks against it."""
    facts = radiograph.facts
    if min(facts.height, facts.width) < limits.min_side:
        return Reason(
            Refusal.TOO_SMALL,
            f"The shortest side must have at least {limits.min_side} pixels to show an infiltrate; "
            f"this film has {facts.width} × {facts.height}.",
        )
    if radiograph.tint > _TINT:
        return Reason(
            Refusal.COLOUR_PHOTOGRAPH,
            "A radiograph is grey; this file is a colour picture.",
        )
    if int(np.ptp(radiograph.pixels)) < radiograph.white * 0.04:
        return Reason(Refusal.BLANK, "The film is blank: all of it has nearly the same grey.")
    return None
