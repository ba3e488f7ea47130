import math

import pytest

from firstread.evaluation.intervals import Interval, NotDefined
from firstread.reporting import cells


def test_a_figure_stands_with_its_limits() -> None:
    assert "0.950 (0.933–0.965)" == cells.interval_words(Interval(0.95, 0.9326, 0.965, 0.95))


def test_limits_with_signs_are_told_apart_by_a_word() -> None:
    assert "−0.10 (−0.40 to 0.20)" == cells.interval_words(Interval(-0.1, -0.4, 0.2, 0.95), digits=2)


def test_a_figure_that_does_not_exist_says_why() -> None:
    assert "not defined: one class only." == cells.interval_words(NotDefined("one class only."))


@pytest.mark.parametrize(
    ("estimate", "low", "high", "expected"),
    [
        (0.99982, 0.99961, 0.99994, "0.9998 (0.9996–0.9999)"),
        (0.9987, 0.9932, 0.9998, "0.9987 (0.9932–0.9998)"),
        (0.0021, 0.0002, 0.019, "0.0021 (0.0002–0.0190)"),
        (0.99897, 0.99862, 0.99929, "0.9990 (0.9986–0.9993)"),
        (1.0, 1.0, 1.0, "1.000 (1.000–1.000)"),
        (1.0, 0.9876, 1.0, "1.000 (0.988–1.000)"),
        (0.0, 0.0, 0.024, "0.000 (0.000–0.024)"),
        (0.02, -0.0004, 0.04, "0.0200 (−0.0004 to 0.0400)"),
    ],
)
def test_a_figure_has_the_digits_that_its_nearest_to_0_or_1_needs(
    estimate: float, low: float, high: float, expected: str
) -> None:
    """A difference whose lower limit is below 0 must not look as if it ended there."""
    assert expected == cells.interval_words(Interval(estimate, low, high, 0.95))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (-0.25, "−0.250"),
        (1.0, "1.000"),
        (0.0, "0.000"),
        (-1e-12, "0.000"),
        (1 - 1e-12, "1.000"),
        (0.9996, "0.9996"),
        (0.99994, "0.9999"),
        (0.00004, "0.00004"),
        (-0.0001, "−0.0001"),
        (1 - 1e-8, "0.999999"),
        (1e-8, "0.000001"),
        (1.0002, "1.000"),
        (math.nan, "nan"),
    ],
)
def test_only_0_and_1_look_like_0_and_1(value: float, expected: str) -> None:
    assert expected == cells.number(value)


def test_a_level_is_a_percentage() -> None:
    assert ["95\N{NO-BREAK SPACE}%", "99.5\N{NO-BREAK SPACE}%"] == [
        cells.level_words(x) for x in (0.95, 0.995)
    ]


def test_a_point_is_named_in_words() -> None:
    assert "rule out" == cells.point_words("rule_out")
