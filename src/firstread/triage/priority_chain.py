"""The Markov chain of a reading room in which interrupting films, read at another speed, go before all others."""

import math

import numpy as np
import numpy.typing as npt

__all__ = ["mean_waiting_below_interrupting"]

Matrix = npt.NDArray[np.float64]

# What is cut off the number of interrupting films; it moves a waiting time by far less than 1e-6 min.
_TAIL = 1e-13


def mean_waiting_below_interrupting(
    radiologists: int,
    *,
    interrupting_per_min: float,
    interrupting_min: float,
    films_per_min: float,
    reading_min: float,
) -> float:
    """Return the mean waiting time of films that every interrupting film pauses, in minutes.

    The chain counts both kinds of film. It is a quasi-birth-and-death process whose level is the number of
    other films and whose phase is the number of interrupting films, cut off where it is improbable. From
    level c on its levels look alike, so their probabilities are matrix-geometric (Neuts, Matrix-Geometric
    Solutions in Stochastic Models, 1981, chapter 3). Little's law turns the mean number into a waiting time.

    Args:
        radiologists: How many read, c.
        interrupting_per_min: Arrival rate of interrupting films, above 0.
        interrupting_min: Their mean reading time; times are exponential.
        films_per_min: Arrival rate of the others, above 0; the traffic of both must be below 1.
        reading_min: Mean reading time of the others; times are exponential.
    """
    load = interrupting_per_min * interrupting_min / radiologists
    phases = radiologists + math.ceil(math.log(_TAIL) / math.log(load)) + 1
    up = films_per_min * np.eye(phases)
    chains = [
        _level(n, radiologists, phases, (interrupting_per_min, 1 / interrupting_min, 1 / reading_min))
        for n in range(radiologists + 1)
    ]
    down, local = [np.diag(rates) for rates, _ in chains], [matrix for _, matrix in chains]
    local = [matrix - up for matrix in local]
    rate = _rate_matrix(up, local[-1], down[-1])
    # rates[n] leads from the probabilities of level n to those of level n + 1.
    rates = [rate]
    for level in range(radiologists - 1, 0, -1):
        rates.insert(0, up @ np.linalg.inv(-(local[level] + rates[0] @ down[level + 1])))
    levels = [_null_vector(local[0] + rates[0] @ down[1])]
    for step in rates[:-1]:
        levels.append(levels[-1] @ step)
    # Levels c, c + 1, … are levels[-1] · rate^k: their sum, and their sum weighted by k, in closed form.
    onward = np.linalg.inv(np.eye(phases) - rate)
    first = levels[-1] @ rate
    total = sum(float(level.sum()) for level in levels) + float((first @ onward).sum())
    below = sum(n * float(level.sum()) for n, level in enumerate(levels))
    last = len(levels) - 1
    above = last * float((first @ onward).sum()) + float((first @ onward @ onward).sum())
    return (below + above) / total / films_per_min - reading_min


def _level(
    others: int, radiologists: int, phases: int, per_min: tuple[float, float, float]
) -> tuple[npt.NDArray[np.float64], Matrix]:
    """Return the rates down from a level, by phase, and the rates within it, arrivals of others left out."""
    arrive, read_interrupting, read_other = per_min
    interrupting = np.arange(phases)
    free = np.maximum(radiologists - interrupting, 0)
    down = np.minimum(others, free) * read_other
    within = np.diag(np.full(phases - 1, arrive), 1)
    within += np.diag(np.minimum(interrupting[1:], radiologists) * read_interrupting, -1)
    return down, within - np.diag(within.sum(axis=1) + down)


def _rate_matrix(up: Matrix, local: Matrix, down: Matrix) -> Matrix:
    """Return Neuts's R by logarithmic reduction (Latouche and Ramaswami, J. Appl. Prob. 30, 1993)."""
    inverse = np.linalg.inv(-local)
    rise, fall = inverse @ up, inverse @ down
    first_passage, still_up = fall.copy(), rise.copy()
    while np.abs(1 - first_passage.sum(axis=1)).max() > 1e-13 and still_up.max() > 1e-15:
        both = np.linalg.inv(np.eye(len(up)) - rise @ fall - fall @ rise)
        rise, fall = both @ rise @ rise, both @ fall @ fall
        first_passage += still_up @ fall
        still_up = still_up @ rise
    return np.asarray(up @ np.linalg.inv(-(local + up @ first_passage)))


def _null_vector(generator: Matrix) -> npt.NDArray[np.float64]:
    """Return the probabilities that a chain without entrance or exit settles at."""
    equations = np.vstack([generator.T, np.ones(len(generator))])
    wanted = np.zeros(len(generator) + 1)
    wanted[-1] = 1
    return np.asarray(np.linalg.lstsq(equations, wanted, rcond=None)[0])
