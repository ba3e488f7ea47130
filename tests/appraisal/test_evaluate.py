import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from firstread.appraisal import evaluate as evaluation
from firstread.config import Config
from firstread.data import sources, synthetic
from firstread.errors import BundleError, DataError, OutputError
from firstread.evaluation.intervals import Interval, NotDefined
from firstread.inference import bundle as bundles
from firstread.inference.bundle import Bundle, BundleParts
from firstread.reporting.account import Account
from firstread.reporting.evaluation_report import as_json
from firstread.terms import Part

REPOSITORY = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def run(bundle: Bundle, folder: Path, part: Part, settings: Config, against: Bundle | None = None) -> Account:
    planned = evaluation.plan(bundle, folder, part=part, split=None if part is Part.TUNING else "id-block")
    return evaluation.evaluate(planned, config=settings, now=NOW, against=against, repeats=50)


@pytest.fixture
def rival(tiny_parts: BundleParts, tmp_path: Path) -> Bundle:
    """Return a bundle of the same network that calls itself another and flags from 0.9."""
    points = {
        name: replace(point, threshold=0.9 if name == "screening" else point.threshold)
        for name, point in tiny_parts.operating_points.items()
    }
    parts = replace(tiny_parts, operating_points=points, facts={**tiny_parts.facts, "name": "rival"})
    return bundles.save(tmp_path / "rival", parts)


def test_a_test_is_scored_after_its_look_was_written_down(
    tiny_bundle: Bundle, kaggle_folder: Path, settings: Config
) -> None:
    """Three bright films with pneumonia, three dark ones without: the tiny bundle tells them apart."""
    account = run(tiny_bundle, kaggle_folder, Part.INTERNAL_TEST, settings)

    assert (6, 3, 6) == (
        account.assessment.n_films,
        account.assessment.n_diseased,
        account.assessment.n_patients,
    )
    assert isinstance(account.assessment.auroc, Interval)
    assert 1.0 == account.assessment.auroc.estimate
    assert account.looks is not None
    assert (1, 1) == (account.looks.by_this_bundle, account.looks.by_any_bundle)
    line = json.loads((kaggle_folder / "firstread-ledger.jsonl").read_text())
    test = sources.read(kaggle_folder / "test")
    assert (tiny_bundle.sha256, test.hash()) == (line["bundle"], line["data"])
    assert {"IM": 3, "bacteria": 3} == dict(account.films.series)


def test_tuning_films_need_no_ledger_and_are_said_to_flatter(
    tiny_bundle: Bundle, kaggle_folder: Path, settings: Config
) -> None:
    halved = replace(tiny_bundle, facts={"name": "tiny", "training": {"split": "id-block", "blocks": 2}})

    account = run(halved, kaggle_folder, Part.TUNING, settings)

    assert account.looks is None
    assert not (kaggle_folder / "firstread-ledger.jsonl").exists()
    assert "the figures flatter" in account.cautions[0]
    assert "this may not be its tuning part" in account.cautions[1]


def test_when_the_look_cannot_be_written_down_no_film_is_opened(
    tiny_bundle: Bundle, kaggle_folder: Path, settings: Config
) -> None:
    taken = kaggle_folder / "train" / "NORMAL" / "IM-2000-0001.png" / "ledger.jsonl"
    planned = evaluation.plan(tiny_bundle, kaggle_folder, part=Part.EXTERNAL_TEST, ledger=taken)
    opened: list[None] = []

    with pytest.raises(OutputError, match="each look at test films must be written down first"):
        evaluation.evaluate(planned, config=settings, now=NOW, on_progress=lambda: opened.append(None))
    assert [] == opened


