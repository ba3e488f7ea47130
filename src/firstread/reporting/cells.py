"""Numbers as a report writes them: always with their interval, or with the reason why there are none."""

from firstread.evaluation.intervals import Figure, NotDefined

__all__ = ["interval_words", "level_words", "number", "point_words"]


def interval_words(figure: Figure, *, digits: int = 3) -> str:
    """Return a figure with its limits, "0.950 (0.933–0.965)", or "not defined: reason"."""
    if isinstance(figure, NotDefined):
        return f"not defined: {figure.reason}"
    estimate, low, high = (number(value, digits) for value in (figure.estimate, figure.low, figure.high))
    # A dash between signs cannot be read.
    between = " to " if "−" in low + high else "–"
    return f"{estimate} ({low}{between}{high})"


def level_words(level: float) -> str:
    """Return a confidence: "95 %"."""
    return f"{100 * level:g}\N{NO-BREAK SPACE}%"


def number(value: float, digits: int = 3) -> str:
    """Return a number with a real minus sign, never "−0.000"."""
    text = f"{value:.{digits}f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", "−")


def point_words(name: str) -> str:
    """Return an operating point's name as a reader has it: "rule out"."""
    return name.replace("_", " ")
