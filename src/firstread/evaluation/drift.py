"""Whether the films that come have moved away from those that a model was tuned on."""

from dataclasses import dataclass

from firstread.evaluation.intervals import Interval, share
from firstread.evaluation.shift import WARN_PERCENTAGE

__all__ = ["FAR_LIMIT", "FEWEST", "LEVEL", "UNLIKE_LIMIT", "Drift", "Sign", "judge"]

FEWEST = 20
"""Of fewer films nothing is said."""
LEVEL = 0.99
"""Confidence of a warning. It is looked for many times a day: at 95 % it would soon come by chance."""
UNLIKE_LIMIT = 2 * (100 - WARN_PERCENTAGE) / 100
"""Share of films unlike the training films from which there is a warning: twice that of tuning films."""
FAR_LIMIT = 0.6
"""Share of films with a shift above 50 from which there is a warning; of tuning films it is a half."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign of drift: a share of films, and the limit that it should stay below.

    Args:
        count: Films that have the property.
        n: Films with a shift.
        share: With its interval at `LEVEL`; None for fewer than `FEWEST` films.
        expected: The share among tuning films.
        limit: There is a warning when the whole interval lies above it.
    """

    count: int
    n: int
    share: Interval | None
    expected: float
    limit: float

    @property
    def warns(self) -> bool:
        """Whether chance hardly explains so many such films."""
        return self.share is not None and self.share.low > self.limit


@dataclass(frozen=True, slots=True)
class Drift:
    """What the shift of films says of them together.

    Args:
        unlike: Films that are called unlike the training films.
        far: Films that are less ordinary than the tuning film in the middle.
    """

    unlike: Sign
    far: Sign

    @property
    def warns(self) -> bool:
        """Whether either sign does."""
        return self.unlike.warns or self.far.warns


def judge(n: int, *, unlike: int, far: int) -> Drift:
    """Judge films by their shift.

    A film's shift is the percentage of tuning films that are more ordinary. Films like those have every shift equally
    often: one in a hundred is at least 99, and half are above 50. Each film counts as one, though films of one patient
    are alike; the limits lie above the expected shares for that reason too.

    Args:
        n: Films with a shift.
        unlike: Those of at least `WARN_PERCENTAGE`.
        far: Those above 50.
    """
    expected = (100 - WARN_PERCENTAGE) / 100
    return Drift(
        Sign(unlike, n, share(unlike, n, fewest=FEWEST, level=LEVEL), expected, UNLIKE_LIMIT),
        Sign(far, n, share(far, n, fewest=FEWEST, level=LEVEL), 0.5, FAR_LIMIT),
    )
