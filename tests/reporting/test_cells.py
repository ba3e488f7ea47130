import pytest

from firstread.evaluation.intervals import Interval, NotDefined
from firstread.reporting import cells


def test_a_figure_stands_with_its_limits() -> None:
    assert "0.950 (0.933–0.965)" == cells.interval_words(Interval(0.95, 0.9326, 0.965, 0.95))


def test_limits_with_signs_are_told_apart_by_a_word() -> None:
    assert "−0.10 (−0.40 to 0.20)" == cells.interval_words(Interval(-0.1, -0.4, 0.2, 0.95), digits=2)


def test_a_figure_that_does_not_exist_says_why() -> None:
    assert "not defined: one class only." == cells.interval_words(NotDefined("one class only."))


@pytest.mark.parametrize(("value", "expected"), [(-0.0001, "0.000"), (-0.25, "−0.250"), (1.0, "1.000")])
def test_a_number_has_a_real_minus_and_no_negative_zero(value: float, expected: str) -> None:
    assert expected == cells.number(value)


def test_a_level_is_a_percentage() -> None:
    assert ["95\N{NO-BREAK SPACE}%", "99.5\N{NO-BREAK SPACE}%"] == [
        cells.level_words(x) for x in (0.95, 0.995)
    ]


def test_a_point_is_named_in_words() -> None:
    assert "rule out" == cells.point_words("rule_out")
