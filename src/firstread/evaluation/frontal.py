"""Whether a picture is a frontal chest radiograph at all, the right way up and not inverted.

How unlike the training films a film is (`shift`) is another question: adults are unlike children and are frontal chest
films all the same. What both share is the outline: two lungs, dark, beside a bright middle, below a neck and above a
diaphragm. It is visible at 56 × 56 pixels, so a small network sees it there, in less than a millisecond.
"""

import functools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from firstread.errors import UndefinedMetricError
from firstread.records import Reason
from firstread.terms import Refusal

__all__ = [
    "FURTHEST",
    "OUTLINE_SIZE",
    "SIDE",
    "Films",
    "Floats",
    "FrontalReference",
    "coarse",
    "outline",
    "reasons",
    "suspicion",
]

SIDE = 56
_THUMBNAIL = 32
_CELLS = 7
_DIRECTIONS = 8
OUTLINE_SIZE = _THUMBNAIL**2 + _CELLS**2 * _DIRECTIONS
"""Numbers in the outline of one film."""

FURTHEST = 100.0
"""Percentage of tuning films that are more ordinary, when no tuning film is as far from the training films."""

Films = npt.NDArray[np.uint8] | npt.NDArray[np.float32]
Floats = npt.NDArray[np.float32]

# Quarter turns against the clock that set the film right, whether it must be inverted as well, and what to tell.
_SET_RIGHT = (
    (0, True, Refusal.INVERTED, "inverted: what should be white is black"),
    (1, False, Refusal.ROTATED, "rotated by 90° to the right"),
    (2, False, Refusal.ROTATED, "upside down"),
    (3, False, Refusal.ROTATED, "rotated by 90° to the left"),
    (1, True, Refusal.ROTATED, "rotated by 90° to the right and inverted"),
    (2, True, Refusal.ROTATED, "upside down and inverted"),
    (3, True, Refusal.ROTATED, "rotated by 90° to the left and inverted"),
)
_NO_CHEST = Reason(
    Refusal.NOT_FRONTAL_CHEST,
    "The picture does not look like a frontal chest radiograph: another body part or view, a part of a film, "
    "or no radiograph.",
)


@dataclass(frozen=True, slots=True, eq=False)
class FrontalReference:
    """A small network that tells frontal chest films from other pictures by their outline.

    Args:
        hidden_kernel: From the d numbers of an outline, shape (d, k), float32.
        hidden_bias: Shape (k,), float32.
        kernel: Of the last unit, shape (k,), float32.
        bias: Of the last unit.
        threshold: A film is refused when its suspicion is above; 1 % of tuning films are, each changed as another
            hospital might show it.
        usual: 1 % of unchanged tuning films are above.
    """

    hidden_kernel: Floats
    hidden_bias: Floats
    kernel: Floats
    bias: float
    threshold: float
    usual: float


def coarse(films: Films, side: int = SIDE) -> Floats:
    """Return films reduced to side × side pixels, each the mean of the area it covers.

    Args:
        films: Shape (n, height, width), grey levels 0..255.
        side: Rows and columns of the result.
    """
    n, height, width = films.shape
    # One product over all rows of all films: as many small ones take several times as long.
    narrow = films.reshape(-1, width).astype(np.float32) @ _areas(width, side).T
    return np.asarray(_areas(height, side) @ narrow.reshape(n, height, side), np.float32)


def outline(films: Floats) -> Floats:
    """Return what the network looks at: a thumbnail, and a histogram of the edges' directions in each of 49 cells.

    Neither changes with the film's brightness and contrast. The histograms are those of Dalal and Triggs (CVPR 2005),
    over all directions, since a dark lung on bright tissue is not the same as a bright limb on a dark ground.

    Args:
        films: From `coarse`, shape (n, 56, 56).

    Returns:
        Shape (n, OUTLINE_SIZE), float32.
    """
    thumbnail = coarse(films, _THUMBNAIL).reshape(len(films), -1)
    thumbnail = thumbnail - thumbnail.mean(axis=1, keepdims=True)
    thumbnail /= thumbnail.std(axis=1, keepdims=True) + 1e-3
    return np.concatenate([thumbnail, _edge_directions(films)], axis=1, dtype=np.float32)


def suspicion(reference: FrontalReference, films: Films) -> npt.NDArray[np.float64]:
    """Return how little each film looks like a frontal chest film: the network's logit, shape (n,).

    Args:
        reference: From `frontal_fit.fit`.
        films: Shape (n, height, width), grey levels 0..255.

    Raises:
        UndefinedMetricError: If a grey level is not finite.
    """
    if not np.isfinite(films).all():
        raise UndefinedMetricError("Every grey level must be a finite number; received one that is not.")
    return _suspicion(reference, coarse(films))


