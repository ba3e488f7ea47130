"""`firstread simulate`."""

import errno
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from firstread.inference.bundle import Bundle

Run = Callable[..., Any]
POINT = ("--sensitivity", 0.95, "--specificity", 0.76)
SMALL = ("--films", 4000, "--replications", 4, "--traffic", 0.5)


def test_prints_every_group_and_its_cautions(firstread: Run) -> None:
    ran = firstread("simulate", *POINT, *SMALL)

    assert 0 == ran.code
    for words in ("diseased", "not flagged", "missed", "triage", "change", "theory", "95th %", "max."):
        assert words in ran.out
    for words in (
        "69.5% of the flags are false",
        "shorter time to diagnosis",
        "Sensitivity 0.950, specificity 0.760",
    ):
        assert words in ran.out
    assert "…" not in ran.out
    assert max(map(len, ran.out.splitlines())) <= 80


def test_json_holds_theory_beside_the_simulation(firstread: Run) -> None:
    """By hand: at traffic .5 films wait 10 min in order of arrival."""
    told = json.loads(firstread("simulate", *POINT, *SMALL, "--discipline", "preemptive", "--json").out)

    assert pytest.approx(10) == told["theory_mean_min"]["fifo"]["all"]
    assert pytest.approx(0.5) == told["traffic"]
    assert pytest.approx(0.216 / 0.311) == told["false_flag_share"]
    assert {"minutes", "low", "high"} == set(told["groups"]["missed"]["difference"])
    assert 0.95 == told["settings"]["point"]["sensitivity"]
    assert told["cautions"]


def test_a_seed_gives_the_same_json(firstread: Run) -> None:
    once, again, other = (
        firstread("simulate", *POINT, *SMALL, "--json", "--seed", seed).out for seed in (1, 1, 2)
    )

    assert once == again
    assert once != other


def test_simpy_tells_the_same_story(firstread: Run) -> None:
    pytest.importorskip("simpy")
    loop, simpy = (
        json.loads(firstread("simulate", *POINT, *SMALL, "--json", *option).out)["groups"]["all"]["fifo"]
        for option in ((), ("--simpy",))
    )

    assert pytest.approx(loop["mean"]["minutes"]) == simpy["mean"]["minutes"]


def test_takes_the_operating_point_of_a_bundle(firstread: Run, tiny_bundle: Bundle) -> None:
    ran = firstread("simulate", "--bundle", tiny_bundle.folder, *SMALL, "--json")

    told = json.loads(ran.out)
    assert [0.95, 0.9] == [told["settings"]["room"][name] for name in ("sensitivity", "specificity")]
    assert "on its own tuning films" in told["cautions"][0]


def test_shifts_a_cap_and_no_missed_film(firstread: Run) -> None:
    """Theory has no answer and nobody is missed: both are said, nothing is 0."""
    hours = ("--arrivals", "8-18:8,18-8:2", "--radiologists", "8-18:2,18-8:1")
    options = ("--sensitivity", 1, "--specificity", 0.76, "--wait-cap", 60, "--films", 4000)

    ran = firstread("simulate", *hours, *options)

    text = " ".join(ran.out.split())
    assert 0 == ran.code
    assert "Theory: not defined: Theory needs hours that are all alike" in text
    assert "Missed: not defined, an interval needs such films in at least 2 replications" in text
    assert "wait cap 60 min" in text


def test_writes_figures_and_json(firstread: Run, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    out = tmp_path / "new" / "folder"

    ran = firstread("simulate", *POINT, *SMALL, "--out", out)

    assert 0 == ran.code
    names = [f"{name}.{end}" for name in ("waiting_over_traffic", "waiting_times") for end in ("png", "svg")]
    assert [".firstread", "simulation.json", *names] == sorted(path.name for path in out.iterdir())
    assert b"\x89PNG" == (out / "waiting_times.png").read_bytes()[:4]
    told = json.loads((out / "simulation.json").read_text())
    assert [0.3, 0.5, 0.6, 0.7, 0.8, 0.9] == [point["traffic"] for point in told["curve"]]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--prevalence", 0), "The prevalence must be in (0, 1); received 0.0."),
        (("--prevalence", 1), "The prevalence must be in (0, 1); received 1.0."),
        (("--traffic", 1), "The traffic must be below 1: where more work arrives than can be read"),
        (("--arrivals", 7), "The traffic must be below 1"),
        (("--traffic", 0), "The traffic must be above 0"),
        (("--level", 1), "The confidence level must be in (0, 1); received 1.0."),
        (("--radiologists", "none"), "--radiologists must be a number"),
        (("--wait-cap", 10, "--discipline", "preemptive"), "A wait cap needs the non-preemptive discipline"),
        (("--films", 3), "Each of 20 replications needs a film; received 3"),
    ],
)
def test_refuses_by_name(firstread: Run, options: tuple[object, ...], words: str) -> None:
    ran = firstread("simulate", *POINT, *options)

    assert 2 == ran.code
    assert words in ran.err
    assert "" == ran.out


def test_refuses_a_place_that_cannot_be_written_before_the_work(firstread: Run, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("a file")

    ran = firstread("simulate", *POINT, *SMALL, "--out", taken)

    assert 2 == ran.code
    assert "must go to a new or empty folder" in ran.err


def test_a_result_that_cannot_be_written_leaves_nothing_behind(
    firstread: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that is full half-way: no half report."""
    pytest.importorskip("matplotlib")
    write_bytes = Path.write_bytes

    def full(path: Path, content: bytes) -> int:
        if path.name == "waiting_times.svg":
            raise OSError(errno.ENOSPC, "No space left on device")
        return write_bytes(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)

    ran = firstread("simulate", *POINT, *SMALL, "--out", tmp_path / "room")

    assert 2 == ran.code
    assert "No space left on device" in ran.err
    assert [] == list(tmp_path.iterdir())
