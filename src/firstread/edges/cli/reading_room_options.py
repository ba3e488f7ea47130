"""What the options of `firstread simulate` mean: hours of the day, reading times, an operating point."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from firstread.errors import ConfigError
from firstread.triage.reading_room import HOURS, ReadingTime, TimeShape

if TYPE_CHECKING:
    from firstread.evaluation.between_blocks import PredictionInterval
    from firstread.evaluation.operating_point import OperatingPoint

__all__ = ["RoomPoint", "by_hour", "reading_time", "room_point", "whole_by_hour"]

_SPAN = re.compile(r"(\d{1,2})-(\d{1,2}):([\d.]+)")


@dataclass(frozen=True, slots=True)
class RoomPoint:
    """The operating point of a simulated model.

    Args:
        sensitivity: Flagged fraction of the diseased films.
        specificity: Not flagged fraction of the non-diseased films.
        origin: Where the two come from, in words.
        caution: What its figures do not promise; empty where the user chose them.
        to_expect: Sensitivity and specificity on another stretch of patients; None where nobody looked.
    """

    sensitivity: float
    specificity: float
    origin: str
    caution: str = ""
    to_expect: "tuple[PredictionInterval, PredictionInterval] | None" = None


def by_hour(option: str, text: str) -> tuple[float, ...]:
    """Return a value for each hour of the day, from "6" or from spans such as "8-18:10,18-8:2".

    Raises:
        ConfigError: If the text is neither, or leaves out an hour or names it twice.
    """
    try:
        return (float(text),) * HOURS
    except ValueError:
        pass
    hours: dict[int, float] = {}
    for span in text.split(","):
        for hour, value in _span(option, span.strip()):
            if hour in hours:
                raise ConfigError(f"{option} must name each hour once; {hour}:00 came twice in {text!r}.")
            hours[hour] = value
    if missing := [hour for hour in range(HOURS) if hour not in hours]:
        raise ConfigError(f"{option} must name every hour; {missing[0]}:00 is missing in {text!r}.")
    return tuple(hours[hour] for hour in range(HOURS))


def _span(option: str, span: str) -> Sequence[tuple[int, float]]:
    form = f"{option} must be a number, or spans such as 8-18:10,18-8:2; received {span!r}."
    match = _SPAN.fullmatch(span)
    if match is None:
        raise ConfigError(form)
    first, end = int(match[1]), int(match[2])
    try:
        value = float(match[3])
    except ValueError as error:
        raise ConfigError(form) from error
    if first >= HOURS or end > HOURS or first == end:
        raise ConfigError(f"{option} must have hours from 0 to 24 and spans that last; received {span!r}.")
    length = (end - first) % HOURS or HOURS
    return [((first + step) % HOURS, value) for step in range(length)]


def whole_by_hour(option: str, text: str) -> tuple[int, ...]:
    """Return a whole number for each hour of the day.

    Raises:
        ConfigError: As `by_hour`, or if a number is not whole.
    """
    values = by_hour(option, text)
    if not all(value.is_integer() for value in values):
        raise ConfigError(f"{option} must be whole numbers; received {text!r}.")
    return tuple(int(value) for value in values)


def reading_time(option: str, text: str) -> ReadingTime:
    """Return a reading time from "10", "constant:10" or "log-normal:10:0.5" (variation: deviation over mean).

    Raises:
        ConfigError: If the text is none of these, or a number is out of range.
    """
    shape, _, rest = text.rpartition(":") if text.count(":") < 2 else text.partition(":")
    mean, _, variation = rest.partition(":")
    try:
        asked = TimeShape(shape or TimeShape.EXPONENTIAL)
        if bool(variation) != (asked is TimeShape.LOG_NORMAL):
            raise ValueError
        return ReadingTime(float(mean), asked, float(variation or 1))
    except ValueError as error:
        raise ConfigError(
            f"{option} must be minutes, exponential:MINUTES, constant:MINUTES or log-normal:MINUTES:VARIATION; "
            f"received {text!r}."
        ) from error


def room_point(sensitivity: float | None, specificity: float | None, bundle: Path | None) -> RoomPoint:
    """Return the operating point asked for, or the screening point of a bundle.

    Raises:
        ConfigError: If one of the two is missing, or a bundle is named beside them.
        BundleError: If the bundle cannot be read.
    """
    if sensitivity is not None and specificity is not None and bundle is None:
        return RoomPoint(sensitivity, specificity, "as asked for")
    if sensitivity is not None or specificity is not None:
        raise ConfigError(
            "An operating point needs --sensitivity and --specificity, or neither and a bundle (--bundle, or "
            "the one that comes with firstread); received a part of both."
        )
    from firstread.inference import bundle as bundles

    model = bundles.load(bundle or bundles.shipped())
    point = model.operating_points["screening"]
    return RoomPoint(
        point.sensitivity,
        point.specificity,
        f"screening point of {model.facts.get('name', model.folder.name)}, {point.n_diseased:,} diseased and "
        f"{point.n_non_diseased:,} non-diseased tuning films",
        "The operating point is what the bundle reached on its own tuning films. "
        + _to_expect(point)
        + " The waits change with it: try --sensitivity and --specificity as measured on your own films.",
        _expected(point),
    )


def _expected(point: "OperatingPoint") -> "tuple[PredictionInterval, PredictionInterval] | None":
    sensitivity, specificity = point.predicted_sensitivity, point.predicted_specificity
    return None if sensitivity is None or specificity is None else (sensitivity, specificity)


def _to_expect(point: "OperatingPoint") -> str:
    """Return what to expect of an operating point on another stretch of patients, in words."""
    from firstread.evaluation.point_remarks import range_remark
    from firstread.reporting.cells import range_words

    expected = _expected(point)
    if expected is None:
        return (
            "Nobody looked how it changes from one stretch of patients to the next; both may be much lower."
        )
    sensitivity, specificity = expected
    return (
        f"On another stretch of patients a sensitivity of {range_words(sensitivity)} and a specificity of "
        f"{range_words(specificity)} are to be expected. {range_remark(sensitivity, specificity)}"
    )
