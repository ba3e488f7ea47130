"""Moments fall into the bins of a window, each into one, and what lies outside into none."""

import pytest
from sqlalchemy import Double, literal, select

from firstread.store import windows
from firstread.store.database import Database
from firstread.store.windows import Window

BEGIN = 1_800_000_000.0
WINDOW = Window(BEGIN, 3600.0, 24)


def test_a_window_ends_after_its_last_bin() -> None:
    assert BEGIN + 86_400 == WINDOW.end


@pytest.mark.parametrize(
    ("at", "place"),
    [
        (BEGIN, 0),
        (BEGIN + 1799.0, 0),
        (BEGIN + 1801.0, 0),
        (BEGIN + 3599.999, 0),
        (BEGIN + 3600.0, 1),
        (BEGIN + 86_399.9999, 23),
    ],
)
def test_a_moment_lies_in_the_bin_that_began_before_it(database: Database, at: float, place: int) -> None:
    """Past the middle of a bin one of the databases rounds up where the other cuts off."""
    with database.read() as connection:
        assert place == connection.scalar(select(windows.bin_of(literal(at, Double), WINDOW)))


@pytest.mark.parametrize(
    ("at", "lies"), [(BEGIN - 0.001, False), (BEGIN, True), (WINDOW.end - 0.001, True), (WINDOW.end, False)]
)
def test_the_end_of_a_window_is_outside(database: Database, at: float, lies: bool) -> None:
    with database.read() as connection:
        assert lies == connection.scalar(select(windows.within(literal(at, Double), WINDOW)))
