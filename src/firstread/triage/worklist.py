"""The ranking rule: the urgent are read first, and nobody waits past the cap."""

from collections.abc import Sequence

import numpy as np

from firstread.records import NotScored, Outcome, Scored, WorklistEntry
from firstread.terms import Band, Refusal
from firstread.triage.reading_order import UNSCORED, reading_order

__all__ = ["LEVEL", "is_no_film", "names_no_film", "rank"]

LEVEL = {Band.ROUTINE: 0, Band.REVIEW: 1, Band.URGENT: 2}
"""Larger is read sooner."""

# Names that no radiograph bears. A file is only taken for no film when its content is no picture either: what could
# be a film that was damaged keeps its place.
_OTHER_FILES = (
    ".csv", ".db", ".doc", ".docx", ".gz", ".htm", ".html", ".ini", ".json", ".jsonl", ".log", ".md", ".npz", ".ods",
    ".odt", ".pdf", ".py", ".toml", ".tsv", ".txt", ".xls", ".xlsx", ".xml", ".yaml", ".yml", ".zip",
)  # fmt: skip


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

    How the places are filled is told in `reading_order`.

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
    films = [outcome for outcome in outcomes if not is_no_film(outcome)]
    moments = [0.0] * len(outcomes) if arrived is None else arrived
    order = reading_order(
        np.array([_level(film) for film in films], np.int64),
        np.array([film.probability if isinstance(film, Scored) else 0.0 for film in films]),
        arrived=np.array(
            [m for m, outcome in zip(moments, outcomes, strict=True) if not is_no_film(outcome)], float
        ),
        allowance=np.full(len(films), wait_cap),
    )
    ranked = [films[row] for row in order]
    ranked += [outcome for outcome in outcomes if is_no_film(outcome)]
    return [WorklistEntry(rank=place, outcome=outcome) for place, outcome in enumerate(ranked, start=1)]


def is_no_film(outcome: Outcome) -> bool:
    """Return whether a file is no film: neither its content nor its name is that of a picture."""
    return isinstance(outcome, NotScored) and names_no_film(outcome.path.name, outcome.reason.code)


def names_no_film(name: str, reason: Refusal) -> bool:
    """Return whether a file that was refused for this reason is no film, by its name."""
    return reason is Refusal.NOT_AN_IMAGE and name.lower().endswith(_OTHER_FILES)


def _level(outcome: Outcome) -> int:
    return LEVEL[outcome.band] if isinstance(outcome, Scored) else UNSCORED
