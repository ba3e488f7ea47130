"""How often readers find what the model flagged, counted by the database."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, select

from firstread.store import tables
from firstread.store.windows import Window
from firstread.terms import LabelState

__all__ = ["Agreement", "agreements"]

_READING = tables.reading.c


@dataclass(frozen=True, slots=True)
class Agreement:
    """What one reader found on films, against the model's flag at that moment.

    Args:
        reader: Who.
        is_blind: These were the reader's first readings of their films, and the scores were hidden until then; all
            others are counted apart, whatever mode they were made in: whoever reads a film again has seen its score.
        true_positives: Flagged, and the reader found pneumonia.
        false_positives: Flagged, and the reader found none.
        true_negatives: Not flagged, and the reader found none.
        false_negatives: Not flagged, and the reader found pneumonia.
        n_uncertain: The reader was not sure.
        n_without_flag: The model had not scored them; what the reader found is in no other count.
    """

    reader: str
    is_blind: bool
    true_positives: int = 0
    false_positives: int = 0
    true_negatives: int = 0
    false_negatives: int = 0
    n_uncertain: int = 0
    n_without_flag: int = 0


def agreements(connection: Connection, window: Window) -> list[Agreement]:
    """Compare the readings of a window that hold: of each film a reader's newest that was not taken back."""
    held = (
        select(_READING.reader, _is_blind().label("is_blind"), _READING.finding, _READING.flagged)
        .where(
            _READING.read_at >= window.begin,
            _READING.read_at < window.end,
            _READING.undone_at.is_(None),
            _is_newest(),
        )
        .subquery()
        .c
    )
    kinds = (held.reader, held.is_blind, held.finding, held.flagged)
    rows = connection.execute(select(*kinds, func.count().label("n")).group_by(*kinds))
    counts: dict[tuple[str, bool], dict[str, int]] = {}
    for row in rows:
        of_reader = counts.setdefault((row.reader, bool(row.is_blind)), {})
        count = _count(LabelState(row.finding), row.flagged)
        of_reader[count] = of_reader.get(count, 0) + row.n
    return [
        Agreement(reader, is_blind, **counts[reader, is_blind])
        for reader, is_blind in sorted(counts, key=lambda kind: (kind[0], not kind[1]))
    ]


def _is_blind() -> ColumnElement[bool]:
    """Return whether the score was hidden; a reading that was taken back has shown it too."""
    before = tables.reading.alias("before")
    seen = select(1).where(
        before.c.film_id == _READING.film_id, before.c.reader == _READING.reader, before.c.id < _READING.id
    )
    return _READING.blinded & ~seen.exists()


def _is_newest() -> ColumnElement[bool]:
    after = tables.reading.alias("after")
    newer = select(1).where(
        after.c.film_id == _READING.film_id,
        after.c.reader == _READING.reader,
        after.c.undone_at.is_(None),
        after.c.id > _READING.id,
    )
    return ~newer.exists()


def _count(finding: LabelState, flagged: bool | None) -> str:
    """Return the name of the count that a reading belongs to."""
    if flagged is None:
        return "n_without_flag"
    if finding is LabelState.PRESENT:
        return "true_positives" if flagged else "false_negatives"
    if finding is LabelState.ABSENT:
        return "false_positives" if flagged else "true_negatives"
    return "n_uncertain"
