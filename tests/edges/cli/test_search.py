"""The command's own part; the comparison itself is tested in tests/learning/test_search.py."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from firstread.config import Config
from firstread.data.splits import Split
from firstread.edges.cli.search_progress import SearchProgress
from firstread.edges.cli.search_run import Asked, candidates_of, other_hospitals
from firstread.errors import ConfigError
from firstread.evaluation.method_comparison import Judged
from firstread.evaluation.yardstick import Yardstick
from firstread.learning.candidates import Candidate
from firstread.learning.search_record import RESULT, SearchFolder, TrialResult

RESULT_OF_BASE = TrialResult(
    judged=Judged(
        "base",
        "look-alikes",
        20,
        Yardstick(0.991, 0.955, 0.945, 0.04, 0.0375, 0.035, 0.997, 0.95, 0.95),
        {},
        65.0,
    ),
    seconds_judging=5.0,
    films_per_second=100.0,
    epochs_done=2,
    epoch_kept=1,
    films={"training": 3},
    changes=(),
    hospitals={},
    software={},
)

Firstread = Callable[..., Any]


@pytest.fixture
def finished(tmp_path: Path) -> Path:
    """Return the folder of a comparison with one finished training."""
    place = SearchFolder(tmp_path / "run")
    place.keep_candidates({"base": "The usual way."})
    run = place.run("base", "look-alikes", 20)
    run.path.mkdir(parents=True)
    run.write_json(RESULT, RESULT_OF_BASE.as_dict())
    return place.path


def test_the_table_is_written_again_without_films(firstread: Firstread, finished: Path) -> None:
    ran = firstread("search", "--run", finished, "--table")

    assert 0 == ran.code
    assert f"base: F 0.50, 1 seed, look-alikes\nTable: {finished / 'search.md'}\n" == ran.out
    assert "| base | 1 | look-alikes | 0.50 |" in (finished / "search.md").read_text()


def test_json_is_what_was_written(firstread: Firstread, finished: Path) -> None:
    ran = firstread("search", "--run", finished, "--table", "--json")

    assert json.loads((finished / "search.json").read_text()) == json.loads(ran.out)


def test_a_search_needs_films_and_candidates(firstread: Firstread, tmp_path: Path) -> None:
    ran = firstread("search", tmp_path, "--run", tmp_path / "run")

    assert 2 == ran.code
    assert "--table" in ran.err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((), "must list what is compared"),
        (("--external", "adults"), "--external must be NAME=DIR, each name once; received 'adults'"),
        (("--folds", "9"), "--folds must be some of look-alikes,0,1,2,3,4, each once; received '9'"),
        (("--backend", "theano"), "The backend must be one of"),
    ],
)
def test_a_mistake_is_one_line(
    firstread: Firstread, tmp_path: Path, options: tuple[str, ...], message: str
) -> None:
    file = tmp_path / "candidates.toml"
    file.write_text(
        '[training]\narchitecture = "baseline"\nweights = "none"\n[[candidates]]\nname = "base"\nwhy = "So."'
        if options
        else ""
    )

    ran = firstread("search", tmp_path, file, "--run", tmp_path / "run", *options)

    assert 2 == ran.code
    assert message in ran.err
    assert 1 == ran.err.count("\n")
    assert not (tmp_path / "run").exists()


def test_other_hospitals_are_named_once() -> None:
    assert {"adults": Path("a=b"), "far": Path("c")} == other_hospitals(["adults=a=b", "far=c"])
    with pytest.raises(ConfigError, match="each name once; received 'adults=c'"):
        other_hospitals(["adults=b", "adults=c"])


def test_progress_says_what_is_left_and_what_each_training_brought(
    capsys: pytest.CaptureFixture[str],
) -> None:
    from firstread.learning.folds import Fold
    from firstread.learning.trial import Trial

    split = object.__new__(Split)
    trial = Trial(Candidate("base", "So.", Config()), Fold("look-alikes", split, "", ""), 20)

    with SearchProgress() as progress:
        progress.decoded(10, 10)
        progress.trial_began(trial, 2, 6, 3700.0)
        progress.stepped(1, 1, 2)
        progress.trial_ended(RESULT_OF_BASE)

    printed = capsys.readouterr()
    assert "" == printed.out
    words = re.sub(r"\s+", " ", printed.err)
    assert "2 of 6: base, look-alikes, seed 20, about 1:01:40 left" in words
    assert "base, look-alikes, seed 20: distance 0.50 AUROC 0.9910" in words
    assert "2 epochs in 0:01:05, 100 films/s" in words


def test_candidates_start_from_the_weights_that_are_named(
    tmp_path: Path,
) -> None:
    """One that names its own weights keeps them."""
    file = tmp_path / "candidates.toml"
    file.write_text(
        '[[candidates]]\nname = "base"\nwhy = "So."\n'
        '[[candidates]]\nname = "own"\nwhy = "So."\ntraining.weights = "none"\n'
    )

    base, own = candidates_of(Asked(tmp_path, file, "look-alikes", 1, (), "here.h5", None))

    assert ("here.h5", "none") == (base.config.training.weights, own.config.training.weights)
