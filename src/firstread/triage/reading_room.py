"""A reading room in numbers: who arrives, who reads, how long it takes, and what the model gets right."""

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from firstread.errors import ConfigError
from firstread.terms import Discipline

__all__ = ["HOURS", "ReadingRoom", "ReadingTime", "TimeShape", "constant"]

HOURS = 24


def _require(holds: bool, rule: str, received: object) -> None:
    if not holds:
        raise ConfigError(f"{rule}; received {received!r}.")


class TimeShape(StrEnum):
    """How reading times spread around their mean."""

    EXPONENTIAL = "exponential"
    LOG_NORMAL = "log-normal"
    CONSTANT = "constant"


@dataclass(frozen=True, slots=True)
class ReadingTime:
    """How long reading a film of one kind takes.

    Args:
        mean_min: Mean, in minutes.
        shape: Of the distribution.
        variation: Standard deviation over mean of the log-normal; the other shapes have their own, 1 and 0.
    """

    mean_min: float = 10.0
    shape: TimeShape = TimeShape.EXPONENTIAL
    variation: float = 1.0

    def __post_init__(self) -> None:
        _require(0 < self.mean_min < np.inf, "A mean reading time must be above 0 min", self.mean_min)
        _require(
            0 < self.variation < np.inf, "The variation of reading times must be above 0", self.variation
        )

    @property
    def second_moment_min2(self) -> float:
        """Mean of the squared reading time, in square minutes."""
        variation = {TimeShape.EXPONENTIAL: 1.0, TimeShape.CONSTANT: 0.0}.get(self.shape, self.variation)
        return self.mean_min**2 * (1 + variation**2)

    def draw(self, rng: np.random.Generator, n: int) -> npt.NDArray[np.float64]:
        """Return reading times in minutes, shape (n,)."""
        if self.shape is TimeShape.CONSTANT:
            return np.full(n, self.mean_min)
        if self.shape is TimeShape.EXPONENTIAL:
            return rng.exponential(self.mean_min, n)
        spread = np.log1p(self.variation**2)
        return rng.lognormal(np.log(self.mean_min) - spread / 2, np.sqrt(spread), n)


def constant(value: float) -> tuple[float, ...]:
    """Return the same value for each hour of the day."""
    return (value,) * HOURS


@dataclass(frozen=True, slots=True)
class ReadingRoom:
    """A reading room over the hours of a day, and the operating point of the model that flags its films.

    Args:
        films_per_hour: Poisson arrival rate in each hour of the day, 24 values.
        radiologists: Who read in each hour of the day, 24 whole values; who leaves finishes their film.
        prevalence: Diseased fraction of the films that do not interrupt, in (0, 1).
        sensitivity: Flagged fraction of the diseased films.
        specificity: Not flagged fraction of the non-diseased films.
        interrupting: Fraction of all films that interrupt every other, in [0, 1).
        diseased_time: Reading time of diseased films.
        non_diseased_time: Reading time of non-diseased films.
        interrupting_time: Reading time of interrupting films.
        discipline: Who is read next when films are flagged; it is compared with FIFO.
        wait_cap_min: A film that has waited so long counts as flagged; None means that it never does.

    Raises:
        ConfigError: If a value is outside its range, or work arrives faster than it can be done.
    """

    films_per_hour: tuple[float, ...]
    radiologists: tuple[int, ...] = (1,) * HOURS
    prevalence: float = 0.1
    sensitivity: float = 0.9
    specificity: float = 0.9
    interrupting: float = 0.0
    diseased_time: ReadingTime = ReadingTime()
    non_diseased_time: ReadingTime = ReadingTime()
    interrupting_time: ReadingTime = ReadingTime(5.0)
    discipline: Discipline = Discipline.NON_PREEMPTIVE
    wait_cap_min: float | None = None

    def __post_init__(self) -> None:
        for name in ("films_per_hour", "radiologists"):
            hours = getattr(self, name)
            fits = len(hours) == HOURS and all(0 <= value < np.inf for value in hours) and sum(hours) > 0
            came = f"{len(hours)} values from {min(hours, default=None)} to {max(hours, default=None)}"
            _require(fits, f"{name} must hold a value for each of 24 hours, none negative, not all 0", came)
        _require(0 < self.prevalence < 1, "The prevalence must be in (0, 1)", self.prevalence)
        for name in ("sensitivity", "specificity"):
            _require(0 <= getattr(self, name) <= 1, f"The {name} must be in [0, 1]", getattr(self, name))
        _require(0 <= self.interrupting < 1, "The interrupting fraction must be in [0, 1)", self.interrupting)
        self._require_wait_cap()
        _require(
            self.traffic < 1,
            "The traffic must be below 1: where more work arrives than can be read, the list grows without "
            "end and no waiting time is steady. Lower the arrivals or the reading time, or add radiologists",
            round(self.traffic, 3),
        )

    def _require_wait_cap(self) -> None:
        if self.wait_cap_min is not None:
            _require(self.wait_cap_min >= 0, "The wait cap must not be negative", self.wait_cap_min)
            _require(
                self.discipline is Discipline.NON_PREEMPTIVE,
                "A wait cap needs the non-preemptive discipline",
                self.discipline.value,
            )

    @property
    def mean_reading_min(self) -> float:
        """Mean reading time over all films, in minutes."""
        others = (
            self.prevalence * self.diseased_time.mean_min
            + (1 - self.prevalence) * self.non_diseased_time.mean_min
        )
        return self.interrupting * self.interrupting_time.mean_min + (1 - self.interrupting) * others

    @property
    def traffic(self) -> float:
        """Work that arrives over work that can be done, over a day."""
        return sum(self.films_per_hour) / 60 * self.mean_reading_min / sum(self.radiologists)

    @property
    def flagged(self) -> float:
        """Flagged fraction of the films that do not interrupt."""
        return self.prevalence * self.sensitivity + (1 - self.prevalence) * (1 - self.specificity)

    @property
    def is_steady(self) -> bool:
        """Whether no hour of the day differs from another."""
        return len(set(self.films_per_hour)) == 1 and len(set(self.radiologists)) == 1

    def at_traffic(self, traffic: float) -> "ReadingRoom":
        """Return the same room with as many films as make this traffic.

        Raises:
            ConfigError: If the traffic is not in (0, 1).
        """
        _require(traffic > 0, "The traffic must be above 0", traffic)
        factor = traffic / self.traffic
        return replace(self, films_per_hour=tuple(rate * factor for rate in self.films_per_hour))
