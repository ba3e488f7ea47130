import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from firstread.appraisal import dossier
from firstread.errors import BundleError, DataError
from firstread.evaluation.assessment import plain
from firstread.evaluation.judgement import Judgement
from firstread.inference import bundle as bundles
from firstread.inference.bundle import Bundle
from firstread.reporting.judgement_words import judgement_line


def report_of(judgement: Judgement) -> dict[str, Any]:
    """Return what `firstread evaluate` would have written, as far as the dossier reads it."""
    values = plain(judgement)
    assessed = ("n_films", "n_patients", "n_diseased", "level", "auroc", "points")
    return {
        "model": {"sha256": judgement.bundle},
        "films": {
            "hash": judgement.data,
            **{name: values[name] for name in ("title", "reference_standard", "part", "n_found")},
        },
        "looks": {
            "by_this_bundle": judgement.looks_by_this_bundle,
            "by_any_bundle": judgement.looks_by_any_bundle,
        },
        "assessment": {name: values[name] for name in assessed} | {"cautions": []},
        "cautions": values["cautions"],
        "created": judgement.created,
        "version": judgement.version,
    }


@pytest.fixture(scope="module")
def shipped() -> Bundle:
    return bundles.load(bundles.shipped())


def test_the_bundle_alone_answers_what_it_was_made_of(shipped: Bundle) -> None:
    claim, *_ = dossier.checklists(dossier.artefacts_of(shipped))

    answers = {item.number: item.answer for item in claim.items}
    assert answers["19"] is not None
    assert "4222 films of 3199 patients" in answers["19"]
    assert shipped.sha256 in str(answers["22"])
    assert answers["37"] is None, "figures come from an evaluation"
    assert answers["14"] is None, "nothing the software makes tells who labelled the films"


def test_the_published_report_answers_every_sentence_that_asks_it(shipped: Bundle) -> None:
    """A sentence that names something no account holds would stay unanswered for ever, and nobody would see."""
    report = Path(__file__).parents[2] / "docs" / "report" / "report.json"
    known = {"bundle", "facts", "recipe", "points", "report", "external"}

    account = dossier.account_in(report, shipped)
    filled = dossier.checklists(
        dossier.artefacts_of(shipped, reports=[account], judgements=shipped.judgements)
    )

    silent = [
        f"{one.name} {item.number}"
        for one in filled
        for item in one.items
        if item.answer is None and item.needs and set(item.needs) <= known
    ]
    expected = {"TRIPOD+AI 24"}  # it was not made from another bundle
    if not shipped.judgements:
        expected |= {"CLAIM 2024 33", "TRIPOD+AI 23b"}
    assert expected == set(silent)


def test_every_page_is_there_and_counts_its_gaps(shipped: Bundle) -> None:
    filled = dossier.checklists(dossier.artefacts_of(shipped))

    files = dossier.files_of("# card", filled)

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
        dossier.account_in(file, shipped)


def test_an_account_of_another_shape_is_refused(shipped: Bundle, tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    file.write_text('{"films": {"part": "tuning"}, "assessment": {"auroc": 7}}')

    with pytest.raises(DataError, match="Item 38: report must be as firstread writes them"):
        dossier.checklists(dossier.artefacts_of(shipped, reports=[dossier.account_in(file, shipped)]))


def test_a_missing_account_is_named(shipped: Bundle, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"gone\.json: must be a JSON file"):
        dossier.account_in(tmp_path / "gone.json", shipped)


FILE = Path("report.json")


def test_a_report_on_test_films_is_a_judgement_and_others_are_none(
    tiny_bundle: Bundle, judgement: Judgement
) -> None:
    tuning = report_of(judgement) | {"films": {"part": "tuning"}}

    assert (judgement,) == dossier.judgements_with(tiny_bundle, {FILE: report_of(judgement)})
    assert () == dossier.judgements_with(tiny_bundle, {FILE: tuning})


def test_a_later_report_on_the_same_films_takes_the_place_of_the_earlier(
    tiny_bundle: Bundle, judgement: Judgement
) -> None:
    holding = replace(tiny_bundle, judgements=(judgement, replace(judgement, data="ef" * 32)))
    later = replace(judgement, created="2026-04-01T00:00:00+00:00", looks_by_this_bundle=2)

    found = dossier.judgements_with(holding, {FILE: report_of(later)})

    assert (later, holding.judgements[1]) == found


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"looks": None}, r"report\.json: must be a report\.json of `firstread evaluate`"),
        ({"model": {}}, "'sha256' is missing or of another shape"),
        ({"model": {"sha256": "0" * 64}}, "must say that it is of this bundle, .*; received '000"),
        ({"version": 1}, r"report\.json: version: must be text; received 1"),
    ],
)
def test_a_report_that_is_none_is_no_judgement(
    tiny_bundle: Bundle, judgement: Judgement, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(DataError, match=words):
        dossier.judgements_with(tiny_bundle, {FILE: report_of(judgement) | changes})


def test_films_from_elsewhere_answer_what_asks_for_them_and_nothing_else(
    shipped: Bundle, judgement: Judgement
) -> None:
    artefacts = dossier.artefacts_of(shipped, reports=[report_of(judgement)], judgements=[judgement])

    claim, *_ = dossier.checklists(artefacts)

    answers = {item.number: item.answer for item in claim.items}
    assert " ".join(judgement_line(judgement).split()) == answers["33"]
    assert answers["32"] is None, "no film of it is internal"


def test_the_main_report_is_not_the_one_from_elsewhere(tiny_bundle: Bundle, judgement: Judgement) -> None:
    own, other = {"films": {"part": "tuning"}}, report_of(judgement)

    assert dossier.artefacts_of(tiny_bundle, reports=[other, own])["report"] is own


def test_the_card_is_written_again_from_the_facts(shipped: Bundle, judgement: Judgement) -> None:
    card = dossier.card_of(shipped, [judgement])

    assert "| tuning | 994 | 840 | 154 | 455 |" in card
    assert f"### {judgement.title}" in card
    assert dossier.card_of(replace(shipped, judgements=(judgement,)), [judgement]) == card


def test_a_card_that_only_its_maker_can_write_stays_and_has_the_judgements_last(
    tiny_bundle: Bundle, judgement: Judgement, tmp_path: Path
) -> None:
    folder = tmp_path / "b"
    shutil.copytree(tiny_bundle.folder, folder)
    bundle = bundles.load(folder)
    once = bundles.record(bundle, [judgement], model_card=dossier.card_of(bundle, [judgement]))

    card = dossier.card_of(once, once.judgements)

    assert card == once.model_card, "nothing is there twice"
    assert card.startswith(tiny_bundle.model_card)
    assert 1 == card.count(judgement.title)


def test_facts_that_no_export_wrote_make_no_card(tiny_bundle: Bundle) -> None:
    by_hand = replace(tiny_bundle, facts={"metrics": None})

    with pytest.raises(BundleError, match=r"facts\.json: the card is written from facts of the form"):
        dossier.card_of(by_hand, ())


def test_json_that_is_too_deep_is_no_account(tiny_bundle: Bundle, tmp_path: Path) -> None:
    (tmp_path / "deep.json").write_text("[" * 100_000)

    with pytest.raises(DataError, match=r"deep\.json: must be a JSON file that firstread wrote"):
        dossier.account_in(tmp_path / "deep.json", tiny_bundle)
