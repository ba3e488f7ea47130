"""JSON and CSV hold every film, and nothing a reader would trip over."""

import csv
import io
import json
import os
from collections import Counter
from dataclasses import replace
from pathlib import Path

from firstread.edges.cli import worklist_files
from firstread.edges.cli.reading_worklist import ReadingWorklist
from firstread.records import WorklistEntry


def as_json(worklist: ReadingWorklist) -> dict[str, list[dict[str, object]]]:
    stream = io.BytesIO()
    worklist_files.write_json(worklist, stream)
    content: dict[str, list[dict[str, object]]] = json.loads(stream.getvalue())
    return content


def as_rows(worklist: ReadingWorklist) -> list[dict[str, str]]:
    stream = io.BytesIO()
    worklist_files.write_csv(worklist, stream)
    text = stream.getvalue().decode("utf-8", "surrogateescape")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_json_says_everything_of_a_scored_film(worklist: ReadingWorklist) -> None:
    content = as_json(worklist)

    assert {
        "path": str(worklist.entries[0].outcome.path),
        "status": "scored",
        "probability": 0.91,
        "logit": 2.0,
        "flagged": True,
        "band": "URGENT",
        "rank": 1,
        "reason": None,
        "reason_code": None,
        "shift": 12.5,
        "warnings": ["a <b>warning</b>"],
        "width": 800,
        "height": 600,
        "view_position": "PA",
        "synthetic": False,
        "sha256": "ab" * 32,
        "heat_map": None,
    } == content["entries"][0]


def test_json_has_null_where_nothing_applies(worklist: ReadingWorklist) -> None:
    entry = as_json(worklist)["entries"][2]

    assert ("not_scored", None, "The file is not a picture.", "not_an_image") == (
        entry["status"],
        entry["band"],
        entry["reason"],
        entry["reason_code"],
    )
    assert [None] * 5 == [entry[key] for key in ("probability", "logit", "flagged", "shift", "sha256")]


def test_json_names_the_model_and_its_operating_point(worklist: ReadingWorklist) -> None:
    content: dict[str, object] = dict(as_json(worklist))

    assert {
        "name": "tiny",
        "sha256": "cd" * 32,
        "facts": {"licence": "Apache-2.0", "n": {"a": 1}},
    } == content["bundle"]
    assert {
        "name": "screening",
        "threshold": 0.5,
        "sensitivity": 0.95,
        "specificity": 0.9,
        "n_diseased": 60,
        "n_non_diseased": 40,
        "predicted_sensitivity": None,
        "predicted_specificity": None,
    } == content["operating_point"]
    assert {"URGENT": 1, "REVIEW": 1, "ROUTINE": 1, "not_scored": 1} == content["counts"]


def test_counts_are_those_of_the_rows(worklist: ReadingWorklist) -> None:
    """A program that counts the entries finds the same, and so does one that reads the CSV."""
    content = as_json(worklist)
    rows = as_rows(worklist)

    assert content["counts"] == Counter(entry["band"] or entry["status"] for entry in content["entries"])
    assert content["counts"] == Counter(row["band"] or row["status"] for row in rows)


def test_csv_has_one_line_a_film(worklist: ReadingWorklist) -> None:
    rows = as_rows(worklist)

    assert ["1", "2", "3", "4"] == [row["rank"] for row in rows]
    assert ["0.91", "0.25", "", "0.001"] == [row["probability"] for row in rows]
    assert ["true", "false", "", "false"] == [row["flagged"] for row in rows]
    assert "unlike; others" == rows[3]["warnings"]


def test_csv_keeps_any_name_and_runs_none(worklist: ReadingWorklist) -> None:
    """A name may be a spreadsheet's formula, or no UTF-8."""
    names = ["=HYPERLINK(1).jpg", "-1.jpg", os.fsdecode(b"\xff.jpg"), 'a "quoted", one.jpg']
    entries = [
        WorklistEntry(i, replace(worklist.entries[0].outcome, path=Path(name)))
        for i, name in enumerate(names)
    ]

    rows = as_rows(replace(worklist, entries=tuple(entries)))

    assert ["./=HYPERLINK(1).jpg", "./-1.jpg", *names[2:]] == [row["path"] for row in rows]
    assert [Path(name) for name in names] == [Path(row["path"]) for row in rows]
