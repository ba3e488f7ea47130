"""How far a map of a film can be believed to say what the score came from.

A map is one number for each place of a film: how strongly the place speaks for disease. Every function here takes
maps of n films, shape (n, h, w), and returns one number for each film, shape (n,); NaN where it does not exist.
"""

import numpy as np
import numpy.typing as npt

__all__ = [
    "HOTTEST",
    "curve_area",
    "hottest_first",
    "hottest_overlap",
    "rank_correlation",
    "share_inside",
]

HOTTEST = 0.1
"""Of the places: what `hottest_overlap` compares."""

Maps = npt.NDArray[np.floating]
PerFilm = npt.NDArray[np.float64]


def rank_correlation(one: Maps, other: Maps) -> PerFilm:
    """Return Spearman's rank correlation of two maps of each film, −1 to 1; NaN where a map is flat."""
    from scipy.stats import rankdata

    _require_same_shape(one, other)
    ranks = [rankdata(maps.reshape(len(maps), -1), axis=1) for maps in (one, other)]
    first, second = (rank - rank.mean(axis=1, keepdims=True) for rank in ranks)
    spread = np.sqrt(np.square(first).sum(axis=1) * np.square(second).sum(axis=1))
    return _ratio((first * second).sum(axis=1), spread)


def hottest_overlap(one: Maps, other: Maps, *, fraction: float = HOTTEST) -> PerFilm:
    """Return how much of the hottest places of one map are among those of the other, 0 to 1.

    By chance it is `fraction`.

    Args:
        one: Shape (n, h, w).
        other: Of the same films.
        fraction: Of the places that count as hottest, in (0, 1]; at least one place does.
    """
    _require_same_shape(one, other)
    places = one[0].size if len(one) else 1
    count = max(1, round(fraction * places))
    hot = [hottest_first(maps)[:, :count] for maps in (one, other)]
    shared = [np.intersect1d(first, second).size for first, second in zip(*hot, strict=True)]
    return np.array(shared, np.float64) / count


def hottest_first(maps: Maps) -> npt.NDArray[np.intp]:
    """Return the places of each map from hot to cold, shape (n, h · w); equal places in reading order."""
    return np.argsort(-maps.reshape(len(maps), -1), axis=1, kind="stable")


def share_inside(maps: Maps, inside: Maps) -> PerFilm:
    """Return how much of a map's heat lies inside a field; NaN where there is no heat.

    Args:
        maps: Heat, not negative, shape (n, h, w).
        inside: How much of each place belongs to the field, 0 to 1, shape (n, h, w).
    """
    _require_same_shape(maps, inside)
    if maps.size and maps.min() < 0:
        raise ValueError(f"Heat must not be negative; received {maps.min()}.")
    heat = maps.sum(axis=(1, 2), dtype=np.float64)
    within = (maps.astype(np.float64) * inside).sum(axis=(1, 2))
    return _ratio(within, heat)


def curve_area(probability: PerFilm) -> PerFilm:
    """Return the area under deletion or insertion curves (Petsiuk et al., BMVC 2018), 0 to 1.

    Args:
        probability: At equal steps from nothing changed to everything changed, shape (n, steps).
    """
    if probability.ndim != 2 or probability.shape[1] < 2:
        raise ValueError(f"Curves must have shape (n, 2 or more); received {probability.shape}.")
    return np.asarray(np.trapezoid(probability, dx=1 / (probability.shape[1] - 1), axis=1), np.float64)


def _ratio(part: PerFilm, whole: PerFilm) -> PerFilm:
    return np.asarray(np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole > 0), np.float64)


def _require_same_shape(one: Maps, other: Maps) -> None:
    if one.ndim != 3 or one.shape != other.shape:
        raise ValueError(
            f"Two maps of each film must have one shape (n, h, w); received {one.shape} and {other.shape}."
        )
