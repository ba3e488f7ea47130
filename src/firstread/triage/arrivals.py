"""Films as they arrive in a reading room: when, of what kind, flagged or not, and how long to read."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from firstread.triage.reading_room import HOURS, ReadingRoom

__all__ = ["Arrivals", "Group", "draw"]


class Group(StrEnum):
    """Films whose waiting times are told together; interrupting films are in none of them."""

    ALL = "all"
    DISEASED = "diseased"
    NON_DISEASED = "non-diseased"
    FLAGGED = "flagged"
    NOT_FLAGGED = "not flagged"
    MISSED = "missed"

    def members(
        self, diseased: npt.NDArray[np.bool_], flagged: npt.NDArray[np.bool_]
    ) -> npt.NDArray[np.bool_]:
        """Return which films, none of them interrupting, belong to the group, shape (n_films,)."""
        return {
            Group.ALL: np.ones_like(diseased),
            Group.DISEASED: diseased,
            Group.NON_DISEASED: ~diseased,
            Group.FLAGGED: flagged,
            Group.NOT_FLAGGED: ~flagged,
            Group.MISSED: diseased & ~flagged,
        }[self]


@dataclass(frozen=True, slots=True, eq=False)
class Arrivals:
    """Films in order of arrival; every array has shape (n_films,).

    Args:
        arrival_min: Moment of arrival in minutes after midnight of the first day, ascending.
        reading_min: Reading time in minutes.
        interrupting: Goes before all others; neither diseased nor flagged.
        diseased: The reference standard.
        flagged: What the model said.
    """

    arrival_min: npt.NDArray[np.float64]
    reading_min: npt.NDArray[np.float64]
    interrupting: npt.NDArray[np.bool_]
    diseased: npt.NDArray[np.bool_]
    flagged: npt.NDArray[np.bool_]


def draw(room: ReadingRoom, n: int, *, rng: np.random.Generator) -> Arrivals:
    """Draw films that arrive one by one, independently, at the room's hourly rates.

    A Poisson process of unit rate is stretched by the inverse of the cumulative rate (Cinlar,
    Introduction to Stochastic Processes, 1975, section 4.7).

    Args:
        room: Rates, reading times and the operating point.
        n: Films.
        rng: Source of chance.
    """
    by_hour = np.concatenate([[0.0], np.cumsum(room.films_per_hour)])
    day, films_of_day = np.divmod(np.cumsum(rng.exponential(size=n)), by_hour[-1])
    minutes = np.interp(films_of_day, by_hour, np.arange(HOURS + 1) * 60.0)
    interrupting = rng.random(n) < room.interrupting
    diseased = (rng.random(n) < room.prevalence) & ~interrupting
    chance = np.where(diseased, room.sensitivity, 1 - room.specificity)
    flagged = (rng.random(n) < chance) & ~interrupting
    reading_min = np.empty(n)
    for kind, time in (
        (interrupting, room.interrupting_time),
        (diseased, room.diseased_time),
        (~interrupting & ~diseased, room.non_diseased_time),
    ):
        reading_min[kind] = time.draw(rng, int(kind.sum()))
    return Arrivals(day * HOURS * 60 + minutes, reading_min, interrupting, diseased, flagged)
