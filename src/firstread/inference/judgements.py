"""judgements.json: what evaluations on test films found, read as strictly as every other part of a bundle."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from firstread.errors import BundleError
from firstread.evaluation.assessment import plain
from firstread.evaluation.intervals import Figure, Interval, NotDefined
from firstread.evaluation.judgement import JudgedPoint, Judgement
from firstread.terms import Part

__all__ = ["as_values", "parse", "parse_one"]

_TEXTS = ("title", "reference_standard", "data", "bundle", "created", "version")
_COUNTS = (
    "looks_by_this_bundle",
    "looks_by_any_bundle",
    "n_found",
    "n_films",
    "n_patients",
    "n_diseased",
)
_PARTS = (Part.INTERNAL_TEST, Part.EXTERNAL_TEST)


def as_values(judgements: Sequence[Judgement]) -> dict[str, Any]:
    """Return what JSON can hold."""
    return {"judgements": plain(judgements)}


def parse(where: str, values: Mapping[str, Any]) -> tuple[Judgement, ...]:
    """Return the judgements of a bundle.

    Args:
        where: The part, for messages.
        values: As `as_values` gives them.

    Raises:
        BundleError: If they are not as they were written.
    """
    rows = _of(where, values, {"judgements"})["judgements"]
    return tuple(
        parse_one(f"{where}: judgement {n}", row) for n, row in enumerate(_list(where, rows), start=1)
    )


def parse_one(where: str, values: object) -> Judgement:
    """Return one judgement.

    Raises:
        BundleError: If a value is missing, unknown or not what it must be.
    """
    row = _of(where, values, set(Judgement.__slots__))
    if row["part"] not in _PARTS:
        raise BundleError(f"{where}: part must be {' or '.join(_PARTS)}; received {row['part']!r}.")
    texts: dict[str, Any] = {name: _text(f"{where}: {name}", row[name]) for name in _TEXTS}
    counts: dict[str, Any] = {name: _count(f"{where}: {name}", row[name]) for name in _COUNTS}
    return Judgement(
        **texts,
        **counts,
        part=Part(row["part"]),
        level=_number(f"{where}: level", row["level"]),
        auroc=_figure(f"{where}: auroc", row["auroc"]),
        points=tuple(_point(f"{where}: points", point) for point in _list(where, row["points"])),
        cautions=tuple(_text(f"{where}: cautions", line) for line in _list(where, row["cautions"])),
    )


def _point(where: str, values: object) -> JudgedPoint:
    row = _of(where, values, set(JudgedPoint.__slots__))
    return JudgedPoint(
        name=_text(f"{where}: name", row["name"]),
        threshold=_number(f"{where}: threshold", row["threshold"]),
        sensitivity=_figure(f"{where}: sensitivity", row["sensitivity"]),
        specificity=_figure(f"{where}: specificity", row["specificity"]),
    )


def _figure(where: str, value: object) -> Figure:
    if isinstance(value, dict) and value.keys() == {"not_defined"}:
        return NotDefined(_text(where, value["not_defined"]))
    row = _of(where, value, set(Interval.__slots__))
    numbers = {name: _number(f"{where}: {name}", row[name]) for name in ("estimate", "low", "high", "level")}
    return Interval(**numbers, redrawn=_count(f"{where}: redrawn", row["redrawn"]))


def _of(where: str, value: object, names: set[str]) -> Mapping[str, Any]:
    if not isinstance(value, dict) or value.keys() != names:
        received = ", ".join(map(str, value)) if isinstance(value, dict) else repr(value)
        raise BundleError(f"{where}: must state {', '.join(sorted(names))}; received {received}.")
    return value


def _list(where: str, value: object) -> list[Any]:
    if not isinstance(value, list):
        raise BundleError(f"{where}: must hold a list; received {value!r}.")
    return value


def _text(where: str, value: object) -> str:
    if not isinstance(value, str):
        raise BundleError(f"{where}: must be text; received {value!r}.")
    return value


def _count(where: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise BundleError(f"{where}: must be a whole number from 0; received {value!r}.")
    return value


def _number(where: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise BundleError(f"{where}: must be a finite number; received {value!r}.")
    return float(value)
