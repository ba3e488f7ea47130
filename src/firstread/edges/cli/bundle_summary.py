"""What a bundle is and promises, short enough for one screen; and all of it as JSON."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from rich.table import Table
from rich.text import Text

from firstread.edges.cli.reading_worklist import printable
from firstread.evaluation.shift import WARN_PERCENTAGE
from firstread.inference.bundle import Bundle
from firstread.reporting.judgement_words import NONE_ELSEWHERE, judgement_line
from firstread.reporting.stated_figures import stated

__all__ = ["bundle_values", "summary_table"]

_TUNING_FIGURES = {"auroc": "AUROC", "brier": "Brier score", "ece": "calibration error"}


def summary_table(bundle: Bundle) -> Table:
    """Return what the model is, what it learned from, what was measured, and what else the bundle can do."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in (*_model(bundle), *_films(bundle.facts), *_figures(bundle), *_abilities(bundle)):
        table.add_row(Text(printable(name)), Text(printable(value)))
    return table


def bundle_values(bundle: Bundle) -> dict[str, Any]:
    """Return everything that is no array as plain values for JSON."""
    return {
        "folder": str(bundle.folder),
        "sha256": bundle.sha256,
        "recipe": bundle.recipe.as_dict(),
        "calibration": asdict(bundle.calibration),
        "operating_points": {name: asdict(point) for name, point in bundle.operating_points.items()},
        "abstain_band": list(bundle.abstain_band),
        "shift_warning_percentage": None if bundle.shift is None else WARN_PERCENTAGE,
        "refuses_what_is_not_frontal": bundle.frontal is not None,
        "evidence": bundle.evidence and asdict(bundle.evidence),
        "holds_tuning_scores": bundle.tuning_scores is not None,
        "holds_weights": bundle.weights_path is not None,
        "judgements": [asdict(judgement) for judgement in bundle.judgements],
        "facts": dict(bundle.facts),
    }


def _model(bundle: Bundle) -> Iterator[tuple[str, str]]:
    facts = bundle.facts
    yield "bundle", str(bundle.folder)
    yield "SHA-256", bundle.sha256
    for name, words in (
        ("architecture", "network"),
        ("started_from", "started from"),
        ("created", "created"),
        ("licence", "licence"),
        ("intended_use", "intended use"),
    ):
        if name in facts:
            yield words, str(facts[name])
    yield "input", f"one film, grey, reduced to {bundle.recipe.height} × {bundle.recipe.width} pixels"


def _films(facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    data = _mapping(facts.get("data"))
    for part, counts in _mapping(data.get("parts")).items():
        known = _mapping(counts)
        yield (
            f"{part} films",
            ", ".join(
                f"{value:,} {name.replace('_', '-')}"
                for name, value in known.items()
                if isinstance(value, int)
            ),
        )
    if "split_description" in data:
        yield "split", str(data["split_description"])


def _figures(bundle: Bundle) -> Iterator[tuple[str, str]]:
    tuning = _mapping(_mapping(bundle.facts.get("metrics")).get("tuning"))
    for name, words in _TUNING_FIGURES.items():
        if name in tuning:
            yield f"{words}, tuning films", stated(tuning[name])
    for judgement in bundle.judgements:
        yield "test films", judgement_line(judgement)
    if not bundle.judgements:
        yield "test films", NONE_ELSEWHERE
    notes = bundle.facts.get("notes")
    for note in notes if isinstance(notes, list) else ():
        yield "stated", str(note)


def _abilities(bundle: Bundle) -> Iterator[tuple[str, str]]:
    calibration = bundle.calibration
    room = (
        ""
        if calibration.prevalence is None
        else f"; of a room where {calibration.prevalence:.0%} are diseased"
    )
    yield (
        "calibration",
        f"temperature {calibration.temperature:.3f}, intercept {calibration.intercept:.3f}{room}",
    )
    yield "neither ruled out nor certain", "from {:.3f} to below {:.3f}".format(*bundle.abstain_band)
    yield (
        "refuses",
        "no film for its content"
        if bundle.frontal is None
        else "what is no frontal chest film, at a threshold that 1 % of tuning films reach",
    )
    yield (
        "warns of unusual films",
        "no"
        if bundle.shift is None
        else f"where {WARN_PERCENTAGE:g} % of the tuning films are more ordinary",
    )
    evidence = bundle.evidence
    yield (
        "warns of heat outside the thorax",
        "no"
        if evidence is None
        else f"where less than {evidence.least_share:.3f} of it lies inside; {evidence.percentile:g} % of "
        f"{evidence.n_films:,} flagged tuning films",
    )
    carried = {"tuning scores": bundle.tuning_scores, "weights to fine-tune from": bundle.weights_path}
    yield "also holds", ", ".join(name for name, part in carried.items() if part is not None) or "nothing"


def _mapping(value: object) -> Mapping[str, Any]:
    """Return a mapping of the facts; an empty one where a hand-made bundle states something else."""
    return value if isinstance(value, Mapping) else {}
