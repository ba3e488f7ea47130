"""One file becomes model input, or a reason: read → quality → preprocess."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from firstread.config import ReadLimits
from firstread.errors import ImageReadError
from firstread.imaging import quality
from firstread.imaging.preprocess import Recipe, preprocess
from firstread.imaging.read import read
from firstread.records import FilmFacts, Reason
from firstread.terms import Refusal

__all__ = ["Prepared", "prepare"]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A film that is ready for the network.

    Args:
        pixels: Model input, shape (height, width), uint8 grey levels 0..255.
        facts: What the file says of itself, without identity.
        warnings: What a reader should know, in words.
    """

    pixels: npt.NDArray[np.uint8]
    facts: FilmFacts
    warnings: tuple[str, ...] = ()


def prepare(source: Path | bytes, recipe: Recipe, *, limits: ReadLimits) -> Prepared | Reason:
    """Return the model input of one file, or the reason why it has none.

    Never raises for what a file may hold: an unreadable film is an expected outcome.
    """
    try:
        radiograph = read(source, limits=limits, reduce_to=recipe.reduce_to)
        reason = quality.check(radiograph, limits)
        if reason is not None:
            return reason
        pixels = preprocess(radiograph, recipe).astype(np.uint8)
    except ImageReadError as error:
        return Reason(error.refusal, str(error), of_machine=error.of_machine)
    except MemoryError:
        return Reason(Refusal.OUT_OF_MEMORY, "The film needs more memory to open than one film may use.")
    return Prepared(pixels, radiograph.facts, radiograph.warnings + quality.warnings(radiograph))
