"""One file becomes the picture that a reader sees: full grey depth, reduced only where that is asked for."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from firstread.config import ReadLimits
from firstread.errors import ImageReadError
from firstread.imaging.first_window import FirstWindow
from firstread.imaging.radiograph import GreyPixels
from firstread.imaging.read import read
from firstread.records import Reason
from firstread.terms import Refusal

__all__ = ["Displayed", "Reduction", "display", "reduced"]

_SMALLEST_SIDE = 16


@dataclass(frozen=True, slots=True)
class Reduction:
    """How large a displayed film may be.

    Args:
        max_side: Pixels that its longest side has at most, 16 or more; None: as stored.
    """

    max_side: int | None = None

    def __post_init__(self) -> None:
        if self.max_side is not None and self.max_side < _SMALLEST_SIDE:
            raise ValueError(f"max_side must be at least {_SMALLEST_SIDE}; received {self.max_side}.")

    def as_dict(self) -> dict[str, Any]:
        """Return the reduction as plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Reduction":
        """Return the reduction that `as_dict` wrote."""
        return cls(**values)

    def shape_of(self, height: int, width: int) -> tuple[int, int]:
        """Return rows and columns of a film after the reduction; never more than before."""
        longest = max(height, width)
        if self.max_side is None or longest <= self.max_side:
            return height, width
        scale = self.max_side / longest
        return max(1, round(height * scale)), max(1, round(width * scale))


@dataclass(frozen=True, slots=True)
class Displayed:
    """A film as a reader sees it: upright, dense tissue bright, and with what its first window hides.

    Args:
        pixels: Shape (height, width), uint8 or uint16 grey levels.
        white: The brightest grey level (255, 4095, 65535 …); 0 is the darkest.
        stored_height: Rows of the stored radiograph, before any reduction.
        stored_width: Its columns.
        window: Which grey levels are shown as black and white at first; None: 0 and `white`.
    """

    pixels: GreyPixels
    white: int
    stored_height: int
    stored_width: int
    window: FirstWindow | None = None

    def __post_init__(self) -> None:
        if self.pixels.ndim != 2 or self.pixels.dtype not in (np.uint8, np.uint16) or not self.pixels.size:
            raise ValueError(
                "Displayed.pixels must be (height, width) of uint8 or uint16; "
                f"received shape {self.pixels.shape} of {self.pixels.dtype}."
            )
        if not 1 <= self.white < 2**self.bits:
            raise ValueError(
                f"Displayed.white must be a grey level of {self.bits} bits; received {self.white}."
            )
        height, width = self.pixels.shape
        if self.stored_height < height or self.stored_width < width:
            raise ValueError(
                f"A displayed film must not be larger than stored; received {width} × {height} "
                f"of {self.stored_width} × {self.stored_height}."
            )

    @property
    def bits(self) -> int:
        """Bits of one sample: 8 or 16."""
        return 8 * self.pixels.dtype.itemsize

    @property
    def first_window(self) -> FirstWindow:
        """The window that the film is first shown with."""
        return self.window or FirstWindow.of_all(self.white)

    def samples(self) -> bytes:
        """Return the pixels row by row, 16-bit samples with the low byte first."""
        return self.pixels.astype(self.pixels.dtype.newbyteorder("<"), copy=False).tobytes()


def display(source: Path | bytes, reduction: Reduction, *, limits: ReadLimits) -> Displayed | Reason:
    """Return what a reader sees of one file, or the reason why there is nothing to see.

    A film that may not be scored, such as a blank or a small one, is displayed all the same.
    Never raises for what a file may hold: an unreadable film is an expected outcome.
    """
    side = reduction.max_side
    try:
        to = None if side is None else (side, side)
        radiograph = read(source, limits=limits, reduce_to=to, unclipped=True)
        facts, window = radiograph.facts, radiograph.first_window
        film = Displayed(radiograph.pixels, radiograph.white, facts.height, facts.width, window)
        return reduced(film, reduction)
    except ImageReadError as error:
        return Reason(error.refusal, str(error), of_machine=error.of_machine)
    except MemoryError:
        return Reason(Refusal.OUT_OF_MEMORY, "The film needs more memory to open than one film may use.")


def reduced(film: Displayed, reduction: Reduction) -> Displayed:
    """Return the film no larger than the reduction allows, at its own grey depth.

    Each pixel is the weighted mean of all the stored pixels around it: nothing is skipped, so that fine lines fade
    instead of breaking up. The weights (a triangle as wide as the reduction) add up to the same for each stored
    pixel, so that a line is as bright wherever it lies, and are never negative, so that a steep edge, such as that
    of a pacemaker, gets no halo that could be taken for air.
    """
    shape = reduction.shape_of(*film.pixels.shape)
    if shape == film.pixels.shape:
        return film
    return replace(film, pixels=_resized(film.pixels, shape))


def _resized(pixels: GreyPixels, shape: tuple[int, int]) -> GreyPixels:
    from PIL.Image import Resampling, fromarray

    if pixels.dtype == np.uint8:
        return np.asarray(fromarray(pixels).resize(shape[::-1], Resampling.BILINEAR), np.uint8)
    # A 32-bit fraction holds each of 65,536 levels and the means between them.
    means = np.asarray(fromarray(pixels.astype(np.float32)).resize(shape[::-1], Resampling.BILINEAR))
    return np.asarray(np.rint(means), np.uint16)
