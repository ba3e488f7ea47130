"""Decoded pixels and what their file says about them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from firstread.imaging.first_window import FirstWindow
from firstread.records import FilmFacts

__all__ = ["GreyPixels", "Radiograph"]

GreyPixels = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class Radiograph:
    """One radiograph as a reader would see it: upright, and dense tissue bright.

    Args:
        pixels: Shape (height, width), uint8 or uint16; fewer than stored after a reduced-scale decode.
        white: The grey level shown as white (255, 4095, 65535 …); 0 is shown as black.
        facts: What the file says of itself, without identity.
        warnings: What a reader should know, in words.
        tint: Mean distance of the colours from grey, in grey levels of 0..255; 0 for a file without colour.
        first_window: How a film that shows more than its file's window is first shown; None: black to white.
    """

    pixels: GreyPixels
    white: int
    facts: FilmFacts
    warnings: tuple[str, ...] = ()
    tint: float = 0.0
    first_window: FirstWindow | None = None

    def __post_init__(self) -> None:
        if self.pixels.ndim != 2 or self.pixels.dtype not in (np.uint8, np.uint16):
            raise ValueError(
                "Radiograph.pixels must be (height, width) of uint8 or uint16; "
                f"received shape {self.pixels.shape} of {self.pixels.dtype}."
            )
        if not 1 <= self.white <= np.iinfo(self.pixels.dtype).max:
            raise ValueError(
                f"Radiograph.white must be a grey level of {self.pixels.dtype}; received {self.white}."
            )
