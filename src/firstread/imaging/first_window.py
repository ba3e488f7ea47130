"""The window that a film is first shown with, and what its grey levels mean in the file's own values."""

import math
from dataclasses import dataclass

from firstread.imaging.greyscale import WindowFunction

__all__ = ["FirstWindow"]

_FUNCTIONS = ("LINEAR", "LINEAR_EXACT")


@dataclass(frozen=True, slots=True)
class FirstWindow:
    """Which grey levels of a film are shown as black and as white at first.

    Args:
        centre: The grey level in the middle.
        width: Grey levels from black to white, above 0.
        slope: Values of the file for one grey level, not 0; below 0 where its lowest value is shown white.
        intercept: The file's value of grey level 0.
        function: How the file counts a window (PS3.3 C.11.2.1.2): "LINEAR", centre and width are a half and a whole
            value more than the middle and the distance between black and white; or "LINEAR_EXACT", they are these.
    """

    centre: float
    width: float
    slope: float = 1.0
    intercept: float = 0.0
    function: WindowFunction = "LINEAR_EXACT"

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, (self.centre, self.width, self.slope, self.intercept))):
            raise ValueError(f"A first window must have finite numbers; received {self}.")
        if self.width <= 0 or self.slope == 0 or self.function not in _FUNCTIONS:
            raise ValueError(
                "A first window must have a width above 0, a slope other than 0 and the function "
                f"{' or '.join(_FUNCTIONS)}; received {self}."
            )

    @classmethod
    def of_all(cls, white: int) -> "FirstWindow":
        """Return the window of a film whose grey levels from 0 to white are all shown."""
        return cls(white / 2, white)
