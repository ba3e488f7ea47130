"""What the workers of a pool make of each film, and how the parent understands their answer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from firstread.config import ReadLimits
from firstread.imaging.display import Displayed, Reduction
from firstread.imaging.film_worker import decoded, decoded_display, decoded_header, decoded_pseudonym
from firstread.imaging.header_facts import HeaderFacts, HeaderQuestion
from firstread.imaging.prepare import Prepared
from firstread.imaging.preprocess import Recipe
from firstread.imaging.pseudonym import Pseudonym, PseudonymKey
from firstread.records import Reason

__all__ = ["PREPARER", "Answer", "FilmTask", "describing", "displaying", "preparing", "pseudonymising"]

PREPARER = "firstread.imaging.prepare:prepare"
_DISPLAY = "firstread.imaging.display:display"
_HEADER = "firstread.imaging.header_reading:header_facts"
_PSEUDONYM = "firstread.imaging.pseudonym:pseudonym"

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class FilmTask(Generic[Answer]):
    """What workers make of each film.

    Args:
        preparer: The function that workers run, as "module:name".
        recipe: What it is told besides the film.
        decoded: Understands the bytes of an answer; raises when they are none.
        pixel_bytes: Bytes that the pixels of an answer have at most; a longer one is not an answer.
    """

    preparer: str
    recipe: Recipe | Reduction | HeaderQuestion | PseudonymKey
    decoded: Callable[[bytes], Answer | Reason]
    pixel_bytes: int


def preparing(recipe: Recipe, *, preparer: str = PREPARER) -> FilmTask[Prepared]:
    """Return the task of making model input."""
    return FilmTask(preparer, recipe, decoded, recipe.height * recipe.width)


def displaying(reduction: Reduction, *, limits: ReadLimits, preparer: str = _DISPLAY) -> FilmTask[Displayed]:
    """Return the task of opening films for a reader to see."""
    most = limits.max_pixels
    if reduction.max_side is not None:
        most = min(most, reduction.max_side**2)
    return FilmTask(preparer, reduction, decoded_display, 2 * most)


def describing(*, preparer: str = _HEADER) -> FilmTask[HeaderFacts]:
    """Return the task of telling technical facts of files; its answers have no pixels."""
    return FilmTask(preparer, HeaderQuestion(), decoded_header, 0)


def pseudonymising(key: PseudonymKey, *, preparer: str = _PSEUDONYM) -> FilmTask[Pseudonym]:
    """Return the task of saying whose films are, by pseudonym; its answers have no pixels."""
    return FilmTask(preparer, key, decoded_pseudonym, 0)
