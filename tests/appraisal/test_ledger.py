import json
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from firstread.appraisal import ledger
from firstread.appraisal.ledger import Look
from firstread.errors import OutputError


def look(bundle: str = "b1", data: str = "d1", day: int = 1) -> Look:
    now = datetime(2026, 3, day, 12, tzinfo=UTC)
    return Look.now(now, part="internal test", bundle=bundle, data=data, n_films=624)


def test_looks_are_counted_by_bundle_and_by_films(tmp_path: Path) -> None:
    file = tmp_path / "ledger.jsonl"
    for day, (bundle, data) in enumerate((("b1", "d1"), ("b1", "d1"), ("b2", "d1"), ("b1", "d2")), start=1):
        ledger.record(file, [look(bundle, data, day)])

    looks = ledger.record(file, [look("b1", "d1", 9)])[0]

    assert (3, 4, 5) == (looks.by_this_bundle, looks.by_any_bundle, looks.in_ledger)
    assert "2026-03-01T12:00:00+00:00" == looks.first
    assert () == looks.altered


def test_two_bundles_that_are_compared_are_two_looks(tmp_path: Path) -> None:
    one, other = ledger.record(tmp_path / "ledger.jsonl", [look("b1"), look("b2")])

    assert (1, 2) == (one.by_this_bundle, one.by_any_bundle)
    assert (1, 2) == (other.by_this_bundle, other.by_any_bundle)


def test_a_line_says_what_was_looked_at(tmp_path: Path) -> None:
    file = tmp_path / "ledger.jsonl"

    ledger.record(file, [look()])

    line = json.loads(file.read_text())
    assert {"when", "part", "bundle", "data", "n_films", "version", "previous"} == set(line)
    assert ("internal test", 624, "0" * 64) == (line["part"], line["n_films"], line["previous"])


@pytest.mark.parametrize("removed", [0, 1, 2])
def test_a_removed_line_shows(tmp_path: Path, removed: int) -> None:
    file = tmp_path / "ledger.jsonl"
    for day in range(1, 5):
        ledger.record(file, [look(day=day)])
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(line for row, line in enumerate(lines) if row != removed))

    looks = ledger.record(file, [look(day=9)])[0]

    assert (removed + 1,) == looks.altered


def test_a_changed_line_shows_in_the_line_after_it(tmp_path: Path) -> None:
    file = tmp_path / "ledger.jsonl"
    for day in (1, 2, 3):
        ledger.record(file, [look(day=day)])
    file.write_text(file.read_text().replace("2026-03-02", "2026-03-03"))

    assert (3,) == ledger.record(file, [look(day=9)])[0].altered


def test_a_torn_line_does_not_swallow_the_next(tmp_path: Path) -> None:
    file = tmp_path / "ledger.jsonl"
    ledger.record(file, [look()])
    with file.open("a") as stream:
        stream.write('{"bundle": "b1", "da')

    looks = ledger.record(file, [look()])[0]

    assert (2, 3) == (looks.by_any_bundle, looks.in_ledger)
    assert (2,) == looks.altered


def test_writers_at_the_same_time_lose_no_look(tmp_path: Path) -> None:
    file = tmp_path / "ledger.jsonl"
    with ThreadPoolExecutor(8) as writers:
        list(writers.map(lambda n: ledger.record(file, [look(f"b{n}")]), range(24)))

    looks = ledger.record(file, [look("last")])[0]

    assert 25 == looks.by_any_bundle
    assert () == looks.altered


def test_a_look_that_cannot_be_written_down_is_refused(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")

    with pytest.raises(
        OutputError, match=r"each look at test films must be written down first; .*--ledger FILE"
    ):
        ledger.record(tmp_path / "taken" / "ledger.jsonl", [look()])


def test_only_the_ledger_itself_is_seen_among_the_films(tmp_path: Path) -> None:
    """What else it needs is hidden, so that triage of the folder lists no such file."""
    ledger.record(tmp_path / "ledger.jsonl", [look()])

    assert ["ledger.jsonl"] == [path.name for path in tmp_path.iterdir() if not path.name.startswith(".")]


def test_a_file_that_is_no_ledger_is_left_alone(tmp_path: Path) -> None:
    """`--ledger film.jpeg` must not write into the film."""
    film = tmp_path / "film.jpeg"
    film.write_bytes(b"\xff\xd8\xff\xe0 a film")

    with pytest.raises(OutputError, match="must be a new file, or one that firstread wrote"):
        ledger.record(film, [look()])

    assert b"\xff\xd8\xff\xe0 a film" == film.read_bytes()


def test_a_ledger_whose_first_line_was_torn_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "ledger.jsonl"
    ledger.record(file, [look()])
    file.write_bytes(file.read_bytes()[:40])

    assert 2 == ledger.record(file, [look()])[0].in_ledger


def test_the_ledger_lies_with_the_films_where_they_can_be_written(tmp_path: Path) -> None:
    assert tmp_path / "firstread-ledger.jsonl" == ledger.place(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_beside_films_that_cannot_be_written_the_ledger_is_the_users_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "own"))
    films = tmp_path / "films"
    films.mkdir(mode=0o500)

    assert tmp_path / "own" / "firstread" / "firstread-ledger.jsonl" == ledger.place(films)
