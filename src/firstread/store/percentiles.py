"""Percentiles of many values without fetching them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Integer, Select, func, or_, select

__all__ = ["percentiles"]


def percentiles(
    connection: Connection, which: Select[Any], percents: Sequence[int]
) -> dict[Any, tuple[int, list[float]]]:
    """Return how many values each kind has, and their percentiles, interpolated between neighbours.

    The database ranks the values and hands out only the few that the percentiles lie between.

    Args:
        connection: Where to ask.
        which: Rows of `kind` and `value`.
        percents: Whole numbers, 0 to 100.
    """
    rows = which.subquery().c
    place = func.row_number(type_=Integer).over(partition_by=rows.kind, order_by=rows.value) - 1
    n = func.count().over(partition_by=rows.kind)
    ranked = select(rows.kind, rows.value, n.label("n"), place.label("place")).subquery().c
    below = [(ranked.n - 1) * percent // 100 for percent in percents]
    near = select(ranked.kind, ranked.value, ranked.n, ranked.place).where(
        or_(*(ranked.place.between(low, low + 1) for low in below))
    )
    values: dict[Any, dict[int, float]] = {}
    counts: dict[Any, int] = {}
    for row in connection.execute(near):
        values.setdefault(row.kind, {})[row.place] = row.value
        counts[row.kind] = row.n
    return {
        kind: (counts[kind], [_between(found, (counts[kind] - 1) * percent) for percent in percents])
        for kind, found in values.items()
    }


def _between(values: Mapping[int, float], hundredths: int) -> float:
    """Return the value at a place that is given in hundredths."""
    place, rest = divmod(hundredths, 100)
    low = values[place]
    return low if rest == 0 else low + (values[place + 1] - low) * rest / 100
