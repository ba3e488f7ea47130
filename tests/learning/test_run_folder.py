import stat
from pathlib import Path

import numpy as np
import pytest

from firstread.errors import TrainingError
from firstread.learning.run_folder import EpochRow, RunFolder, State


def row(epoch: int, loss: float) -> EpochRow:
    return EpochRow(epoch, "backbone", 0.5, loss, 0.9, 0.9, 1e-4, 3.0)


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    folder = RunFolder(tmp_path / "run")
    folder.open({"training": {"epochs": 3}})
    return folder


def test_the_best_epoch_is_the_first_of_equals() -> None:
    state = State().with_epoch(row(1, 0.2)).with_epoch(row(2, 0.2)).with_epoch(row(3, 0.3))

    assert (1, 0.2, 3) == (state.best_epoch, state.best_loss, state.done)


def test_a_checkpoint_comes_back_as_it_was(run: RunFolder) -> None:
    state = State().with_epoch(row(1, 0.9))
    variables = [np.arange(3, dtype=np.float32), np.array(7)]

    run.save(state, variables)
    loaded, values = run.load()

    assert state == loaded
    for expected, actual in zip(variables, values, strict=True):
        np.testing.assert_array_equal(expected, actual)


def test_a_new_run_has_no_state(run: RunFolder) -> None:
    assert (State(), []) == run.load()


def test_only_the_best_epochs_weights_are_kept(run: RunFolder) -> None:
    state = State()
    for epoch, loss in enumerate((0.3, 0.2, 0.25), start=1):
        state = state.with_epoch(row(epoch, loss))
        if state.best_epoch == epoch:
            run.best_weights(epoch).write_bytes(b"weights")
        run.save(state, [])

    assert [run.best_weights(2)] == sorted(run.path.glob("checkpoints/*.h5"))


def test_a_checkpoint_cut_short_is_refused_by_name(run: RunFolder) -> None:
    run.save(State(), [np.zeros(1000)])
    file = run.path / "checkpoints" / "last.npz"
    file.write_bytes(file.read_bytes()[:500])

    with pytest.raises(TrainingError, match=r"last\.npz: the checkpoint must be whole"):
        run.load()


def test_the_same_question_goes_on(run: RunFolder) -> None:
    run.open({"training": {"epochs": 3}})


def test_a_run_that_ended_before_its_first_epoch_begins_anew(run: RunFolder) -> None:
    """A mistyped option must not make the folder useless."""
    run.open({"training": {"epochs": 4}})

    assert {"training": {"epochs": 4}} == run.read_json("config.json")


def test_another_question_is_refused_and_names_what_differs(run: RunFolder) -> None:
    run.save(State(), [])

    with pytest.raises(TrainingError, match=r"training\.epochs \(3 → 4\).*another --run folder"):
        run.open({"training": {"epochs": 4}})


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")

    with pytest.raises(TrainingError, match="the run folder must be writable"):
        RunFolder(tmp_path / "file" / "run").open({})


def test_nothing_half_written_is_left_beside_a_checkpoint(run: RunFolder) -> None:
    run.save(State(), [np.zeros(10)])

    assert ["last.npz"] == [file.name for file in (run.path / "checkpoints").iterdir()]
    assert stat.S_ISREG((run.path / "checkpoints" / "last.npz").stat().st_mode)


def test_other_runs_judged_on_the_same_tuning_films_are_counted(tmp_path: Path) -> None:
    """Of four runs beside it one learned from other films, one is of another split and one has no epoch yet."""
    same = {"manifest": "ab", "training": {"split": "id-block", "blocks": 8, "tuning_block": 0, "seed": 1}}
    other_block = {"manifest": "ab", "training": {**same["training"], "tuning_block": 1}}  # type: ignore[dict-item]
    for name, asked in (
        ("own", same),
        ("earlier", same | {"backend": "jax"}),
        ("other-films", same | {"manifest": "cd"}),
        ("other-block", other_block),
        ("begun", same),
    ):
        folder = RunFolder(tmp_path / name)
        folder.open(asked)
        if name != "begun":
            folder.save(State().with_epoch(row(1, 0.9)), [np.array(7)])

    assert 1 == RunFolder(tmp_path / "own").runs_beside()
