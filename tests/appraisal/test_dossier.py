import json
from pathlib import Path

import pytest

from firstread.appraisal import dossier
from firstread.errors import DataError
from firstread.inference import bundle as bundles
from firstread.inference.bundle import Bundle


@pytest.fixture(scope="module")
def shipped() -> Bundle:
    return bundles.load(bundles.shipped())


def test_the_bundle_alone_answers_what_it_was_made_of(shipped: Bundle) -> None:
    claim, *_ = dossier.checklists(dossier.artefacts_of(shipped, {}))

    answers = {item.number: item.answer for item in claim.items}
    assert answers["19"] is not None
    assert "4222 films of 3199 patients" in answers["19"]
    assert shipped.sha256 in str(answers["22"])
    assert answers["37"] is None, "figures come from an evaluation"
    assert answers["14"] is None, "nothing the software makes tells who labelled the films"


def test_the_published_report_answers_every_sentence_that_asks_it(shipped: Bundle) -> None:
    """A sentence that names something no account holds would stay unanswered for ever, and nobody would see."""
    report = Path(__file__).parents[2] / "docs" / "report" / "report.json"
    known = {"bundle", "facts", "recipe", "points", "report"}

    filled = dossier.checklists(dossier.artefacts_of(shipped, {"report": report}))

    silent = [
        f"{one.name} {item.number}"
        for one in filled
        for item in one.items
        if item.answer is None and item.needs and set(item.needs) <= known
    ]
    assert ["TRIPOD+AI 24"] == silent, "it was not made from another bundle"


def test_every_page_is_there_and_counts_its_gaps(shipped: Bundle) -> None:
    filled = dossier.checklists(dossier.artefacts_of(shipped, {}))

    files = dossier.files_of(shipped, filled)

    assert {"MODEL_CARD.md", "CLAIM-2024.md", "TRIPOD-AI.md", "STARD-AI.md", "21-CFR-892-2080.md"} == set(
        files
    )
    page = files["CLAIM-2024.md"].decode()
    assert page.count("| not answered") == len(filled[0].items) - filled[0].answered


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "must be a JSON file that firstread wrote"),
        ("[]", "received a list"),
        ('{"assessment": {"auroc": NaN}}', "NaN is no number"),
        (
            json.dumps({"model": {"sha256": "0" * 64}}),
            "must be an account of this bundle .* it is of 000000000000",
        ),
    ],
)
def test_an_account_of_something_else_is_refused(
    shipped: Bundle, tmp_path: Path, content: str, words: str
) -> None:
    file = tmp_path / "report.json"
    file.write_text(content)

    with pytest.raises(DataError, match=words):
        dossier.artefacts_of(shipped, {"report": file})


def test_an_account_of_another_shape_is_refused(shipped: Bundle, tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    file.write_text('{"films": {"part": "tuning"}, "assessment": {"auroc": 7}}')

    with pytest.raises(DataError, match="Item 38: report must be as firstread writes them"):
        dossier.checklists(dossier.artefacts_of(shipped, {"report": file}))


def test_a_missing_account_is_named(shipped: Bundle, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"gone\.json: must be a JSON file"):
        dossier.artefacts_of(shipped, {"report": tmp_path / "gone.json"})
