"""Figures as a bundle's facts state them: plain values, with their interval or, from older releases, without."""

from collections.abc import Mapping

from firstread.evaluation.intervals import Figure, Interval, NotDefined
from firstread.reporting.cells import interval_words, number

__all__ = ["stated"]


def stated(value: object, digits: int = 3) -> str:
    """Return a figure as a card writes it: "0.950 (0.933–0.965)", "0.950" or "not defined: reason".

    Args:
        value: A number, or a mapping with estimate, low, high and level, or with not_defined.
        digits: After the point, at least.
    """
    if not isinstance(value, Mapping):
        return number(float(str(value)), digits)
    figure: Figure = (
        NotDefined(value["not_defined"])
        if "not_defined" in value
        else Interval(value["estimate"], value["low"], value["high"], value["level"])
    )
    return interval_words(figure, digits=digits)
