import math
from typing import Any

import pytest

from firstread.imaging.first_window import FirstWindow


def test_a_film_without_a_window_is_shown_from_black_to_white() -> None:
    assert FirstWindow(127.5, 255, 1, 0, "LINEAR_EXACT") == FirstWindow.of_all(255)


@pytest.mark.parametrize("name", ["centre", "width", "slope", "intercept"])
@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_a_number_that_does_not_end_is_no_part_of_it(name: str, number: float) -> None:
    numbers: dict[str, Any] = {"centre": 5, "width": 9} | {name: number}

    with pytest.raises(ValueError, match="must have finite numbers"):
        FirstWindow(**numbers)


@pytest.mark.parametrize("wrong", [{"width": 0}, {"width": -1}, {"slope": 0}, {"function": "SIGMOID"}])
def test_what_shows_nothing_or_is_no_straight_line_is_no_first_window(wrong: dict[str, Any]) -> None:
    parts: dict[str, Any] = {"centre": 5, "width": 9} | wrong

    with pytest.raises(
        ValueError, match="a width above 0, a slope other than 0 and the function LINEAR or LINEAR_EXACT"
    ):
        FirstWindow(**parts)
