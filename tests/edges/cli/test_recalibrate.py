"""`firstread recalibrate`."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from firstread.inference import bundle as bundles
from firstread.inference.bundle import Bundle

Run = Callable[..., Any]
Film = Callable[..., Path]


@pytest.fixture
def site(tmp_path: Path, film: Film) -> Path:
    """Return a folder with manifest.csv: 22 dark films without disease, 22 brighter ones with it."""
    folder = tmp_path / "site"
    folder.mkdir()
    with (folder / "manifest.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("path", "label", "patient"))
        for number in range(44):
            diseased = number % 2
            film(folder / f"{number}.jpg", brightness=80 + number // 2 + 30 * diseased)
            writer.writerow((f"{number}.jpg", diseased, f"patient {number}"))
    return folder


def test_a_bundle_that_passes_is_written_and_told(
    firstread: Run, site: Path, tiny_bundle: Bundle, tmp_path: Path
) -> None:
    """All 22 patients a class told right: Wilson's lower limit is 0.851."""
    options = ("--out", tmp_path / "new", "--accept-auroc", "0.85")

    ran = firstread("recalibrate", tiny_bundle.folder, site, *options)

    assert 0 == ran.code
    for words in (
        "is met",
        "predicted on its tuning films",
        "expect",
        "Hanley",
        f"Bundle: {tmp_path / 'new'}",
    ):
        assert words in ran.out
    assert tiny_bundle.sha256 == bundles.load(tmp_path / "new").facts["parent"]["sha256"]


def test_a_bundle_that_fails_ends_with_its_own_code_and_no_bundle(
    firstread: Run, site: Path, tiny_bundle: Bundle, tmp_path: Path
) -> None:
    """The criterion is above what these films can show."""
    ran = firstread(
        "recalibrate",
        tiny_bundle.folder,
        site,
        "--out",
        tmp_path / "new",
        "--accept-auroc",
        "0.999",
        "--json",
        "-",
    )

    assert 1 == ran.code
    assert "is not met" in ran.err
    assert json.loads(ran.out)["acceptance"]["accepted"] is False
    assert not (tmp_path / "new").exists()


def test_films_without_labels_are_reported(
    firstread: Run, site: Path, tiny_bundle: Bundle, tmp_path: Path
) -> None:
    report = tmp_path / "shift.json"

    ran = firstread("recalibrate", tiny_bundle.folder, site, "--unlabelled", "--json", report)

    assert 0 == ran.code
    assert "44 of 45 films were scored" in ran.out
    assert "What this cannot say" in ran.out
    assert 44 == json.loads(report.read_text())["n_scored"]


@pytest.mark.parametrize(
    ("options", "words"),
    [((), "name the new bundle's folder"), (("--unlabelled", "--out", "x"), "leave out --out")],
)
def test_a_bundle_comes_from_labels_and_only_from_them(
    options: tuple[str, ...], words: str, firstread: Run, site: Path, tiny_bundle: Bundle
) -> None:
    ran = firstread("recalibrate", tiny_bundle.folder, site, *options)

    assert 2 == ran.code
    assert words in " ".join(ran.err.replace("│", " ").split())


def test_one_class_is_refused(firstread: Run, site: Path, tiny_bundle: Bundle, tmp_path: Path) -> None:
    rows = (site / "manifest.csv").read_text().splitlines()
    (site / "manifest.csv").write_text("\n".join(rows[:1] + [row for row in rows if ",1," in row]))

    ran = firstread("recalibrate", tiny_bundle.folder, site, "--out", tmp_path / "new")

    assert 2 == ran.code
    assert "must list films of both classes; received 22 diseased of 22" in ran.err


def test_a_bundle_without_calibration_is_refused(
    firstread: Run, site: Path, tiny_bundle: Bundle, tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    for part in tiny_bundle.folder.iterdir():
        if part.name != "calibration.json":
            (broken / part.name).write_bytes(part.read_bytes())

    ran = firstread("recalibrate", broken, site, "--out", tmp_path / "new")

    assert 2 == ran.code
    assert "a bundle must have calibration.json; it is missing" in ran.err
