"""`firstread bundle`."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from firstread.evaluation.between_blocks import PredictionInterval
from firstread.inference import bundle as bundles
from firstread.inference.bundle import Bundle, BundleParts

Run = Callable[..., Any]


def test_show_prints_facts_and_operating_points(firstread: Run, tiny_bundle: Bundle) -> None:
    ran = firstread("bundle", "show", tiny_bundle.folder)

    assert 0 == ran.code
    for words in (tiny_bundle.sha256[:40], "Apache-2.0", "rule_out", "95.0%", "not a medical device"):
        assert words in ran.out


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
