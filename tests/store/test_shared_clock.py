"""Whoever shares a database shares its clock."""

import time

import pytest

from firstread.store import shared_clock
from firstread.store.database import Database


def test_the_clock_tells_the_moment_within_a_transaction(database: Database) -> None:
    """Not the moment when it began: a writer that waited for others must not lease into the past."""
    with database.read() as connection:
        first = shared_clock.now(connection)
        time.sleep(0.05)
        second = shared_clock.now(connection)

    assert 0.05 == pytest.approx(second - first, abs=0.04)
    # This test's PostgreSQL is on this computer.
    assert time.time() == pytest.approx(second, abs=5)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_computer_whose_clock_is_wrong_does_not_count(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    true = time.time()
    monkeypatch.setattr(time, "time", lambda: true + 86_400)

    with database.read() as connection:
        assert true == pytest.approx(shared_clock.now(connection), abs=5)