def test_a_class_that_could_not_be_scored_leaves_figures_undefined(
    tiny_bundle: Bundle, kaggle_folder: Path, settings: Config
) -> None:
    for film in (kaggle_folder / "test" / "NORMAL").iterdir():
        film.write_bytes(b"no film")

    account = run(tiny_bundle, kaggle_folder, Part.INTERNAL_TEST, settings)

    assert 3 == len(account.not_scored)
    assert "NORMAL/IM-4000-0001.png" == account.not_scored[0].name
    assert isinstance(account.assessment.auroc, NotDefined)
    assert isinstance(account.precision_recall, NotDefined)
    json.dumps(as_json(account), allow_nan=False)


def test_two_bundles_are_compared_on_the_same_films_and_both_looks_count(
    tiny_bundle: Bundle, rival: Bundle, kaggle_folder: Path, settings: Config
) -> None:
    """The same network: no difference in AUROC; from 0.9 on the rival flags fewer films."""
    account = run(tiny_bundle, kaggle_folder, Part.INTERNAL_TEST, settings, against=rival)

    assert account.rival is not None
    assert "rival" == account.rival.model.name
    assert account.assessment.auroc == account.rival.auroc
    assert ["screening", "rule_out"] == [point.name for point in account.rival.comparison.points]
    assert account.looks is not None
    assert (1, 2) == (account.looks.by_this_bundle, account.looks.by_any_bundle)


def test_a_bundle_is_not_compared_with_itself(
    tiny_bundle: Bundle, kaggle_folder: Path, settings: Config
) -> None:
    with pytest.raises(BundleError, match="the second bundle must be another one"):
        run(tiny_bundle, kaggle_folder, Part.INTERNAL_TEST, settings, against=tiny_bundle)
    assert not (kaggle_folder / "firstread-ledger.jsonl").exists()


def test_synthetic_films_are_said_to_be_nobodys(tiny_bundle: Bundle, tmp_path: Path) -> None:
    synthetic.generate(4, tmp_path / "films", part="test")

    assert 4 == evaluation.plan(tiny_bundle, tmp_path / "films", part=Part.INTERNAL_TEST).n_synthetic


def test_a_part_that_is_not_there_is_refused_before_anything_is_scored(
    tiny_bundle: Bundle, kaggle_folder: Path
) -> None:
    with pytest.raises(DataError, match="must hold a test part"):
        evaluation.plan(tiny_bundle, kaggle_folder / "train", part=Part.INTERNAL_TEST, split="id-block")


def test_the_published_report_is_of_the_shipped_bundle_and_agrees_with_its_facts() -> None:
    """Scored anew from the films, the report must say what training wrote into the bundle.

    After a new export: firstread evaluate BUNDLE FILMS --part tuning --no-films --out docs/report.
    """
    bundle = bundles.load(bundles.shipped())
    report = json.loads((REPOSITORY / "docs" / "report" / "report.json").read_text())

    assert bundle.sha256 == report["model"]["sha256"]
    stated = bundle.facts["metrics"]["tuning"]
    assert stated["auroc"]["estimate"] == pytest.approx(report["assessment"]["auroc"]["estimate"], abs=1e-6)
    for point in report["assessment"]["points"]:
        for measure in ("sensitivity", "specificity"):
            assert stated["operating_points"][point["name"]][measure]["estimate"] == pytest.approx(
                point[measure]["estimate"]
            )


def test_the_published_report_shows_and_names_no_film() -> None:
    for file in (REPOSITORY / "docs" / "report").glob("report.*"):
        text = file.read_text()
        assert not [mark for mark in ("image/jpeg", ".jpeg", "person", "IM-0", "IM-1") if mark in text]


def test_whose_films_they_are_is_said_or_is_the_folders_name(
    tiny_bundle: Bundle, kaggle_folder: Path
) -> None:
    unnamed = evaluation.plan(tiny_bundle, kaggle_folder, part=Part.EXTERNAL_TEST).films
    named = evaluation.plan(
        tiny_bundle, kaggle_folder, part=Part.EXTERNAL_TEST, title="Adults", reference_standard="two readers"
    ).films

    assert (kaggle_folder.name, "not stated") == (unnamed.title, unnamed.reference_standard)
    assert ("Adults", "two readers") == (named.title, named.reference_standard)
