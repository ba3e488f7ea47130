from pathlib import Path
from typing import Any

import pytest

from firstread.reporting import checklist

FILES = sorted(checklist.FOLDER.glob("*.toml"))

SMALL = """
name = "SMALL"
source = "Nobody (2026)."
[[items]]
number = "1"
section = "Model"
asks = "What it is."
answer = "{{ facts.name }} | {{ report.auroc | figure }}"
[[items]]
number = "2"
section = "Ethics"
asks = "Approval."
[[items]]
number = "3"
section = "Model"
asks = "A word without evidence."
answer = "Certainly."
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    file = tmp_path / "small.toml"
    file.write_text(SMALL)
    return file


@pytest.fixture
def artefacts() -> dict[str, Any]:
    return {
        "facts": {"name": "tiny"},
        "report": {"auroc": {"estimate": 0.9, "low": 0.85, "high": 0.94, "level": 0.95}},
    }


def test_an_item_is_answered_from_artefacts(small: Path, artefacts: dict[str, Any]) -> None:
    filled = checklist.fill(small, artefacts)

    assert "tiny | 0.900 (0.850–0.940)" == filled.items[0].answer
    assert 1 == filled.answered


def test_what_nothing_answers_says_so(small: Path, artefacts: dict[str, Any]) -> None:
    page = checklist.as_markdown(checklist.fill(small, {"facts": artefacts["facts"]}))

    assert "| 1 | Model | What it is. | not answered (would come from: report) |" in page
    assert "| 2 | Ethics | Approval. | not answered |" in page
    assert "0 of 3 items are answered" in page


def test_a_sentence_without_an_artefact_is_no_answer(small: Path, artefacts: dict[str, Any]) -> None:
    """Nothing is typed by hand."""
    assert checklist.fill(small, artefacts).items[2].answer is None


def test_a_number_that_does_not_exist_is_not_a_zero(small: Path, artefacts: dict[str, Any]) -> None:
    artefacts["report"]["auroc"] = {"not_defined": "one class only"}

    assert "tiny | not defined: one class only" == checklist.fill(small, artefacts).items[0].answer


def test_a_bar_does_not_break_the_table(small: Path, artefacts: dict[str, Any]) -> None:
    assert "tiny \\| 0.900" in checklist.as_markdown(checklist.fill(small, artefacts))


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.stem)
def test_every_answer_of_a_shipped_checklist_needs_an_artefact(file: Path) -> None:
    filled = checklist.fill(file, {})

    assert 0 == filled.answered
    numbers = [item.number for item in filled.items]
    assert len(numbers) == len(set(numbers))


def test_the_four_checklists_are_there() -> None:
    assert ["claim_2024", "fda_892_2080", "stard_ai", "tripod_ai"] == [file.stem for file in FILES]
    assert 44 == len(checklist.fill(FILES[0], {}).items)
