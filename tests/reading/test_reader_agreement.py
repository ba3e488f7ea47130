"""Shares are of enough films, carry intervals, and each reader's are shown to that reader."""

import pytest

from firstread.evaluation.intervals import wilson
from firstread.reading import reader_agreement
from firstread.reading.reader_agreement import agreements_of, seen_by
from firstread.store.agreement import Agreement

ANNA = Agreement(
    "anna",
    True,
    true_positives=9,
    false_negatives=3,
    true_negatives=20,
    false_positives=5,
    n_uncertain=2,
    n_without_flag=1,
)
BEN = Agreement("ben", True, true_positives=1, true_negatives=9)
BEN_SEEING = Agreement("ben", False, false_positives=4)


def test_shares_are_of_what_the_reader_found() -> None:
    """9 of 12 found with pneumonia were flagged, 20 of 25 found without were not."""
    (_, found) = agreements_of([ANNA])

    assert found.sensitivity is not None
    assert found.specificity is not None
    assert (wilson(9, 12).estimate, wilson(9, 12).low, wilson(9, 12).high) == pytest.approx(
        (found.sensitivity.estimate, found.sensitivity.low, found.sensitivity.high)
    )
    assert (wilson(20, 25).estimate, wilson(20, 25).low) == pytest.approx(
        (found.specificity.estimate, found.specificity.low)
    )
    assert (2, 1) == (found.n_uncertain, found.n_without_flag)


def test_of_few_films_no_share_is_stated() -> None:
    (_, found) = agreements_of([BEN])

    assert reader_agreement.FEWEST == 10
    assert (None, None) == (found.sensitivity, found.specificity)
    assert (1, 9) == (found.true_positives, found.true_negatives)


def test_readers_are_added_up_apart_from_those_who_had_seen_the_score() -> None:
    found = agreements_of([ANNA, BEN, BEN_SEEING])

    assert [
        (None, True, 10, 5, 29, 3),
        (None, False, 0, 4, 0, 0),
        ("anna", True, 9, 5, 20, 3),
        ("ben", True, 1, 0, 9, 0),
        ("ben", False, 0, 4, 0, 0),
    ] == [
        (
            each.reader,
            each.blinded,
            each.true_positives,
            each.false_positives,
            each.true_negatives,
            each.false_negatives,
        )
        for each in found
    ]


def test_nobody_read() -> None:
    assert () == agreements_of([])


@pytest.mark.parametrize(
    ("reader", "is_admin", "seen"),
    [
        ("anna", False, [None, None, "anna"]),
        ("carla", False, [None, None]),
        ("carla", True, [None, None, "anna", "ben", "ben"]),
    ],
)
def test_readers_see_themselves_and_all_together(reader: str, is_admin: bool, seen: list[str | None]) -> None:
    found = agreements_of([ANNA, BEN, BEN_SEEING])

    assert seen == [each.reader for each in seen_by(found, reader=reader, is_admin=is_admin)]
