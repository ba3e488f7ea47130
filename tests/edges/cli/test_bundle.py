"""`firstread bundle`."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from firstread.evaluation.between_blocks import PredictionInterval
from firstread.inference import bundle as bundles
from firstread.inference.bundle import Bundle, BundleParts

Run = Callable[..., Any]


def test_show_fits_one_screen(firstread: Run, tiny_bundle: Bundle) -> None:
    ran = firstread("bundle", "show", tiny_bundle.folder)

    assert 0 == ran.code
    for words in (
        tiny_bundle.sha256[:20],
        "Apache-2.0",
        "rule_out",
        "95.0%",
        "not a medical device",
        "--all",
    ):
        assert words in ran.out
    assert len(ran.out.splitlines()) <= 50


def test_show_all_prints_every_fact(firstread: Run, tiny_parts: BundleParts, tmp_path: Path) -> None:
    facts = {**tiny_parts.facts, "training": {"a_setting_of_the_training": {"nested": 7}}}
    bundles.save(tmp_path / "b", replace(tiny_parts, facts=facts))

    short, every = (firstread("bundle", "show", tmp_path / "b", *option) for option in ((), ("--all",)))

    assert "a_setting_of_the_training" not in short.out
    assert "training.a_setting_of_the_training" in "".join(
        line.split(" ")[0] for line in every.out.splitlines()
    )
    assert max(map(len, every.out.splitlines())) <= 80


def test_show_json_is_everything_for_a_program(firstread: Run, tiny_bundle: Bundle) -> None:
    told = json.loads(firstread("bundle", "show", tiny_bundle.folder, "--json").out)

    assert tiny_bundle.sha256 == told["sha256"]
    assert dict(tiny_bundle.facts) == told["facts"]
    assert (
        tiny_bundle.operating_points["screening"].threshold
        == told["operating_points"]["screening"]["threshold"]
    )
    assert list(tiny_bundle.abstain_band) == told["abstain_band"]


def test_show_says_figures_with_their_interval_and_what_is_not_defined(
    firstread: Run, tiny_parts: BundleParts, tmp_path: Path
) -> None:
    tuning = {
        "auroc": {"estimate": 0.95, "low": 0.9, "high": 0.98, "level": 0.95},
        "brier": {"not_defined": "one class only"},
    }
    bundles.save(
        tmp_path / "b", replace(tiny_parts, facts={**tiny_parts.facts, "metrics": {"tuning": tuning}})
    )

    shown = " ".join(firstread("bundle", "show", tmp_path / "b").out.split())

    assert "AUROC, tuning films 0.950 (0.900–0.980)" in shown
    assert "Brier score, tuning films not defined: one class only" in shown


def test_show_takes_facts_of_any_shape(firstread: Run, tiny_parts: BundleParts, tmp_path: Path) -> None:
    """A bundle made by hand may state anything under these names."""
    facts = {**tiny_parts.facts, "data": [], "metrics": None, "notes": "one", "training": 3}
    bundles.save(tmp_path / "b", replace(tiny_parts, facts=facts))

    assert 0 == firstread("bundle", "show", tmp_path / "b").code


def test_show_prints_what_to_expect_on_another_stretch_of_patients(
    firstread: Run, tiny_parts: BundleParts, tmp_path: Path
) -> None:
    expected = PredictionInterval(0.9, 0.8, 0.975, 0.95, stretches=7)
    points = {
        name: replace(point, predicted_sensitivity=expected, predicted_specificity=expected)
        for name, point in tiny_parts.operating_points.items()
    }
    bundles.save(tmp_path / "b", replace(tiny_parts, operating_points=points))

    ran = firstread("bundle", "show", tmp_path / "b")

    assert "80.0–97.5%" in ran.out
    assert "7 with diseased films for sensitivity, 7 with non-diseased ones" in " ".join(ran.out.split())
    assert "from 0.200 to below 0.500" in ran.out


def test_verify_says_that_every_part_fits(firstread: Run, tiny_bundle: Bundle) -> None:
    ran = firstread("bundle", "verify", tiny_bundle.folder)

    assert 0 == ran.code
    assert tiny_bundle.sha256 in ran.out


def test_verify_names_the_part_that_changed(firstread: Run, tiny_bundle: Bundle, tmp_path: Path) -> None:
    changed = tmp_path / "changed"
    shutil.copytree(tiny_bundle.folder, changed)
    (changed / "MODEL_CARD.md").write_text("better than it is")

    ran = firstread("bundle", "verify", changed)

    assert 2 == ran.code
    assert "MODEL_CARD.md: its SHA-256 must be" in ran.err
