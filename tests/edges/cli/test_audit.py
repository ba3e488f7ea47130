import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from firstread.inference.bundle import Bundle


@pytest.fixture
def folder(tmp_path: Path, film: Callable[..., Path]) -> Path:
    """Return a folder in the Kaggle layout: 20 films a class, the diseased ones brighter."""
    for number in range(20):
        film(
            tmp_path / "data/train/NORMAL" / f"IM-{2000 + number}-0001.jpeg",
            brightness=80 + number,
            size=(120, 110),
        )
        film(
            tmp_path / "data/train/PNEUMONIA" / f"person{3000 + number}_virus_1.jpeg",
            brightness=150 + number,
            size=(120, 110),
        )
    return tmp_path / "data"


def test_prints_tables_and_writes_a_page(firstread: Callable[..., Any], folder: Path, tmp_path: Path) -> None:
    ran = firstread("audit", folder, "--out", tmp_path / "out", "--json", tmp_path / "audit.json")

    assert 0 == ran.code, ran.err
    # Of 20 films a class a third is judged, which is too few: the cells say so, and no figure is drawn of them.
    for words in ("What the files give away", "What a shortcut gets", "not defined", "Report:"):
        assert words in ran.out
    assert (tmp_path / "out/audit.html").read_text().startswith("<!DOCTYPE html>")
    assert not (tmp_path / "out/figures").exists()
    assert json.loads((tmp_path / "audit.json").read_text()) == json.loads(
        (tmp_path / "out/audit.json").read_text()
    )


def test_json_on_standard_output_is_nothing_else(firstread: Callable[..., Any], folder: Path) -> None:
    ran = firstread("audit", folder, "--json", "-")

    assert 40 == json.loads(ran.out)["patients"]["films"]
    assert "What the files give away" in ran.err


def test_a_leak_is_exit_code_one(firstread: Callable[..., Any], folder: Path) -> None:
    (folder / "test/NORMAL").mkdir(parents=True)
    copy = folder / "test/NORMAL/IM-2000-0002.jpeg"
    copy.write_bytes((folder / "train/NORMAL/IM-2000-0001.jpeg").read_bytes())

    ran = firstread("audit", folder)

    assert 1 == ran.code
    assert "LEAKAGE" in ran.out


def test_films_are_named_in_nothing_that_is_written(
    firstread: Callable[..., Any], folder: Path, tmp_path: Path, tiny_bundle: Bundle
) -> None:
    """So that an audit can be published; on the screen of whoever owns the films, they keep their names."""
    source = folder / "train/NORMAL/IM-2000-0001.jpeg"
    for copy in (folder / "train/NORMAL/IM-2001-0002.jpeg", folder / "train/NORMAL/IM-2002-0002.jpeg"):
        copy.write_bytes(source.read_bytes())
    (folder / "train/NORMAL/IM-2003-0002.jpeg").write_bytes(b"no film")

    ran = firstread("audit", folder, "--bundle", tiny_bundle.folder, "--no-names", "--out", tmp_path / "out")

    assert 1 == ran.code, ran.err
    written = [path.read_text(errors="replace") for path in (tmp_path / "out").rglob("*") if path.is_file()]
    for name in ("IM-20", "person3", str(folder.parent), ".jpeg"):
        assert not [text for text in written if name in text], name
    told = json.loads((tmp_path / "out/audit.json").read_text())
    assert [["film 1", "film 2", "film 3"]] == told["check"]["identical"]
    assert "film 4" == told["check"]["unreadable"][0]["path"]
    assert ["film 1", "film 2", "film 3"] == told["check"]["leaks"][0]["paths"]
    assert {None} == {row["worst_film"] for row in told["bundle"]["counterfactuals"]}


def test_too_few_films_are_refused_in_one_line(firstread: Callable[..., Any], folder: Path) -> None:
    for path in sorted((folder / "train/NORMAL").iterdir())[:5]:
        path.unlink()

    ran = firstread("audit", folder)

    assert 2 == ran.code
    assert (
        "an audit needs at least 20 films of each class; received 20 diseased and 15 non-diseased"
        in " ".join(ran.err.split())
    )


def test_a_place_that_holds_other_files_is_refused_before_a_film_is_read(
    firstread: Callable[..., Any], folder: Path
) -> None:
    ran = firstread("audit", folder, "--out", folder)

    assert 2 == ran.code
    assert "must go to a new or empty folder" in ran.err
