"""Readings are compared with the flag that stood beside them, each reader's last word once."""

from collections.abc import Callable

import pytest

from firstread.store import agreement
from firstread.store.agreement import Agreement
from firstread.store.database import Database
from firstread.store.windows import Window
from firstread.terms import LabelState

Arrive = Callable[..., list[int]]
Write = Callable[..., None]
BEGIN = 1_800_000_000.0
PRESENT, ABSENT, UNCERTAIN = LabelState.PRESENT, LabelState.ABSENT, LabelState.UNCERTAIN


def compared(database: Database, *, n_bins: int = 60) -> list[Agreement]:
    with database.read() as connection:
        return agreement.agreements(connection, Window(BEGIN, 60.0, n_bins))


@pytest.mark.parametrize(
    ("finding", "flagged", "count"),
    [
        (PRESENT, True, "true_positives"),
        (PRESENT, False, "false_negatives"),
        (ABSENT, True, "false_positives"),
        (ABSENT, False, "true_negatives"),
        (UNCERTAIN, True, "n_uncertain"),
        (UNCERTAIN, None, "n_without_flag"),
        (PRESENT, None, "n_without_flag"),
    ],
)
def test_a_reading_belongs_to_one_count(
    database: Database,
    arrive: Arrive,
    read: Write,
    finding: LabelState,
    flagged: bool | None,
    count: str,
) -> None:
    (film,) = arrive("a")
    read(film, finding, at=BEGIN, flagged=flagged)

    assert [Agreement("me", False, **{count: 1})] == compared(database)


def test_readers_are_counted_apart_and_so_is_what_was_blinded(
    database: Database, arrive: Arrive, read: Write
) -> None:
    a, b = arrive("a", "b")
    read(a, PRESENT, at=BEGIN, flagged=True, blinded=True)
    read(b, ABSENT, at=BEGIN, flagged=True)
    read(a, ABSENT, at=BEGIN, flagged=True, reader="anna", blinded=True)

    assert [
        Agreement("anna", True, false_positives=1),
        Agreement("me", True, true_positives=1),
        Agreement("me", False, false_positives=1),
    ] == compared(database)


def test_whoever_reads_again_has_seen_the_score(database: Database, arrive: Arrive, read: Write) -> None:
    (film,) = arrive("a")
    read(film, ABSENT, at=BEGIN, flagged=True, blinded=True)
    read(film, PRESENT, at=BEGIN + 60, flagged=True, blinded=True)

    assert [Agreement("me", False, true_positives=1)] == compared(database)


def test_whoever_took_a_reading_back_has_seen_the_score(
    database: Database, arrive: Arrive, read: Write, undo: Write
) -> None:
    (film,) = arrive("a")
    read(film, ABSENT, at=BEGIN, flagged=True, blinded=True)
    undo(at=BEGIN + 1)
    read(film, PRESENT, at=BEGIN + 2, flagged=True, blinded=True)

    assert [Agreement("me", False, true_positives=1)] == compared(database)


def test_what_was_taken_back_brings_the_reading_before_back(
    database: Database, arrive: Arrive, read: Write, undo: Write
) -> None:
    (film,) = arrive("a")
    read(film, ABSENT, at=BEGIN, flagged=True)
    read(film, PRESENT, at=BEGIN + 1, flagged=True)
    undo(at=BEGIN + 2)

    assert [Agreement("me", False, false_positives=1)] == compared(database)


def test_a_reading_that_was_replaced_after_the_window_is_in_none(
    database: Database, arrive: Arrive, read: Write
) -> None:
    """It no longer holds, and what holds was said later."""
    (film,) = arrive("a")
    read(film, ABSENT, at=BEGIN, flagged=True)
    read(film, PRESENT, at=BEGIN + 60, flagged=True)

    assert [] == compared(database, n_bins=1)
    assert [Agreement("me", False, true_positives=1)] == compared(database, n_bins=2)
