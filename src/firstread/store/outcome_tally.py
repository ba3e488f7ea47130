"""How many films were scored since a change: a counter goes on from there."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from firstread.store import changes, tables
from firstread.store.windows import newest_outcome
from firstread.terms import Change, Refusal

__all__ = ["OutcomeTally", "tally"]

_CHANGE, _OUTCOME = tables.change.c, tables.outcome.c


@dataclass(frozen=True, slots=True)
class OutcomeTally:
    """Films that a model was done with.

    Args:
        up_to: Number of the newest change; to be counted on from.
        scored: With a score.
        with_shift: With a score and a shift.
        unlike: Those of them that are called unlike the tuning films.
        refused: Without a score, by reason.
    """

    up_to: int
    scored: int
    with_shift: int
    unlike: int
    refused: Mapping[Refusal, int]


def tally(connection: Connection, *, after: int, unlike_from: float) -> OutcomeTally:
    """Count the films that were scored, or not, after a change; of one that was removed since nothing is known.

    Args:
        connection: Where to ask.
        after: Number of the last change that was counted.
        unlike_from: The shift from which a film is called unlike the tuning films, a percentage.
    """
    # First, and not counted beyond: PostgreSQL may show the next statement more.
    up_to = max(after, changes.latest(connection))
    each = (
        select(_OUTCOME.reason_code, (_OUTCOME.shift >= unlike_from).label("unlike"))
        .select_from(tables.change.join(tables.outcome, _OUTCOME.film_id == _CHANGE.film_id))
        .where(_CHANGE.id > after, _CHANGE.id <= up_to, _CHANGE.kind == Change.SCORED.value, newest_outcome())
        .subquery()
        .c
    )
    n = func.count().label("n")
    rows = connection.execute(
        select(each.reason_code, each.unlike, n).group_by(each.reason_code, each.unlike)
    ).all()
    refused: dict[Refusal, int] = {}
    for row in rows:
        if row.reason_code is not None:
            code = Refusal(row.reason_code)
            refused[code] = refused.get(code, 0) + row.n
    return OutcomeTally(
        up_to=up_to,
        scored=sum(row.n for row in rows if row.reason_code is None),
        with_shift=sum(row.n for row in rows if row.reason_code is None and row.unlike is not None),
        unlike=sum(row.n for row in rows if row.reason_code is None and row.unlike),
        refused=refused,
    )
