import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from firstread.edges.cli import report_folder
from firstread.inference.bundle import Bundle


@pytest.fixture
def folder(tmp_path: Path, film: Callable[..., Path]) -> Path:
    """Return a test folder of three films a class and one too bright to be told normal."""
    for number in range(3):
        film(tmp_path / "films" / "test" / "NORMAL" / f"IM-{4000 + number}-0001.jpeg", brightness=70 + number)
        film(
            tmp_path / "films" / "test" / "PNEUMONIA" / f"person{5000 + number}_virus_1.jpeg",
            brightness=150 + number,
        )
    film(tmp_path / "films" / "test" / "NORMAL" / "IM-4009-0001.jpeg", brightness=175)
    return tmp_path / "films"


def test_the_whole_account_is_written_and_its_main_figures_printed(
    firstread: Callable[..., Any], tiny_bundle: Bundle, folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "report"

    ran = firstread("evaluate", tiny_bundle.folder, folder, "--part", "internal-test", "--out", out)

    assert 0 == ran.code
    assert {"report.html", "report.md", "report.json", "figures", ".firstread"} == {
        p.name for p in out.iterdir()
    }
    assert "AUROC 0.7500" in ran.out  # the bright one lies above all three with pneumonia: 9 of 12 pairs
    assert "Look 1 at these test films, 1 by this bundle" in ran.out
    assert "IM-4009" in (out / "report.html").read_text()


def test_json_goes_to_standard_output_alone_and_films_stay_out(
    firstread: Callable[..., Any], tiny_bundle: Bundle, folder: Path, tmp_path: Path
) -> None:
    ran = firstread(
        "evaluate", tiny_bundle.folder, folder, "--part", "external-test", "--out", tmp_path / "r",
        "--no-films", "--json", "-",
    )  # fmt: skip

    assert "external test" == json.loads(ran.out)["films"]["part"]
    assert "AUROC" in ran.err
    written = (tmp_path / "r" / "report.html").read_text()
    assert not [mark for mark in ("image/jpeg", "person500", "IM-400") if mark in written]


def test_a_folder_of_somebody_else_is_left_alone(
    firstread: Callable[..., Any], tiny_bundle: Bundle, folder: Path
) -> None:
    ran = firstread("evaluate", tiny_bundle.folder, folder, "--part", "internal-test", "--out", folder)

    assert 2 == ran.code
    assert "a report must go to a new or empty folder" in ran.err
    assert not (folder / "firstread-ledger.jsonl").exists()


def test_what_was_laid_beside_a_report_is_not_thrown_away(
    firstread: Callable[..., Any], tiny_bundle: Bundle, folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "report"
    report_folder.write(out, {"report.md": b""})
    (out / "notes.txt").write_bytes(b"mine")

    ran = firstread("evaluate", tiny_bundle.folder, folder, "--part", "internal-test", "--out", out)

    assert 2 == ran.code
    assert b"mine" == (out / "notes.txt").read_bytes()


def test_an_unknown_split_is_refused(
    firstread: Callable[..., Any], tiny_bundle: Bundle, folder: Path, tmp_path: Path
) -> None:
    ran = firstread(
        "evaluate", tiny_bundle.folder, folder, "--part", "tuning", "--out", tmp_path / "r", "--split", "luck"
    )

    assert (
        2,
        "firstread: --split must be one of id-block, patient-grouped, official; received 'luck'.\n",
    ) == (
        ran.code,
        ran.err,
    )
