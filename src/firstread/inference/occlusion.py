"""What the score loses when a place of the film is covered: a check on the class activation map.

The class activation map is a sum inside the network and costs nothing; occlusion asks the whole network again, once
for each place (Zeiler and Fergus, ECCV 2014). A film with 7 × 7 places takes 50 times as long as its score.
"""

import numpy as np
import numpy.typing as npt

from firstread.inference.predictor import Predictor

__all__ = ["PATCH", "PLACES", "covered", "deleted", "inserted", "occlusion"]

PLACES = 7
"""Rows and columns of places: those of the heat map."""
PATCH = 1.5
"""Side of the patch, in places: patches overlap, so that nothing hides on a border."""

Film = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]


def occlusion(predictor: Predictor, film: Film, *, places: int = PLACES, patch: float = PATCH) -> Floats:
    """Return how far the logit falls when each place is covered; negative where it rises.

    Costs places² + 1 scores.

    Args:
        predictor: The bundle.
        film: Made by the bundle's recipe, shape (height, width).
        places: Rows and columns of places.
        patch: Side of the patch, in places.

    Returns:
        Shape (places, places), float32.
    """
    films = np.concatenate([film[np.newaxis].astype(np.float32), covered(film, places=places, patch=patch)])
    logit = predictor.predict(films).logit
    return np.asarray(logit[0] - logit[1:], np.float32).reshape(places, places)


def covered(film: Film, *, places: int, patch: float) -> Floats:
    """Return the film once for each place with a patch of its own mean grey there, shape (places², height, width).

    The local mean takes the structure away and leaves the brightness: a black or a middle grey patch would be a
    foreign body, and the score would move for that.
    """
    height, width = film.shape
    if not 1 <= places <= min(height, width) or patch <= 0:
        raise ValueError(
            f"Places must be 1 to the film's side and patches above 0; received {places}, {patch}."
        )
    films = np.repeat(film[np.newaxis].astype(np.float32), places * places, axis=0)
    for number, copy in enumerate(films):
        row, column = divmod(number, places)
        under = copy[_stretch(row, places, patch, height), _stretch(column, places, patch, width)]
        under[...] = under.mean()
    return films


def _stretch(place: int, places: int, patch: float, extent: int) -> slice:
    middle, half = (place + 0.5) * extent / places, patch * extent / places / 2
    return slice(max(0, round(middle - half)), min(extent, round(middle + half)))


def deleted(film: Film, order: npt.NDArray[np.intp], *, places: int, steps: int) -> Floats:
    """Return the film losing its places in an order, to the film's mean grey (Petsiuk et al., BMVC 2018).

    Args:
        film: Shape (height, width).
        order: Places from first to last, shape (places²,).
        places: Rows and columns of places.
        steps: Films to return, from untouched to empty, at least 2.

    Returns:
        Shape (steps, height, width).
    """
    empty = np.full(film.shape, film.mean(), np.float32)
    return _mixed(film.astype(np.float32), empty, order, places, steps)


def inserted(film: Film, order: npt.NDArray[np.intp], *, places: int, steps: int) -> Floats:
    """Return a blurred film getting its places back in an order; otherwise as `deleted`."""
    from scipy.ndimage import gaussian_filter

    # A quarter of a place: bones and vessels are gone, brightness stays.
    blurred = gaussian_filter(film.astype(np.float32), film.shape[0] / places / 4)
    return _mixed(blurred, film.astype(np.float32), order, places, steps)


def _mixed(start: Floats, end: Floats, order: npt.NDArray[np.intp], places: int, steps: int) -> Floats:
    position = np.empty(order.size, np.intp)
    position[order] = np.arange(order.size)
    done = np.rint(np.linspace(0, order.size, steps))
    position_of_pixel = _of_pixel(position.reshape(places, places), start.shape)
    return np.where(position_of_pixel < done[:, None, None], end, start)


def _of_pixel(of_place: npt.NDArray[np.intp], shape: tuple[int, ...]) -> npt.NDArray[np.intp]:
    """Return for each pixel what is said of its place, shape of the film."""
    rows, columns = (np.arange(extent) * of_place.shape[axis] // extent for axis, extent in enumerate(shape))
    return np.asarray(of_place[rows[:, None], columns], np.intp)