def reasons(
    reference: FrontalReference, films: Films, *, shift: npt.NDArray[np.floating] | None = None
) -> tuple[Reason | None, ...]:
    """Return for each film why it must not be scored, or None for a frontal chest film.

    A film that is further from the training films than every tuning film needs less suspicion to be refused: with
    that, 97 % of knees are refused instead of 88 %, and 3 % of adults instead of 1 %. A film that is refused as it
    stands is tried turned and inverted: where that sets it right, the reason says so.

    Args:
        reference: From `frontal_fit.fit`.
        films: Shape (n, height, width), grey levels 0..255.
        shift: From `shift.percentage`, shape (n,); None where the bundle cannot tell.
    """
    if not len(films):
        return ()
    small = coarse(films)
    furthest = np.zeros(len(films), np.bool_) if shift is None else shift >= FURTHEST
    limit = np.where(furthest, min(reference.usual, reference.threshold), reference.threshold)
    refused = np.flatnonzero(_suspicion(reference, small) > limit)
    found: list[Reason | None] = [None] * len(films)
    for row, reason in zip(refused, _why(reference, small[refused]), strict=True):
        found[row] = reason
    return tuple(found)


def _why(reference: FrontalReference, films: Floats) -> list[Reason]:
    if not len(films):
        return []
    tried = np.stack(
        [
            _suspicion(reference, np.rot90(255 - films if invert else films, turns, axes=(1, 2)))
            for turns, invert, _, _ in _SET_RIGHT
        ]
    )
    best, least = tried.argmin(axis=0), tried.min(axis=0)
    return [
        Reason(_SET_RIGHT[way][2], f"The film seems {_SET_RIGHT[way][3]}. Set it right and screen it again.")
        if value <= reference.usual
        else _NO_CHEST
        for way, value in zip(best, least, strict=True)
    ]


def _suspicion(reference: FrontalReference, films: Floats) -> npt.NDArray[np.float64]:
    hidden = np.maximum(outline(films) @ reference.hidden_kernel + reference.hidden_bias, 0)
    return np.asarray(hidden @ reference.kernel + reference.bias, np.float64)


@functools.lru_cache(maxsize=8)
def _areas(extent: int, side: int) -> Floats:
    """Return the share of each of `extent` pixels in each of `side` equal stretches, shape (side, extent)."""
    edges = np.linspace(0, extent, side + 1)
    pixel = np.arange(extent)
    covered = np.minimum(pixel + 1, edges[1:, None]) - np.maximum(pixel, edges[:-1, None])
    return np.asarray(np.clip(covered, 0, 1) * side / extent, np.float32)


def _edge_directions(films: Floats) -> Floats:
    """Return the strength of edges by cell and direction, relative to the film's mean, shape (n, 392)."""
    down, across = np.gradient(films, axis=(1, 2))
    strength = np.hypot(down, across)
    place = np.arctan2(down, across) * (_DIRECTIONS / (2 * np.pi))
    lower = np.floor(place)
    share = place - lower
    direction = lower.astype(np.intp) % _DIRECTIONS
    along = np.arange(SIDE) * _CELLS // SIDE
    cell = (np.arange(len(films))[:, None, None] * _CELLS + along[:, None]) * _CELLS + along
    bins = len(films) * _CELLS**2 * _DIRECTIONS
    # Each edge counts for the two directions beside its own, the nearer the more.
    counts = sum(
        np.bincount((cell * _DIRECTIONS + beside).ravel(), weights.ravel(), bins)
        for beside, weights in (
            (direction, strength * (1 - share)),
            ((direction + 1) % _DIRECTIONS, strength * share),
        )
    )
    histogram = np.asarray(counts, np.float32).reshape(len(films), _CELLS, _CELLS, _DIRECTIONS)
    length = np.sqrt(_with_neighbours(np.square(histogram).sum(axis=3)))
    return np.asarray(histogram / (length[..., None] + 1), np.float32).reshape(len(films), -1)


def _with_neighbours(cells: Floats) -> Floats:
    """Return the mean over each cell and its neighbours, weighted 1:2:1 in both directions, shape (n, 7, 7)."""
    for axis in (1, 2):
        padded = np.pad(cells, [(0, 0) if a != axis else (1, 1) for a in range(3)], mode="edge")
        before, here, after = (padded.take(range(i, i + _CELLS), axis) for i in range(3))
        cells = np.asarray((before + 2 * here + after) / 4, np.float32)
    return cells
