"""The recipe that turns a radiograph into model input, the same at training and serving."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from firstread.errors import BundleError
from firstread.imaging.radiograph import Radiograph

__all__ = ["RECIPE_VERSION", "Recipe", "preprocess"]

RECIPE_VERSION = 1
_RESAMPLING = ("bilinear", "bicubic")


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a radiograph becomes model input; it travels with the bundle and is never guessed.

    Args:
        version: The meaning of the other fields; a reader refuses a version it does not know.
        height: Rows of the model input.
        width: Columns of the model input.
        resampling: "bilinear" or "bicubic", both with a filter as wide as the reduction, so that no pixel is
            skipped. The published 224 × 224 films look like bicubic ones whose fine detail a lossy encoder took
            away; bilinear, without re-encoding, comes nearest to them (2.2 grey levels, bicubic 2.5).
        aspect: "squash": both axes fill the input, as in the films the network learned from.
        oversampling: A JPEG may be decoded at 1/2, 1/4 or 1/8 of its size as long as each side keeps this many
            times the pixels of the input; 0 means that films are always decoded whole. At 1 the network's answer
            is as near to that on the published films as at 2, and resizing costs a third.
    """

    version: int = RECIPE_VERSION
    height: int = 224
    width: int = 224
    resampling: str = "bilinear"
    aspect: str = "squash"
    oversampling: int = 1

    def __post_init__(self) -> None:
        _must(self.version == RECIPE_VERSION, f"version must be {RECIPE_VERSION}", self.version)
        for name in ("height", "width"):
            side = getattr(self, name)
            _must(_whole(side) and 16 <= side <= 4096, f"{name} must be a whole number in 16..4096", side)
        _must(self.resampling in _RESAMPLING, f"resampling must be one of {_RESAMPLING}", self.resampling)
        _must(self.aspect == "squash", "aspect must be 'squash'", self.aspect)
        _must(
            _whole(self.oversampling) and 0 <= self.oversampling <= 64,
            "oversampling must be a whole number in 0..64",
            self.oversampling,
        )

    @property
    def reduce_to(self) -> tuple[int, int] | None:
        """Rows and columns that a reduced-scale decode has to keep; None where films are decoded whole."""
        if self.oversampling == 0:
            return None
        return self.height * self.oversampling, self.width * self.oversampling

    def as_dict(self) -> dict[str, Any]:
        """Return the recipe as plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Recipe":
        """Return the recipe that `as_dict` wrote.

        Raises:
            BundleError: If a field is unknown, missing, or has a value this version does not know.
        """
        names = [f.name for f in fields(cls)]
        _must("version" in values, "a recipe must state its version", sorted(values))
        _must(
            values["version"] == RECIPE_VERSION and _whole(values["version"]),
            f"version must be {RECIPE_VERSION}",
            values["version"],
        )
        for name in values:
            _must(name in names, f"a recipe knows {', '.join(names)}", name)
        missing = [name for name in names if name not in values]
        _must(
            not missing,
            f"a recipe must state {', '.join(names)}; missing {', '.join(missing)}",
            sorted(values),
        )
        return cls(**values)


def preprocess(radiograph: Radiograph, recipe: Recipe) -> npt.NDArray[np.float32]:
    """Return the model input: shape (height, width), float32, whole grey levels 0..255.

    Whole levels, so that a uint8 cache of films loses nothing against serving.
    """
    shape = (recipe.height, recipe.width)
    pixels, white = radiograph.pixels, radiograph.white
    if pixels.dtype == np.uint8 and white == 255:
        return _resized(np.ascontiguousarray(pixels), shape, recipe.resampling).astype(np.float32)
    levels = _resized(pixels.astype(np.float32), shape, recipe.resampling) * np.float32(255 / white)
    return np.asarray(np.clip(np.rint(levels), 0, 255), dtype=np.float32)


def _resized(pixels: npt.NDArray[Any], shape: tuple[int, int], resampling: str) -> npt.NDArray[Any]:
    """Return the pixels, uint8 or float32, at another size; of the right size they are left alone."""
    from PIL.Image import Resampling, fromarray

    if pixels.shape == shape:
        return pixels
    return np.asarray(fromarray(pixels).resize(shape[::-1], Resampling[resampling.upper()]))


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _must(holds: bool, rule: str, received: object) -> None:
    if not holds:
        raise BundleError(f"Recipe: {rule}; received {received!r}.")
