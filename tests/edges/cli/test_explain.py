"""`firstread explain` from the command line."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from firstread.data import synthetic
from firstread.inference import bundle as bundles
from firstread.inference.bundle import BundleParts


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    films = tmp_path_factory.mktemp("films")
    synthetic.generate(24, films, seed=4)
    return films


@pytest.fixture(scope="module")
def bundle(tiny_parts: BundleParts, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the tiny bundle as if it had been tuned on one of two blocks."""
    facts = {**tiny_parts.facts, "training": {"split": "id-block", "blocks": 2, "tuning_block": 0, "seed": 1}}
    return bundles.save(tmp_path_factory.mktemp("bundle") / "tiny", replace(tiny_parts, facts=facts)).folder


def test_an_account_is_printed_and_written(
    firstread: Callable[..., Any], bundle: Path, folder: Path, tmp_path: Path
) -> None:
    out, file = tmp_path / "out", tmp_path / "account.json"

    ran = firstread("explain", bundle, folder, "--films", 4, "--repeats", 100, "--out", out, "--json", file)

    assert 0 == ran.code, ran.err
    assert "rank correlation of heat map and occlusion" in " ".join(ran.out.split())
    assert "clustered by patient" in " ".join(ran.out.split())
    account = json.loads(file.read_text())
    assert ("tuning", 4) == (account["films"]["part"], account["films"]["asked"])
    assert {"explanations.md", "mean-heat-diseased.svg", "agreement.png"} <= {
        path.name for path in out.iterdir()
    }


def test_a_folder_with_other_files_is_refused_before_the_work(
    firstread: Callable[..., Any], bundle: Path, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "letter.txt").write_text("mine")

    ran = firstread("explain", bundle, folder, "--out", tmp_path)

    assert 2 == ran.code
    assert "a report must go to a new or empty folder" in ran.err


def test_a_test_part_is_refused(firstread: Callable[..., Any], bundle: Path, folder: Path) -> None:
    ran = firstread("explain", bundle, folder, "--part", "internal-test")

    assert 2 == ran.code
    assert "'training', 'tuning'" in ran.err


def test_a_folder_that_is_no_data_set_is_refused(
    firstread: Callable[..., Any], bundle: Path, tmp_path: Path
) -> None:
    ran = firstread("explain", bundle, tmp_path)

    assert 2 == ran.code
    assert str(tmp_path) in ran.err
