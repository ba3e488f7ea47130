"""The table is readable at 80 columns, and plain in a pipe."""

import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from rich.console import Console

from firstread.edges.cli import worklist_table
from firstread.edges.cli.film_files import FilmFiles
from firstread.edges.cli.reading_worklist import ReadingWorklist
from firstread.evaluation.between_blocks import PredictionInterval
from firstread.records import Scored


def shown(worklist: ReadingWorklist, *, terminal: bool, top: int = 0, files: FilmFiles | None = None) -> str:
    stream = io.StringIO()
    colours: Literal["standard", "auto"] = "standard" if terminal else "auto"
    console = Console(file=stream, force_terminal=terminal, width=80, highlight=False, color_system=colours)
    worklist_table.show(worklist, console, top=top, files=files or FilmFiles(()))
    return stream.getvalue()


def test_a_pipe_gets_whole_names_and_no_colour(worklist: ReadingWorklist) -> None:
    text = shown(worklist, terminal=False)

    assert "films/<img src=x onerror=alert(1)>.jpg" in text
    assert "\x1b" not in text
    assert "films/[red]c\N{REPLACEMENT CHARACTER}[31m\N{REPLACEMENT CHARACTER}.csv" in text
    assert re.search(r"3 +not scored +- +films/.* +The file is not a picture\.", text)


def test_a_space_of_another_width_stays_as_it_is(worklist: ReadingWorklist) -> None:
    first, *rest = worklist.entries
    name = "Screenshot 3.14\N{NARROW NO-BREAK SPACE}PM.png"
    named = replace(first, outcome=replace(first.outcome, path=Path(name)))

    assert name in shown(replace(worklist, entries=(named, *rest)), terminal=False)


def test_what_was_flagged_on_tuning_films_stands_beside_what_to_expect_of_others(
    worklist: ReadingWorklist,
) -> None:
    sensitivity, specificity = (PredictionInterval(0.9, low, 0.98, 0.95) for low in (0.8, 0.7))
    point = replace(
        worklist.operating_point, predicted_sensitivity=sensitivity, predicted_specificity=specificity
    )

    known, unknown = (
        " ".join(line for line in each.in_words())
        for each in (replace(worklist, operating_point=point), worklist)
    )

    assert "expect 80.0% to 98.0% and 70.0% to 98.0%; another hospital differs by more." in known
    assert "on other films it may differ." in unknown


@pytest.mark.parametrize(
    ("probability", "words"), [(0.9996, ">.999"), (0.9994, "0.999"), (0.0004, "<.001"), (0.5, "0.500")]
)
def test_nothing_is_rounded_to_certainty(worklist: ReadingWorklist, probability: float, words: str) -> None:
    first, *rest = worklist.entries
    assert isinstance(first.outcome, Scored)
    sure = replace(first, outcome=replace(first.outcome, probability=probability))

    assert words in shown(replace(worklist, entries=(sure, *rest)), terminal=False).splitlines()[2]


def test_a_terminal_gets_eighty_columns_and_coloured_bands(worklist: ReadingWorklist) -> None:
    text = shown(worklist, terminal=True)

    assert re.search(r"\x1b\[1;31mURGENT", text)
    assert max(len(line) for line in re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines()) <= 80


def test_the_summary_counts_every_film_once(worklist: ReadingWorklist) -> None:
    text = shown(worklist, terminal=False, files=FilmFiles((), hidden=2, own_folders=1))

    assert (
        "4 films: 1 URGENT, 1 REVIEW, 1 ROUTINE, 1 not scored, 1 of them no film and listed last; "
        "2 hidden files left out; 1 heat-map folder left out" in text
    )


def test_only_the_first_are_printed_and_the_rest_is_counted(worklist: ReadingWorklist) -> None:
    text = shown(worklist, terminal=False, top=1)

    assert "0.910" in text
    assert "0.250" not in text
    assert "… and 3 more: --top 0 prints all" in text


def test_the_operating_point_and_the_disclaimer_are_said(worklist: ReadingWorklist) -> None:
    text = shown(worklist, terminal=False)

    assert (
        "URGENT: probability 0.500 or more. On 100 tuning films this flagged 95.0% of those with pneumonia "
        "and spared 90.0% of those without; on other films it may differ." in text
    )
    assert "Research software, not a medical device" in text


def test_no_film_at_all_is_a_summary(worklist: ReadingWorklist) -> None:
    assert "0 films: 0 URGENT" in shown(replace(worklist, entries=()), terminal=False)
