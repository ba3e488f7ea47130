"""Which stretches of patient numbers each part was made of."""

from collections import defaultdict
from dataclasses import dataclass
from itertools import groupby

from firstread.data.manifest import FOLDER_PARTS, Manifest

__all__ = ["IdRange", "id_ranges"]


@dataclass(frozen=True, slots=True)
class IdRange:
    """A stretch of one series that no patient of another part interrupts.

    Args:
        series: The run of patient numbers.
        part: The folder the films were delivered in; "train+test" where a patient is in both.
        first: Lowest patient number.
        last: Highest patient number.
        patients: Patients in it; fewer than last - first + 1 where numbers are missing.
        films: Their films.
    """

    series: str
    part: str
    first: int
    last: int
    patients: int
    films: int


def id_ranges(manifest: Manifest) -> tuple[IdRange, ...]:
    """Return the map of patient numbers, by series and then by number.

    A random draw gives hundreds of short ranges; a part made of whole blocks gives a few long ones, and then a
    random re-split of one part says little about the other.
    """
    ranges = []
    for series in manifest.series:
        parts: dict[int, set[str]] = defaultdict(set)
        films: dict[int, int] = defaultdict(int)
        for film in manifest.films:
            if film.series == series:
                parts[film.patient.number].add(film.folder_part)
                films[film.patient.number] += 1
        for part, run in groupby(sorted(parts), key=lambda number: _name(parts[number])):
            numbers = list(run)
            ranges.append(
                IdRange(series, part, numbers[0], numbers[-1], len(numbers), sum(films[n] for n in numbers))
            )
    return tuple(ranges)


def _name(parts: set[str]) -> str:
    return "+".join(part for part in FOLDER_PARTS if part in parts)
