"""The order in which films are read, from nothing but their urgency, their arrival and how long each may wait."""

import heapq

import numpy as np
import numpy.typing as npt

__all__ = ["UNSCORED", "places_of_arrival", "reading_order"]

UNSCORED = -1
"""Level of a film without a score: least urgent of all, it lands on the last place allowed, which is its own."""

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def reading_order(level: Integers, probability: Floats, *, arrived: Floats, allowance: Integers) -> Integers:
    """Return the films in the order in which they are read, shape (n_films,), each by its row.

    Films are in order of arrival by their moment and, within one moment, as given; those of one moment form a
    group. A scored film stands at most its allowance below the last place of its group, one without a score
    exactly on its own place. Places are filled from the last to the first; each takes, of the films that may
    stand so late, the least urgent (Lawler's backward rule for one machine with deadlines, Management Science
    19, 1973). The order of arrival itself keeps every limit, so there is always such a film. O(n log n).

    Args:
        level: How soon each film should be read, larger is sooner, shape (n_films,); `UNSCORED` without a score.
        probability: Decides within a level, shape (n_films,); then the earlier arrival goes first.
        arrived: Moment of arrival in any one unit, without NaN, shape (n_films,).
        allowance: Places each film may stand below its order of arrival, at least 0, shape (n_films,).
    """
    n = level.size
    _, own, last_of_group = places_of_arrival(arrived)
    latest = np.where(level == UNSCORED, own, np.minimum(last_of_group + allowance, n - 1))
    # 0 can wait longest; a whole number is all that the heap has to compare.
    by_urgency = np.lexsort((-own, np.where(level == UNSCORED, 0.0, probability), level))
    urgency = np.empty(n, np.int64)
    urgency[by_urgency] = np.arange(n)
    by_latest = np.argsort(latest, kind="stable")
    due = urgency[by_latest].tolist()
    first_due = np.searchsorted(latest[by_latest], np.arange(n + 1)).tolist()
    waiting: list[int] = []
    filled: list[int] = []
    for place in range(n - 1, -1, -1):
        for film_urgency in due[first_due[place] : first_due[place + 1]]:
            heapq.heappush(waiting, film_urgency)
        filled.append(heapq.heappop(waiting))
    return by_urgency[np.array(filled[::-1], np.int64)]


def places_of_arrival(arrived: Floats) -> tuple[Integers, Integers, Integers]:
    """Return the films in order of arrival, each film's own place in it, and the last place of its group.

    Raises:
        ValueError: If a moment is NaN.
    """
    if np.isnan(arrived).any():
        raise ValueError("arrived must hold moments; received NaN.")
    by_arrival = np.argsort(arrived, kind="stable")
    own = np.empty(arrived.size, np.int64)
    own[by_arrival] = np.arange(arrived.size)
    last_of_group = np.searchsorted(arrived[by_arrival], arrived, side="right") - 1
    return by_arrival, own, last_of_group
