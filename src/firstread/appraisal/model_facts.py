"""What a report says of the bundle it judges, from the bundle's own facts."""

from collections.abc import Iterator, Mapping
from typing import Any

from firstread.errors import BundleError
from firstread.evaluation.intervals import Interval
from firstread.inference.bundle import Bundle
from firstread.reporting.account import Model

__all__ = ["model_of"]

_PLAIN = ("created", "architecture", "started_from", "intended_use", "licence")
_MEASURES = ("sensitivity", "specificity")


def model_of(bundle: Bundle) -> Model:
    """Return the facts of a bundle; what it does not state is left out.

    Raises:
        BundleError: If its facts have another form than an export gives them: somebody wrote them by hand.
    """
    try:
        return _model(bundle)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise BundleError(
            f"{bundle.folder}: facts.json: notes, data and metrics must have the form that `firstread export` gives "
            f"them; {error}."
        ) from error


def _model(bundle: Bundle) -> Model:
    facts = bundle.facts
    return Model(
        name=str(facts.get("name", bundle.folder.name)),
        sha256=bundle.sha256,
        facts=dict(_stated(bundle)),
        notes=tuple(str(note) for note in facts.get("notes", ())),
        attribution=tuple(str(line) for line in facts.get("attribution", ())),
        predicted=dict(_predicted(facts)),
        judgements=bundle.judgements,
        cross_fitted=facts.get("metrics", {})
        .get("tuning", {})
        .get("calibration", {})
        .get("cross_fitted", {}),
    )


def _stated(bundle: Bundle) -> Iterator[tuple[str, str]]:
    facts = bundle.facts
    for name in _PLAIN:
        if name in facts:
            yield name.replace("_", " "), str(facts[name])
    data = facts.get("data")
    if isinstance(data, Mapping):
        yield "split", str(data.get("split_description", data.get("split", "not stated")))
        for part, counts in data.get("parts", {}).items():
            yield (
                f"{part} films",
                f"{counts['films']:,} of {counts['patients']:,} patients, {counts['diseased']:,} diseased",
            )
        yield "SHA-256 of its films", str(data.get("hash", "not stated"))
    software = facts.get("software")
    if isinstance(software, Mapping):
        yield "made with", ", ".join(f"{name} {version}" for name, version in software.items())
    calibration = bundle.calibration
    yield "calibration", f"temperature {calibration.temperature:.4f}, intercept {calibration.intercept:.4f}"


def _predicted(facts: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Interval]]]:
    """Yield what tuning promised of each operating point, where the facts hold it with an interval."""
    points = facts.get("metrics", {}).get("tuning", {}).get("operating_points", {})
    for name, stated in points.items():
        found = {
            measure: stated[measure] for measure in _MEASURES if isinstance(stated.get(measure), Mapping)
        }
        yield (
            name,
            {
                measure: Interval(value["estimate"], value["low"], value["high"], value["level"])
                for measure, value in found.items()
            },
        )
