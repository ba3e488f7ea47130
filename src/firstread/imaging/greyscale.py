"""From stored values to grey levels: modality LUT → VOI → MONOCHROME1 inversion (DICOM PS3.4 N.2).

A radiograph has at most 65,536 different stored values, so each step works on the table of them and not on the
film: the film is looked up once, at the end.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = [
    "LookUpTable",
    "Rescale",
    "Window",
    "WindowFunction",
    "inverted",
    "modality_values",
    "robust_window",
    "voi_levels",
    "widened",
]

Values = npt.NDArray[np.float64]
WindowFunction = str
# Percentiles shown as black and white when a film states no window: collimator shadows and markers lie outside.
_DARKEST, _BRIGHTEST = 0.5, 99.5
# Widths of a window that are kept on each side of it: of 65,536 grey levels, at least 256 then remain within it, as
# many as a screen shows.
_WIDTHS_BESIDE = 127


@dataclass(frozen=True, slots=True)
class Rescale:
    """Rescale Slope (0028,1053) and Intercept (0028,1052)."""

    slope: float = 1.0
    intercept: float = 0.0


@dataclass(frozen=True, slots=True)
class LookUpTable:
    """A Modality or VOI LUT (PS3.3 C.11.1.1, C.11.2.1.1).

    Args:
        first: The value that the first entry belongs to.
        entries: The output values; what lies outside gets the first or the last of them.
        bits: Of an entry.
    """

    first: int
    entries: npt.NDArray[np.uint16]
    bits: int

    def __call__(self, values: Values) -> Values:
        """Return the entry that belongs to each value."""
        position = np.clip(np.rint(values) - self.first, 0, self.entries.size - 1)
        return np.asarray(self.entries[position.astype(np.intp)], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Window:
    """Window Center (0028,1050) and Width (0028,1051) with VOI LUT Function (0028,1056).

    Args:
        centre: In modality values.
        width: In modality values; at least 1 for LINEAR, above 0 otherwise.
        function: "LINEAR", "LINEAR_EXACT" or "SIGMOID".
    """

    centre: float
    width: float
    function: WindowFunction = "LINEAR"

    @property
    def is_valid(self) -> bool:
        """The standard allows this centre and width (PS3.3 C.11.2.1.2)."""
        least = 1.0 if self.function == "LINEAR" else np.nextafter(0, 1)
        return bool(np.isfinite(self.centre) and np.isfinite(self.width) and self.width >= least)

    @property
    def is_ramp(self) -> bool:
        """Brightness rises in a straight line from black to white."""
        return self.function == "LINEAR_EXACT" or (self.function == "LINEAR" and self.width > 1)

    @property
    def ends(self) -> tuple[float, float]:
        """The highest value that a ramp shows black, and the lowest that it shows white."""
        # PS3.3 C.11.2.1.2.1: a LINEAR window counts the values from the first to the last, and not the steps.
        counted = 1 if self.function == "LINEAR" else 0
        middle, half = self.centre - counted / 2, (self.width - counted) / 2
        return middle - half, middle + half

    def __call__(self, values: Values) -> Values:
        """Return how bright each value is shown, in [0, 1]."""
        if self.function == "SIGMOID":
            exponent = np.clip(-4 * (values - self.centre) / self.width, -700, 700)
            return np.asarray(1 / (1 + np.exp(exponent)))
        if self.function == "LINEAR_EXACT":
            return np.clip((values - self.centre) / self.width + 0.5, 0, 1)
        if self.width == 1:
            return np.where(values <= self.centre - 0.5, 0.0, 1.0)
        return np.clip((values - (self.centre - 0.5)) / (self.width - 1) + 0.5, 0, 1)


def modality_values(stored: Values, modality: Rescale | LookUpTable) -> Values:
    """Return the values the detector's maker means (PS3.3 C.11.1), shape unchanged."""
    if isinstance(modality, LookUpTable):
        return modality(stored)
    return np.asarray(stored * modality.slope + modality.intercept)


def voi_levels(values: Values, voi: Window | LookUpTable) -> Values:
    """Return how bright each modality value is shown, in [0, 1] (PS3.3 C.11.2)."""
    if isinstance(voi, LookUpTable):
        return np.asarray(voi(values) / (2**voi.bits - 1))
    return voi(values)


def inverted(levels: Values) -> Values:
    """Return the levels of a MONOCHROME1 film as MONOCHROME2: there, the lowest value is shown white."""
    return np.asarray(1 - levels)


def widened(window: Window, values: Values) -> Window:
    """Return a window that hides none of these values, and nothing that a ramp shows; itself, if it hides none.

    A value that lies hundreds of widths away, such as padding that the file does not state, is hidden all the same.

    Args:
        window: A ramp.
        values: Modality values, shape (n,), at least one.
    """
    low, high = window.ends
    beside = _WIDTHS_BESIDE * (high - low)
    darkest = min(low, max(float(values.min()), low - beside))
    brightest = max(high, min(float(values.max()), high + beside))
    if (darkest, brightest) == (low, high):
        return window
    return Window((darkest + brightest) / 2, brightest - darkest, "LINEAR_EXACT")


def robust_window(values: Values, counts: npt.NDArray[np.int64]) -> Window:
    """Return a window for a film that states none: between two percentiles of its own values.

    Args:
        values: Modality value of each stored value.
        counts: How many pixels of the film, padding left out, have it.
    """
    order = np.argsort(values, kind="stable")
    share = np.cumsum(counts[order]) * (100 / max(int(counts.sum()), 1))
    last = order.size - 1
    low = float(values[order[min(int(np.searchsorted(share, _DARKEST)), last)]])
    high = float(values[order[min(int(np.searchsorted(share, _BRIGHTEST)), last)]])
    return Window((low + high) / 2, max(high - low, 1.0), "LINEAR_EXACT")
