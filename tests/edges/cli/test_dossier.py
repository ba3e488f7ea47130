from collections.abc import Callable
from pathlib import Path
from typing import Any

from firstread.edges.cli.app import REFUSED
from firstread.inference.bundle import Bundle


def test_every_page_is_written_and_gaps_are_counted(
    firstread: Callable[..., Any], tiny_bundle: Bundle, tmp_path: Path
) -> None:
    ran = firstread("dossier", tiny_bundle.folder, "--out", tmp_path / "dossier")

    assert 0 == ran.code, ran.err
    assert "CLAIM 2024: " in ran.out
    assert "of 44 items answered" in ran.out
    assert "not answered" in (tmp_path / "dossier" / "CLAIM-2024.md").read_text()


def test_a_report_that_is_none_leaves_nothing_behind(
    firstread: Callable[..., Any], tiny_bundle: Bundle, tmp_path: Path
) -> None:
    (tmp_path / "r.json").write_text("no")

    ran = firstread("dossier", tiny_bundle.folder, "--out", tmp_path / "d", "--report", tmp_path / "r.json")

    assert REFUSED == ran.code
    assert "must be a JSON file that firstread wrote" in ran.err
    assert not (tmp_path / "d").exists()
