"""`firstread triage` from films to results, in this process."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from firstread.edges.cli.app import REFUSED
from firstread.edges.cli.triage import NOTHING_SCORED
from firstread.inference.bundle import Bundle

Film = Callable[..., Path]


@pytest.fixture
def triage(firstread: Callable[..., Any], tiny_bundle: Bundle) -> Callable[..., Any]:
    """Return a function that runs `firstread triage` with the tiny bundle."""

    def run(*arguments: object) -> Any:
        return firstread("triage", *arguments, "--bundle", tiny_bundle.folder)

    return run


def entries(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_text())["entries"]
    return found


def test_a_folder_of_good_and_bad_files_is_ranked_and_nothing_is_lost(
    triage: Callable[..., Any], film: Film, tmp_path: Path
) -> None:
    """Brighter films score higher (the tiny bundle); the unscored keep their place, what is no film comes last."""
    films = tmp_path / "in"
    film(films / "a.jpg", brightness=90)
    film(films / "b.jpg", brightness=170)
    (films / "c.txt").write_text("note")
    (films / "d.jpg").write_bytes((films / "a.jpg").read_bytes()[:1500])
    (films / "e.jpg").touch()
    film(films / "deep/f.jpg", brightness=150)

    ran = triage(films, tmp_path / "gone.jpg", "--json", tmp_path / "out.json", "--csv", tmp_path / "out.csv")

    assert (0, "") == (ran.code, ran.err)
    assert "7 films: 2 URGENT, 0 REVIEW, 1 ROUTINE, 4 not scored" in ran.out
    assert ["b.jpg", "f.jpg", "d.jpg", "e.jpg", "a.jpg", "gone.jpg", "c.txt"] == [
        Path(entry["path"]).name for entry in entries(tmp_path / "out.json")
    ]
    assert [None, None, "truncated", "empty", None, "not_found", "not_an_image"] == [
        entry["reason_code"] for entry in entries(tmp_path / "out.json")
    ]
    assert 1 + 7 == len((tmp_path / "out.csv").read_text().splitlines())


def test_results_in_the_folder_of_films_are_no_films_the_next_time(
    triage: Callable[..., Any], film: Film, tmp_path: Path
) -> None:
    film(tmp_path / "a.jpg")
    results = ("--json", tmp_path / "w.json", "--html", tmp_path / "w.html", "--heatmaps", tmp_path / "maps")

    first, second = triage(tmp_path, *results), triage(tmp_path, *results)

    assert "1 film: " in first.out
    assert "1 film: " in second.out
    assert 1 == len(list((tmp_path / "maps").glob("a-*.png")))


def test_a_row_leads_to_its_heat_map_and_none_is_left_of_the_run_before(
    triage: Callable[..., Any], film: Film, tmp_path: Path
) -> None:
    film(tmp_path / "in" / "a.jpg")
    film(tmp_path / "in" / "b.jpg", brightness=90)
    maps = tmp_path / "maps"
    triage(tmp_path / "in", "--heatmaps", maps)
    (maps / "mine.png").touch()

    triage(tmp_path / "in" / "b.jpg", "--heatmaps", maps, "--json", tmp_path / "w.json")

    (row,) = entries(tmp_path / "w.json")
    assert {Path(row["heat_map"]), maps / "mine.png"} == set(maps.glob("*.png"))


def test_a_mistyped_folder_replaces_nothing(triage: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "w.json").write_text("yesterday's")

    ran = triage(tmp_path / "flims", "--json", tmp_path / "w.json")

    assert REFUSED == ran.code
    assert "flims: films must be files or folders that exist" in ran.err
    assert "yesterday's" == (tmp_path / "w.json").read_text()


def test_an_order_of_arrival_by_time_keeps_the_cap(
    triage: Callable[..., Any], film: Film, tmp_path: Path
) -> None:
    """The oldest film is the least suspicious; with a cap of 0 it is read first all the same."""
    for age, (name, brightness) in enumerate([("new.jpg", 170), ("middle.jpg", 140), ("old.jpg", 100)]):
        os.utime(film(tmp_path / "in" / name, brightness=brightness), (10_000 - age, 10_000 - age))

    triage(tmp_path / "in", "--json", tmp_path / "o.json", "--arrival", "modified", "--wait-cap", "0")

    assert ["old.jpg", "middle.jpg", "new.jpg"] == [
        Path(e["path"]).name for e in entries(tmp_path / "o.json")
    ]


def test_json_on_standard_output_is_alone_there(
    triage: Callable[..., Any], film: Film, tmp_path: Path
) -> None:
    ran = triage(film(tmp_path / "a.jpg"), "--json", "-")

    assert 1 == len(json.loads(ran.out)["entries"])
    assert "1 film: " in ran.err


def test_nothing_scored_is_code_3_and_still_a_worklist(triage: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "a.jpg").touch()

    ran = triage(tmp_path, "--json", tmp_path / "out.json")

    assert NOTHING_SCORED == ran.code
    assert ["The file is empty."] == [entry["reason"] for entry in entries(tmp_path / "out.json")]


def test_an_empty_folder_is_code_3(triage: Callable[..., Any], tmp_path: Path) -> None:
    ran = triage(tmp_path)

    assert NOTHING_SCORED == ran.code
    assert "0 films" in ran.out


def test_a_place_that_cannot_be_written_is_refused_before_the_work(
    triage: Callable[..., Any], film: Film, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()

    ran = triage(
        film(tmp_path / "a.jpg"), "--csv", tmp_path / "file/out.csv", "--json", tmp_path / "out.json"
    )

    assert 2 == ran.code
    assert ran.err.startswith(f"firstread: {tmp_path / 'file'}: the folder must be writable")
    assert not (tmp_path / "out.json").exists()


def test_a_damaged_bundle_is_refused_by_name(
    firstread: Callable[..., Any], tiny_bundle: Bundle, film: Film, tmp_path: Path
) -> None:
    shutil.copytree(tiny_bundle.folder, tmp_path / "bundle")
    (tmp_path / "bundle/recipe.json").unlink()

    ran = firstread("triage", film(tmp_path / "a.jpg"), "--bundle", tmp_path / "bundle")

    assert 2 == ran.code
    assert "recipe.json" in ran.err
    assert 1 == len(ran.err.splitlines())


def test_settings_come_from_a_file_and_flags_go_before_it(
    triage: Callable[..., Any], film: Film, tmp_path: Path
) -> None:
    (tmp_path / "s.toml").write_text("[read]\nmin_side = 2000\n[worklist]\nwait_cap = -1\n")

    refused = triage(film(tmp_path / "in/a.jpg"), "--settings", tmp_path / "s.toml")
    (tmp_path / "s.toml").write_text("[read]\nmin_side = 2000\n")
    too_small = triage(tmp_path / "in", "--settings", tmp_path / "s.toml", "--json", tmp_path / "o.json")

    assert (2, "firstread: worklist.wait_cap must not be negative; received -1.\n") == (
        refused.code,
        refused.err,
    )
    assert NOTHING_SCORED == too_small.code
    assert "too_small" == entries(tmp_path / "o.json")[0]["reason_code"]


def test_hostile_names_reach_every_result(triage: Callable[..., Any], film: Film, tmp_path: Path) -> None:
    """Names that are no UTF-8, command a terminal, or are markup."""
    names = [b"\xff\xfe.jpg", b"\x1b[31mred.jpg", b"[bold]x[", b"<script>alert(1)<script>.jpg", b"a\nb.jpg"]
    for name in names:
        film(tmp_path / "in" / os.fsdecode(name))

    ran = triage(
        tmp_path / "in",
        "--html",
        tmp_path / "w.html",
        "--json",
        tmp_path / "w.json",
        "--csv",
        tmp_path / "w.csv",
    )

    assert (0, "") == (ran.code, ran.err)
    assert "\x1b" not in ran.out
    assert {os.fsdecode(name) for name in names} == {
        Path(e["path"]).name for e in entries(tmp_path / "w.json")
    }
    assert b"<script>alert" not in (tmp_path / "w.html").read_bytes()
    assert b"\xff\xfe.jpg" in (tmp_path / "w.csv").read_bytes()


@pytest.mark.films
def test_real_dicom_and_hostile_files_each_have_one_line(
    triage: Callable[..., Any], public_films: Path, tmp_path: Path
) -> None:
    """A sample of real DICOM files and of attack-shaped ones: every file is scored or says why not."""
    names = [
        *sorted(public_films.glob("dicom/**/*.dcm"))[::12],
        *sorted(public_films.glob("hostile/dicom/**/*"))[::40],
    ]
    paths = [path for path in names if path.is_file()]

    ran = triage(*paths, "--json", tmp_path / "o.json", "--html", tmp_path / "o.html")

    assert ran.code in (0, NOTHING_SCORED)
    found = entries(tmp_path / "o.json")
    assert {str(path) for path in paths} == {entry["path"] for entry in found}
    assert len(paths) == len(found)
    assert all(entry["reason"] for entry in found if entry["status"] == "not_scored")
