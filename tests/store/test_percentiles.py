"""Percentiles that the database works out are those of numpy."""

import numpy as np
import pytest
from sqlalchemy import Column, Double, MetaData, String, Table, insert, select

from firstread.store.database import Database
from firstread.store.percentiles import percentiles

NUMBERS = Table("number", MetaData(), Column("kind", String(8)), Column("value", Double))


def put(database: Database, values: dict[str | None, list[float]]) -> None:
    with database.write() as connection:
        NUMBERS.create(connection)
        rows = [{"kind": kind, "value": value} for kind, of_kind in values.items() for value in of_kind]
        if rows:
            connection.execute(insert(NUMBERS), rows)


@pytest.mark.parametrize("n", [1, 2, 3, 10, 11, 101, 1000])
def test_they_are_those_of_numpy(database: Database, n: int) -> None:
    values = np.random.default_rng(n).gamma(2, 300, n).tolist()
    put(database, {"a": values})
    percents = [0, 10, 50, 90, 99, 100]

    with database.read() as connection:
        found = percentiles(connection, select(NUMBERS.c.kind, NUMBERS.c.value), percents)

    assert ["a"] == list(found)
    assert n == found["a"][0]
    assert np.percentile(values, percents).tolist() == pytest.approx(found["a"][1], rel=1e-12)


def test_each_kind_has_its_own_and_none_is_one_too(database: Database) -> None:
    put(database, {"a": [3.0, 1.0, 2.0], None: [10.0, 20.0], "b": [7.0, 7.0, 7.0, 7.0]})

    with database.read() as connection:
        found = percentiles(connection, select(NUMBERS.c.kind, NUMBERS.c.value), [50])

    assert {"a": (3, [2.0]), None: (2, [15.0]), "b": (4, [7.0])} == found


def test_nothing_has_none(database: Database) -> None:
    put(database, {})

    with database.read() as connection:
        assert {} == percentiles(connection, select(NUMBERS.c.kind, NUMBERS.c.value), [50])
