import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from firstread.edges.cli.app import REFUSED
from firstread.inference import bundle as bundles
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


def test_what_was_found_elsewhere_is_kept_and_said_first_from_then_on(
    firstread: Callable[..., Any], tiny_bundle: Bundle, film: Callable[..., Path], tmp_path: Path
) -> None:
    """Two evaluations and a dossier between them: the second report says what the first found."""
    for place, first in (("here", 4000), ("there", 5000)):
        for number in range(3):
            film(tmp_path / place / "NORMAL" / f"IM-{first + number}-1.jpeg", brightness=70 + number)
            film(
                tmp_path / place / "PNEUMONIA" / f"person{first + number}_virus_1.jpeg",
                brightness=150 + number,
            )
    own = tmp_path / "bundle"
    shutil.copytree(tiny_bundle.folder, own)
    evaluate = ("evaluate", own, "--part", "external-test", "--no-films")
    firstread(*evaluate, tmp_path / "there", "--out", tmp_path / "first", "--title", "Films of nobody")

    ran = firstread(
        "dossier", own, "--report", tmp_path / "first" / "report.json", "--out", tmp_path / "d", "--keep"
    )
    firstread(*evaluate, tmp_path / "here", "--out", tmp_path / "second")

    assert 0 == ran.code, ran.err
    assert "Evaluations on test films: 1, kept in the bundle" in ran.out
    assert tiny_bundle.sha256 == bundles.load(own).sha256
    assert (own / "MODEL_CARD.md").read_text() == (tmp_path / "d" / "MODEL_CARD.md").read_text()
    assert "Films of nobody" in (tmp_path / "d" / "CLAIM-2024.md").read_text()
    said = (tmp_path / "second" / "report.md").read_text().partition("## ")[0]
    assert "- Elsewhere: Films of nobody (external test, " in said
    assert "AUROC 1.000 (" in said


def test_without_keep_the_bundle_stays_as_it_was(
    firstread: Callable[..., Any], tiny_bundle: Bundle, tmp_path: Path
) -> None:
    before = {path.name: path.read_bytes() for path in tiny_bundle.folder.iterdir()}

    ran = firstread("dossier", tiny_bundle.folder, "--out", tmp_path / "d")

    assert 0 == ran.code
    assert "No external evaluation is recorded" in (tmp_path / "d" / "MODEL_CARD.md").read_text()
    assert before == {path.name: path.read_bytes() for path in tiny_bundle.folder.iterdir()}
