"""Numbers and moments as a reader says them: what the page says in the reader's browser, said on paper."""

from datetime import UTC, datetime, timedelta

from firstread.terms import LabelState, ViewPosition

__all__ = [
    "FINDING",
    "VIEW",
    "caution",
    "counted",
    "interval",
    "moment",
    "percent",
    "size",
    "threshold",
    "wait",
]

FINDING = {
    LabelState.PRESENT: "pneumonia",
    LabelState.ABSENT: "no pneumonia",
    LabelState.UNCERTAIN: "unsure",
    LabelState.NOT_STATED: "not stated",
}
VIEW = {
    ViewPosition.PA: "PA (posteroanterior)",
    ViewPosition.AP: "AP (anteroposterior)",
    ViewPosition.LEFT_LATERAL: "left lateral",
    ViewPosition.RIGHT_LATERAL: "right lateral",
}
# Nobody is told that a model is sure.
_NEARLY_ALL, _NEARLY_NONE = 0.995, 0.005
_KB = 1000
# From here on the next larger unit says enough.
_LONG_MIN, _LONG_H = 100, 48


def percent(probability: float) -> str:
    """Return a percentage that never claims certainty."""
    if probability >= _NEARLY_ALL:
        return "> 99 %"
    if probability <= _NEARLY_NONE:
        return "< 1 %"
    return f"{100 * probability:.0f} %"


def interval(low: float, high: float) -> str:
    """Return two ends of an interval; where both read alike, once."""
    ends = (percent(low), percent(high))
    return f"{ends[0]} throughout" if ends[0] == ends[1] else " to ".join(ends)


def caution(prevalence: float) -> str:
    """Return where the probabilities of a model hold, and where they do not."""
    return (
        f"Probabilities are those of a room where {percent(prevalence)} of the films show pneumonia; "
        "where fewer do, they are too high."
    )


def threshold(value: float) -> str:
    """Return a threshold as a percentage with one decimal: two thresholds may lie close together."""
    return f"{100 * value:.1f} %"


def counted(n: int, one: str, many: str | None = None) -> str:
    """Return "1 film", "1,234 films"."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def moment(at: datetime) -> str:
    """Return a moment with its zone: paper does not know where it is read."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def wait(duration: timedelta) -> str:
    """Return how long somebody has waited: "< 1 min", "12 min", "5 h", "3 d"."""
    minutes = max(0, int(duration.total_seconds())) // 60
    if minutes < 1:
        return "< 1 min"
    if minutes < _LONG_MIN:
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours} h" if hours < _LONG_H else f"{hours // 24:,} d"


def size(n_bytes: int) -> str:
    """Return the size of a file."""
    if n_bytes < _KB:
        return counted(n_bytes, "byte")
    return f"{n_bytes / _KB:.0f} kB" if n_bytes < _KB**2 else f"{n_bytes / _KB**2:.1f} MB"
