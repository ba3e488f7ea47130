import pytest

from firstread.reporting.stated_figures import stated


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"estimate": 0.95, "low": 0.9331, "high": 0.965, "level": 0.95}, "0.950 (0.933–0.965)"),
        ({"estimate": 0.1, "low": -0.2, "high": 0.4, "level": 0.95}, "0.100 (−0.200 to 0.400)"),
        ({"not_defined": "one class."}, "not defined: one class."),
        (0.0123, "0.012"),
        (-1, "−1.000"),
    ],
)
def test_a_figure_is_written_with_what_is_known_of_it(value: object, words: str) -> None:
    assert words == stated(value)


def test_digits_are_for_all_three() -> None:
    assert "0.0123 (0.0023–0.0223)" == stated(
        {"estimate": 0.0123, "low": 0.0023, "high": 0.0223, "level": 0.95}, 4
    )


def test_what_is_no_figure_is_refused() -> None:
    with pytest.raises(ValueError, match="high"):
        stated("high")
