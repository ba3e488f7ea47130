"""Numbers as a report writes them: always with their interval, or with the reason why there are none."""

import math

from firstread.evaluation.intervals import Figure, Interval, NotDefined

__all__ = ["interval_words", "level_words", "number", "point_words", "range_words"]

_MOST_DIGITS = 6
_ROUNDING = 1e-9


def interval_words(figure: Figure, *, digits: int = 3) -> str:
    """Return a figure with its limits, "0.950 (0.933–0.965)", or "not defined: reason".

    All three have the digits that the one of them nearest to 0 or 1 needs, and enough to tell the limits apart:
    "0.9998 (0.9996–0.9999)".
    """
    if isinstance(figure, NotDefined):
        return f"not defined: {figure.reason}"
    values = (figure.estimate, figure.low, figure.high)
    needed = max(_digits(value, digits) for value in values)
    while needed < _MOST_DIGITS and _look_alike(figure.low, figure.high, needed):
        needed += 1
    estimate, low, high = (_written(value, needed) for value in values)
    # A dash between signs cannot be read.
    between = " to " if "−" in low + high else "–"
    return f"{estimate} ({low}{between}{high})"


def range_words(interval: Interval) -> str:
    """Return the limits alone, "0.933–0.965"."""
    return f"{number(interval.low)}–{number(interval.high)}"


def level_words(level: float) -> str:
    """Return a confidence: "95 %"."""
    return f"{100 * level:g}\N{NO-BREAK SPACE}%"


def number(value: float, digits: int = 3) -> str:
    """Return a number with a real minus sign; what is not 0 or 1 never looks so, up to six digits.

    Args:
        value: Beyond six digits it is written as the nearest number that is not 0 or 1: "0.999999".
        digits: At least so many.
    """
    return _written(value, _digits(value, digits))


def _digits(value: float, digits: int) -> int:
    """Return how many digits a number needs, so many at least, lest it look like a 0 or 1 that it is not."""
    while _between(value) and digits < _MOST_DIGITS and abs(float(f"{value:.{digits}f}")) in {0.0, 1.0}:
        digits += 1
    return digits


def _look_alike(low: float, high: float, digits: int) -> bool:
    return high - low > _ROUNDING and f"{low:.{digits}f}" == f"{high:.{digits}f}"


def _written(value: float, digits: int) -> str:
    if _between(value):
        value = math.copysign(min(max(abs(value), 10**-digits), 1 - 10**-digits), value)
    text = f"{value:.{digits}f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", "−")


def _between(value: float) -> bool:
    """Tell whether a number is neither 0 nor ±1 but for rounding, and lies between them."""
    return _ROUNDING < abs(value) < 1 - _ROUNDING


def point_words(name: str) -> str:
    """Return an operating point's name as a reader has it: "rule out"."""
    return name.replace("_", " ")
