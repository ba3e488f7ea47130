"""The reading worklist as JSON and as CSV."""

import csv
import io
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from firstread import __version__
from firstread.edges.cli.film_pictures import overlay_name
from firstread.edges.cli.reading_worklist import ReadingWorklist
from firstread.records import Scored, WorklistEntry
from firstread.terms import DISCLAIMER

__all__ = ["write_csv", "write_json"]

_COLUMNS = (
    "rank", "band", "status", "probability", "flagged", "path", "reason", "warnings", "shift", "logit",
    "reason_code", "width", "height", "view_position", "synthetic", "sha256", "heat_map",
)  # fmt: skip

# A spreadsheet takes text with these beginnings for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_json(worklist: ReadingWorklist, stream: BinaryIO, *, heat_maps: Path | None = None) -> None:
    """Write the worklist as one JSON object; what does not apply is null, and NaN never occurs.

    A film that was not scored has no band; "counts" are those of the entries by band, and of the entries whose
    status is "not_scored".

    Args:
        worklist: The ranked films.
        stream: Where to.
        heat_maps: The folder that holds a picture of each scored film; None where none were written.
    """
    content = {
        "firstread": __version__,
        "notice": DISCLAIMER,
        "bundle": worklist.bundle,
        "operating_point": asdict(worklist.operating_point),
        "rule_out": worklist.rule_out and asdict(worklist.rule_out),
        "counts": _counts(worklist),
        "entries": [_row(entry, heat_maps) for entry in worklist.entries],
    }
    stream.write(json.dumps(content, allow_nan=False, indent=1, default=str).encode("ascii"))
    stream.write(b"\n")


def write_csv(worklist: ReadingWorklist, stream: BinaryIO, *, heat_maps: Path | None = None) -> None:
    """Write one line for each film, for spreadsheets: UTF-8, and no cell that is a formula."""
    # Names of files that are not UTF-8 keep their bytes, so that the path still leads to the file.
    text = io.TextIOWrapper(stream, encoding="utf-8", errors="surrogateescape", newline="")
    table = csv.writer(text)
    table.writerow(_COLUMNS)
    for entry in worklist.entries:
        row = _row(entry, heat_maps) | {"path": _no_formula(str(entry.outcome.path))}
        row["warnings"] = "; ".join(entry.outcome.warnings)
        table.writerow(["" if row[name] is None else _plain(row[name]) for name in _COLUMNS])
    text.detach()


def _counts(worklist: ReadingWorklist) -> dict[str, int]:
    """Return how many entries have each band, and how many the status of those that have none."""
    return {name.replace("not scored", "not_scored"): count for name, count in worklist.counts().items()}


def _row(entry: WorklistEntry, heat_maps: Path | None) -> dict[str, Any]:
    """Return one film as plain values."""
    outcome = entry.outcome
    scored = outcome if isinstance(outcome, Scored) else None
    reason = None if isinstance(outcome, Scored) else outcome.reason
    facts = outcome.facts
    return {
        "path": str(outcome.path),
        "status": "scored" if scored else "not_scored",
        "probability": scored and scored.probability,
        "logit": scored and scored.logit,
        "flagged": scored and scored.flagged,
        "band": scored and scored.band.value,
        "rank": entry.rank,
        "reason": reason and reason.message,
        "reason_code": reason and reason.code.value,
        "shift": outcome.shift,
        "warnings": list(outcome.warnings),
        "width": facts and facts.width,
        "height": facts and facts.height,
        "view_position": facts and facts.view_position and facts.view_position.value,
        "synthetic": facts and facts.synthetic,
        "sha256": facts and facts.sha256,
        "heat_map": str(heat_maps / overlay_name(outcome.path)) if scored and heat_maps else None,
    }


def _plain(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value


def _no_formula(path: str) -> str:
    """Return the same path in a form that no spreadsheet runs."""
    return f"./{path}" if path.startswith(_FORMULA) else path
