"""Ways of training compared end to end, tiny: every training here is a real one."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from firstread.config import Config, Training, Workers
from firstread.errors import ConfigError, FirstreadError, TrainingError
from firstread.evaluation.method_comparison import Judged
from firstread.evaluation.yardstick import Yardstick
from firstread.learning.callbacks import Silent
from firstread.learning.candidates import Candidate
from firstread.learning.folds import Fold
from firstread.learning.run_folder import EpochRow, State
from firstread.learning.search import Wanted, search, seconds_left
from firstread.learning.search_record import SearchFolder, TrialResult
from firstread.learning.trial import Trial

FIGURES = Yardstick(0.99, 0.95, 0.93, 0.04, 0.03, 0.03, 0.997, 0.95, 0.95)


class CutError(Exception):
    """Power is gone."""


class Watcher(Silent):
    """Keeps what it was told; ends the search after so many epochs."""

    def __init__(self, *, cut_after: int | None = None) -> None:
        self.epochs: list[int] = []
        self.began: list[str] = []
        self.ended: list[TrialResult] = []
        self.failed: list[str] = []
        self._cut_after = cut_after

    def epoch_ended(self, row: EpochRow, state: State) -> None:  # noqa: ARG002  # the observer's signature
        self.epochs.append(row.epoch)
        if len(self.epochs) == self._cut_after:
            raise CutError

    def trial_began(self, trial: Trial, number: int, trials: int, seconds_left: float | None) -> None:
        assert seconds_left is None or seconds_left >= 0
        self.began.append(f"{number} of {trials}: {trial.candidate.name} {trial.fold.name} {trial.seed}")

    def trial_ended(self, result: TrialResult) -> None:
        self.ended.append(result)

    def trial_failed(self, trial: Trial, error: FirstreadError) -> None:
        self.failed.append(f"{trial.candidate.name}: {error}")


@pytest.fixture
def wanted(tiny_config: Config, make_folder: Callable[[int], Path]) -> Wanted:
    training = replace(tiny_config.training, side=32, batch_size=16)
    base = Candidate("base", "The usual way.", replace(tiny_config, training=training))
    other = replace(base.config, training=replace(training, low_pass_px=0.5))
    return Wanted(
        (base, Candidate("other", "It may help.", other)),
        folds=("look-alikes", "0"),
        seeds=1,
        elsewhere={"far": make_folder(4)},
    )


@pytest.mark.slow
def test_a_search_that_was_killed_goes_on_and_trains_nothing_twice(
    make_folder: Callable[[int], Path], tmp_path: Path, wanted: Wanted
) -> None:
    """Four trainings of two epochs each; cut in the middle of the second, it has five epochs to do."""
    folder = make_folder(28)

    def run(watcher: Watcher, wanted: Wanted) -> Watcher:
        search(
            folder,
            tmp_path / "run",
            wanted,
            config=Config(workers=Workers(processes=1)),
            backend="tensorflow",
            cache_folder=tmp_path / "cache",
            observer=watcher,
        )
        return watcher

    with pytest.raises(CutError):
        run(Watcher(cut_after=3), wanted)
    after = run(Watcher(), wanted)

    assert [2, 1, 2, 1, 2] == after.epochs
    assert [
        "1 of 4: base look-alikes 20",
        "2 of 4: other look-alikes 20",
        "3 of 4: base block-0 20",
        "4 of 4: other block-0 20",
    ] == after.began
    told = json.loads((tmp_path / "run" / "search.json").read_text())
    assert "base" == told["base"]
    assert ["base", "other"] == [row["candidate"] for row in told["candidates"]]
    assert [None, None] == [row["verdict"] and row["verdict"]["better"] for row in told["candidates"]]
    assert 4 == len(told["trials"])
    assert "| base | 1 | look-alikes + 1 block |" in (tmp_path / "run" / "search.md").read_text()
    for result in after.ended:
        assert 0 <= result.judged.figures.mean_change < 1
        assert 0 <= result.judged.elsewhere["far"]["all views"] <= 1
        assert 56 == sum(result.films.values())
        assert result.films_per_second > 0

    written = (tmp_path / "run" / "search.md").read_bytes()
    (tmp_path / "run" / "search.md").unlink()
    SearchFolder(tmp_path / "run").write_table()
    assert written == (tmp_path / "run" / "search.md").read_bytes(), "written again without training"

    nearer = replace(
        wanted, elsewhere={"near": make_folder(5)}, candidates=wanted.candidates[:1], folds=("0",)
    )
    again = run(Watcher(), nearer)
    assert [] == again.epochs, "another hospital is judged without training"
    assert {"far", "near"} == set(again.ended[0].judged.elsewhere)
    assert {"far", "near"} == set(run(Watcher(), wanted).ended[2].judged.elsewhere)

    changed = replace(
        wanted.candidates[0].config, training=replace(wanted.candidates[0].config.training, dropout=0.5)
    )
    with pytest.raises(TrainingError, match=r"base/look-alikes-seed-20: .*these differ: training\.dropout"):
        run(Watcher(), replace(wanted, candidates=(Candidate("base", "Again.", changed),)))


@pytest.mark.slow
def test_a_training_that_diverges_does_not_stop_the_others(
    make_folder: Callable[[int], Path], tmp_path: Path, wanted: Wanted
) -> None:
    training = replace(wanted.candidates[0].config.training, epochs=1)
    base = replace(wanted.candidates[0].config, training=training)
    wild = replace(base, training=replace(training, learning_rate=1e30, ema=0.0))
    watcher = Watcher()

    with pytest.raises(
        TrainingError, match=r"these gave none:\n.*wild/block-0-seed-20: Epoch 1: every tuning film"
    ):
        search(
            make_folder(28),
            tmp_path / "run",
            Wanted((Candidate("wild", "No.", wild), Candidate("base", "Yes.", base)), ("0",), 1, {}),
            config=Config(workers=Workers(processes=1)),
            backend="tensorflow",
            cache_folder=tmp_path / "cache",
            observer=watcher,
        )

    assert 1 == len(watcher.failed)
    assert ["base"] == [result.judged.candidate for result in watcher.ended]
    assert "- **wild**: No. (No training of it is finished.)" in (tmp_path / "run" / "search.md").read_text()


def test_what_cannot_be_compared_is_refused_before_anything_is_decoded(wanted: Wanted) -> None:
    with pytest.raises(ConfigError, match="--folds must be some of look-alikes"):
        replace(wanted, folds=("6",))
    with pytest.raises(ConfigError, match="--seeds must be at least 1; received 0"):
        replace(wanted, seeds=0)
    lost = replace(wanted.candidates[0], config=Config(training=Training(weights="nowhere.h5")))
    with pytest.raises(TrainingError, match=r"nowhere\.h5 does not exist"):
        replace(wanted, candidates=(lost,))


def result(candidate: str, seed: int, seconds: float) -> TrialResult:
    judged = Judged(candidate, "look-alikes", seed, FIGURES, {"far": {"all views": 0.8}}, seconds)
    return TrialResult(judged, 5.0, 100.0, 2, 1, {"training": 3}, ("mirrored",), {}, {"keras": "3"})


def test_what_is_left_takes_as_long_as_it_took_the_same_candidate_or_any(wanted: Wanted) -> None:
    """Known: base 10 s and 20 s, each with 5 s of judging. Left: one of base and one of the other, 20 s each."""
    base, other = wanted.candidates
    known = [result("base", 20, 10.0), result("base", 21, 20.0)]
    any_split = Fold.__new__(Fold)
    object.__setattr__(any_split, "name", "look-alikes")
    trials = [Trial(base, any_split, seed) for seed in (20, 21, 22)] + [Trial(other, any_split, 20)]

    assert 40 == seconds_left(trials, known)
    assert 0 == seconds_left(trials[:2], known)
    assert seconds_left(trials, []) is None
