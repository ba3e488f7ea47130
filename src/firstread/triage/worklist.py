"""The ranking rule: the urgent are read first, and nobody waits past the cap."""

import heapq
import math
from collections.abc import Sequence

from firstread.records import NotScored, Outcome, Scored, WorklistEntry
from firstread.terms import Band, Refusal

__all__ = ["is_no_film", "rank"]

# An unscored film is least urgent of all: it then lands on the last place allowed, which is its own.
_UNSCORED = -1
# Names that no radiograph bears. A file is only taken for no film when its content is no picture either: what could
# be a film that was damaged keeps its place.
_OTHER_FILES = (
    ".csv", ".db", ".doc", ".docx", ".gz", ".htm", ".html", ".ini", ".json", ".jsonl", ".log", ".md", ".npz", ".ods",
    ".odt", ".pdf", ".py", ".toml", ".tsv", ".txt", ".xls", ".xlsx", ".xml", ".yaml", ".yml", ".zip",
)  # fmt: skip

_URGENCY = {Band.ROUTINE: 0, Band.REVIEW: 1, Band.URGENT: 2}


def rank(
    outcomes: Sequence[Outcome],
    *,
    wait_cap: int,
    arrived: Sequence[float] | None = None,
) -> list[WorklistEntry]:
    """Return the reading worklist: a place for every film, and none far below its order of arrival.

    Films are in order of arrival by their moment and, within one moment, as given; those of one moment
    form a group. A scored film stands at most `wait_cap` places below the last place of its group. An
    unscored film keeps exactly its own place. What is no film at all (`is_no_film`) waits for nobody to read
    it: it takes no place among the films and is listed after them, in the order given.

    Places are filled from the last to the first; each takes, of the films that may stand so late, the
    least urgent (Lawler's backward rule for one machine with deadlines, Management Science 19, 1973).
    The order of arrival itself keeps every limit, so there is always such a film. O(n log n).

    Args:
        outcomes: Films, scored or not.
        wait_cap: Places, at least 0.
        arrived: Moment of arrival of each film, in any one unit, without NaN; None means that all came
            together, so that urgency alone decides.

    Returns:
        One entry for each film, rank 1 first.

    Raises:
        ValueError: If the cap is negative, or the moments do not match the films.
    """
    if wait_cap < 0:
        raise ValueError(f"wait_cap must not be negative; received {wait_cap}.")
    if arrived is not None and len(arrived) != len(outcomes):
        raise ValueError(
            f"arrived must hold one moment for each of {len(outcomes)} films; received {len(arrived)}."
        )
    films = [row for row, outcome in enumerate(outcomes) if not is_no_film(outcome)]
    ranked = _ranked(
        [outcomes[row] for row in films],
        wait_cap=wait_cap,
        arrived=None if arrived is None else [arrived[row] for row in films],
    )
    ranked += [outcome for outcome in outcomes if is_no_film(outcome)]
    return [WorklistEntry(rank=place, outcome=outcome) for place, outcome in enumerate(ranked, start=1)]


def is_no_film(outcome: Outcome) -> bool:
    """Return whether a file is no film: neither its content nor its name is that of a picture."""
    return (
        isinstance(outcome, NotScored)
        and outcome.reason.code is Refusal.NOT_AN_IMAGE
        and outcome.path.suffix.lower() in _OTHER_FILES
    )


def _ranked(outcomes: Sequence[Outcome], *, wait_cap: int, arrived: Sequence[float] | None) -> list[Outcome]:
    order, last_of_group = _order_of_arrival(len(outcomes), arrived)
    latest = [
        min(last_of_group[place] + wait_cap, len(order) - 1) if isinstance(outcomes[film], Scored) else place
        for place, film in enumerate(order)
    ]
    due: list[list[int]] = [[] for _ in order]
    for place, limit in enumerate(latest):
        due[limit].append(place)
    waiting: list[tuple[tuple[int, float, int], int]] = []
    placed: list[Outcome] = []
    for place in range(len(order) - 1, -1, -1):
        for arrival in due[place]:
            heapq.heappush(waiting, (_urgency(outcomes[order[arrival]], arrival), order[arrival]))
        _, film = heapq.heappop(waiting)
        placed.append(outcomes[film])
    placed.reverse()
    return placed


def _order_of_arrival(n: int, arrived: Sequence[float] | None) -> tuple[list[int], list[int]]:
    """Return the films in order of arrival, and for each place the last place of its group."""
    if arrived is None:
        return list(range(n)), [n - 1] * n
    if any(math.isnan(moment) for moment in arrived):
        raise ValueError("arrived must hold moments; received NaN.")
    order = sorted(range(n), key=arrived.__getitem__)
    last = list(range(n))
    for place in range(n - 2, -1, -1):
        if arrived[order[place]] == arrived[order[place + 1]]:
            last[place] = last[place + 1]
    return order, last


def _urgency(outcome: Outcome, arrival: int) -> tuple[int, float, int]:
    """Return a key that is smaller for what can wait longer: band, then probability, then later arrival."""
    if isinstance(outcome, Scored):
        return _URGENCY[outcome.band], outcome.probability, -arrival
    return _UNSCORED, 0.0, -arrival
