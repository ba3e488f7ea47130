"""Whether a radiograph can be scored at all, and why not.

The bounds leave room around what real films have: over 5,216 paediatric and 814 adult chest films no film has a tint
above 0, less than 60 of 255 grey levels between its darkest and brightest hundredth, more than 10 % white or more than
34 % black.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from firstread.config import ReadLimits
from firstread.imaging.radiograph import Radiograph
from firstread.records import Reason
from firstread.terms import Refusal

__all__ = ["check", "warnings"]

# Mean distance from grey: a film with a coloured stamp stays below, a photograph or a coloured map does not.
_MOST_TINT = 4.0
_LEAST_CONTRAST = 16
_FEWEST_LEVELS = 32
_MOST_WHITE = 0.40
_MOST_BLACK = 0.70
# Width over height; chest films of the training data lie in 0.9..2.4.
_NARROW, _WIDE = 0.6, 3.0
# The mediastinum is brighter than the darker lung, by 65 levels in the median of children's films and 48 in adults'.
# In 1 of 6,030 chest films it is darker by this much; of the same films inverted, in 82 % (children), 46 % (adults).
_INVERTED = -30.0
_SAMPLES = 128


@dataclass(frozen=True, slots=True)
class _Levels:
    """Shares of the film: how often each of the grey levels 0..255 occurs in a grid of samples."""

    share: npt.NDArray[np.float64]

    @property
    def contrast(self) -> int:
        """Grey levels between the darkest and the brightest hundredth."""
        below = np.cumsum(self.share)
        return int(np.searchsorted(below, 0.99) - np.searchsorted(below, 0.01))

    @property
    def count(self) -> int:
        """Grey levels that occur."""
        return int((self.share > 0).sum())

    @property
    def black(self) -> float:
        """Share of the film within a hundredth of black."""
        return float(self.share[:4].sum())

    @property
    def white(self) -> float:
        """Share of the film within a hundredth of white."""
        return float(self.share[-4:].sum())


def check(radiograph: Radiograph, limits: ReadLimits) -> Reason | None:
    """Return why a radiograph must not be scored, or None when nothing speaks against it."""
    facts = radiograph.facts
    if min(facts.height, facts.width) < limits.min_side:
        return Reason(
            Refusal.TOO_SMALL,
            f"The shortest side must have at least {limits.min_side} pixels to show an infiltrate; "
            f"this film has {facts.width} × {facts.height}.",
        )
    if radiograph.tint > _MOST_TINT:
        return Reason(
            Refusal.COLOUR_PHOTOGRAPH,
            "A radiograph must be grey; this is a colour picture, such as a photograph.",
        )
    return _check_levels(_levels(radiograph))


def warnings(radiograph: Radiograph) -> tuple[str, ...]:
    """Return what a reader should know of a film that is scored all the same."""
    found = []
    aspect = radiograph.facts.width / radiograph.facts.height
    if not _NARROW <= aspect <= _WIDE:
        found.append(
            f"The film is unusually {'narrow' if aspect < _NARROW else 'wide'} for a chest radiograph."
        )
    if _mediastinum_above_lungs(radiograph) < _INVERTED:
        found.append("The film looks inverted: the middle is darker than the sides.")
    return tuple(found)


def _check_levels(levels: _Levels) -> Reason | None:
    if levels.contrast < _LEAST_CONTRAST:
        return Reason(Refusal.BLANK, "The film is blank: all of it has nearly the same grey.")
    if levels.white > _MOST_WHITE:
        return Reason(
            Refusal.CLIPPED,
            f"{levels.white:.0%} of the film is pure white: it is overexposed or its window is wrong.",
        )
    if levels.black > _MOST_BLACK:
        return Reason(
            Refusal.CLIPPED,
            f"{levels.black:.0%} of the film is pure black: it is underexposed or its window is wrong.",
        )
    if levels.count < _FEWEST_LEVELS:
        return Reason(
            Refusal.CLIPPED,
            f"A radiograph must have at least {_FEWEST_LEVELS} grey levels; this picture has {levels.count}, "
            "as a drawing or a mask has.",
        )
    return None


def _samples(radiograph: Radiograph) -> npt.NDArray[np.int64]:
    """Return grey levels 0..255 on a regular grid of at most 128 × 128 pixels: enough for shares of a hundredth."""
    rows, columns = (max(1, -(-side // _SAMPLES)) for side in radiograph.pixels.shape)
    return radiograph.pixels[::rows, ::columns].astype(np.int64) * 255 // radiograph.white


def _levels(radiograph: Radiograph) -> _Levels:
    samples = _samples(radiograph)
    return _Levels(np.bincount(samples.ravel(), minlength=256) / samples.size)


def _mediastinum_above_lungs(radiograph: Radiograph) -> float:
    """Return how many grey levels the middle eighth of a film is brighter than the darker lung beside it.

    The darker one: an effusion may whiten one lung, and both seldom.
    """
    samples = _samples(radiograph)
    height, width = samples.shape
    rows = samples[height // 4 : height * 5 // 8]
    left, middle, right = (
        rows[:, int(width * start) : int(width * end)].mean()
        for start, end in ((3 / 16, 5 / 16), (7 / 16, 9 / 16), (11 / 16, 13 / 16))
    )
    return float(middle - min(left, right))
