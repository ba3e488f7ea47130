"""Changes after which a film shows the same disease, or the same absence of it."""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import numpy.typing as npt

from firstread.imaging import alterations as alter

__all__ = ["HARMLESS", "UNUSUAL", "Change"]

GreyFilm = npt.NDArray[np.uint8]

Change = Callable[[GreyFilm], GreyFilm]
"""One film (height, width) → another of the same shape."""

HARMLESS: Mapping[str, Change] = {
    "JPEG quality 75": partial(alter.reencoded, quality=75),
    "JPEG quality 50": partial(alter.reencoded, quality=50),
    "JPEG quality 30": partial(alter.reencoded, quality=30),
    "black rim of 5 %": partial(alter.bordered, fraction=0.05, grey=0),
    "white rim of 5 %": partial(alter.bordered, fraction=0.05, grey=255),
    "cropped by 5 % a side": partial(alter.cropped, fraction=0.05),
    "cropped by 10 % a side": partial(alter.cropped, fraction=0.10),
    "half size and back": partial(alter.resampled, factor=0.5),
    "double size and back": partial(alter.resampled, factor=2.0),
    # The mean normal film of the public data is 1.22 times as wide as high, the mean diseased one 1.46 times.
    "wider by 1.2": partial(alter.stretched, across=1.2),
    "narrower by 1.2": partial(alter.stretched, across=1 / 1.2),
    "mirrored": alter.mirrored,
    "rotated by 5°": partial(alter.rotated, degrees=5),
    "rotated by −5°": partial(alter.rotated, degrees=-5),
    "gamma 0.6": partial(alter.with_gamma, gamma=0.6),
    "gamma 0.7": partial(alter.with_gamma, gamma=0.7),
    "gamma 1.4": partial(alter.with_gamma, gamma=1.4),
    "gamma 1.6": partial(alter.with_gamma, gamma=1.6),
    "narrower window": partial(alter.windowed, low=0.1, high=0.9),
    "wider window": partial(alter.windowed, low=-0.1, high=1.1),
    # Black becomes 0.30 of full scale and white 0.85: contrast 0.55, as a film that nobody windowed looks.
    "flat window": partial(alter.windowed, low=-0.55, high=1.27),
    "brighter by 15 %": partial(alter.brightened, added=0.15),
    "darker by 15 %": partial(alter.brightened, added=-0.15),
}
"""Name → change after which anybody would read the film as before."""

UNUSUAL: Mapping[str, Change] = {
    "inverted": alter.inverted,
    "rotated by 90°": partial(alter.rotated, degrees=90),
}
"""Changes after which nobody would read the film as it is: a good system says so instead of scoring it."""
