"""The commands' own part; training itself is tested in tests/learning/test_train.py."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from firstread.config import Training
from firstread.edges.cli.app import app
from firstread.edges.cli.training_progress import TrainingProgress
from firstread.errors import ConfigError, DataError, FirstreadError, TrainingError
from firstread.learning import data_set
from firstread.learning.estimate import Estimate
from firstread.learning.run_folder import EpochRow, State


def refusal(*arguments: str) -> FirstreadError:
    result = CliRunner().invoke(app, list(arguments))
    assert isinstance(result.exception, FirstreadError), result.output
    return result.exception


def test_a_folder_without_films_is_refused(tmp_path: Path) -> None:
    error = refusal("train", str(tmp_path), "--run", str(tmp_path / "run"))

    assert isinstance(error, DataError)
    assert str(tmp_path) in str(error)
    assert not (tmp_path / "run").exists()


def test_a_wrong_setting_is_refused_before_keras_is_loaded(tmp_path: Path) -> None:
    error = refusal("train", str(tmp_path), "--run", str(tmp_path / "run"), "--split", "random")

    assert isinstance(error, ConfigError)
    assert "training.split must be id-block, patient-grouped or official; received 'random'" in str(error)


def test_an_unknown_backend_is_refused(tmp_path: Path) -> None:
    error = refusal("train", str(tmp_path), "--run", str(tmp_path / "run"), "--backend", "theano")

    assert isinstance(error, TrainingError)


def test_a_folder_that_is_no_run_is_not_exported(tmp_path: Path) -> None:
    error = refusal("export", str(tmp_path))

    assert isinstance(error, TrainingError)
    assert "config.json" in str(error)


def test_progress_says_which_films_are_for_what(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Counted by hand: eight patients of each class in four blocks; one child is known in both folders by his name."""
    for name, first in (("here", 300), ("there", 301)):
        for number in range(first, first + 8):
            for film in (f"NORMAL/IM-{number:04d}-0001.jpeg", f"PNEUMONIA/person{number}_virus_1.jpeg"):
                path = tmp_path / name / film
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(f"{name} {film}".encode())
    films = data_set.read(tmp_path / "here", Training(blocks=4), also=[tmp_path / "there"])

    with TrainingProgress() as progress:
        progress.read(films)

    words = re.sub(r"\s+", " ", capsys.readouterr().err)
    assert "here: 12 films learned from, 4 tuned on." in words
    assert (
        "there: 14 films learned from, 0 tuned on; 2 left out, their patients are tuned or tested on in here."
        in words
    )


def test_progress_says_what_it_costs_and_what_each_epoch_brought(capsys: pytest.CaptureFixture[str]) -> None:
    row = EpochRow(1, "head", 0.6, 0.5, 0.91, 0.8, 1e-4, 65.0)
    estimate = Estimate(
        epochs=2,
        seconds_per_epoch=60.0,
        seconds=120.0,
        memory_bytes=2_100_000_000,
        films_per_second=45.0,
        devices=("cpu:0", "cpu:1"),
    )

    with TrainingProgress() as progress:
        progress.decoded(10, 10)
        progress.estimated(estimate)
        progress.stepped(1, 1, 2)
        progress.stepped(1, 2, 2)
        progress.epoch_ended(row, State().with_epoch(row))

    printed = capsys.readouterr()
    assert "" == printed.out
    words = re.sub(r"\s+", " ", printed.err)
    assert "On this machine, batches shared by cpu:0, cpu:1: 45 films/s, an epoch in 0:01:00, " in words
    assert "2 epochs in 0:02:00 at most; memory about 2.1 GB." in words
    assert "epoch 1 head loss 0.6000 tuning loss 0.5000 AUROC 0.9100" in words
    assert "0:01:05 kept" in words
