"""Training end to end, tiny: every test here runs the real thing."""

import csv
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from firstread.config import Config, Inference, ReadLimits
from firstread.errors import DataError, ExportError, TrainingError
from firstread.evaluation import discrimination
from firstread.imaging.prepare import Prepared, prepare
from firstread.inference import bundle as bundles
from firstread.inference.predictor import Predictor
from firstread.learning.callbacks import Silent
from firstread.learning.estimate import Estimate
from firstread.learning.run_folder import EpochRow, RunFolder, State
from firstread.learning.train import export_run, train
from firstread.reporting.model_card import model_card

pytestmark = pytest.mark.slow


class Watcher(Silent):
    """Keeps what it was told."""

    def __init__(self) -> None:
        self.estimates: list[Estimate] = []
        self.rows: list[EpochRow] = []

    def estimated(self, estimate: Estimate) -> None:
        self.estimates.append(estimate)

    def epoch_ended(self, row: EpochRow, state: State) -> None:
        assert state.epochs[-1] == row
        self.rows.append(row)


@pytest.fixture(scope="module")
def folder(make_folder: Callable[[int], Path]) -> Path:
    return make_folder(32)


def run_train(
    folder: Path,
    run: Path,
    config: Config,
    observer: Silent | None = None,
    *,
    also: Sequence[Path] = (),
    seeds: int = 1,
) -> bundles.Bundle:
    return train(
        folder,
        run,
        also=also,
        config=config,
        backend="tensorflow",
        cache_folder=run.parent / "cache",
        observer=observer or Silent(),
        seeds=seeds,
    )


@pytest.fixture(scope="module")
def finished(folder: Path, tmp_path_factory: pytest.TempPathFactory, tiny_config: Config) -> Path:
    """Return a run with its bundle, as it came to its end."""
    run = tmp_path_factory.mktemp("finished") / "run"
    run_train(folder, run, tiny_config)
    return run


@pytest.fixture
def run(finished: Path, tmp_path: Path) -> Path:
    """Return a copy of that run, the decoded films beside it: a test may do with it what it likes."""
    shutil.copytree(finished.parent, tmp_path, dirs_exist_ok=True)
    return tmp_path / finished.name


def log(run: Path) -> list[dict[str, str]]:
    with (run / "log.csv").open() as stream:
        return list(csv.DictReader(stream))


def test_a_folder_becomes_a_bundle_that_tells_the_classes_apart(
    folder: Path, tmp_path: Path, tiny_config: Config
) -> None:
    watcher = Watcher()
    config = replace(tiny_config, training=replace(tiny_config.training, epochs=4, side=80, margin_px=8))

    bundle = run_train(folder, tmp_path / "run", config, watcher)

    assert pytest.approx(0.1) == bundle.head.margin
    films = sorted(folder.glob("train/*/*.jpeg"))
    prepared = [prepare(path, bundle.recipe, limits=ReadLimits()) for path in films]
    pixels = np.stack([film.pixels for film in prepared if isinstance(film, Prepared)])
    probability = Predictor(bundle, settings=Inference()).predict(pixels).probability
    diseased = np.array(["PNEUMONIA" in str(path) for path in films])
    assert discrimination.auroc(diseased, probability) > 0.95
    assert ["1", "2", "3", "4"] == [row["epoch"] for row in log(tmp_path / "run")]
    assert 1 == len(watcher.estimates)
    assert watcher.estimates[0].seconds > 0
    with Image.open(tmp_path / "run" / "curves.png") as curves:
        assert "PNG" == curves.format
    assert list((tmp_path / "run" / "tensorboard").glob("events.*"))
    with (tmp_path / "run" / "tuning_scores.csv").open() as stream:
        assert bundle.facts["metrics"]["tuning"]["n_films"] == len(list(csv.DictReader(stream)))


def test_the_same_again_trains_nothing_and_another_question_is_refused(
    folder: Path, run: Path, tiny_config: Config
) -> None:
    watcher = Watcher()

    again = run_train(folder, run, tiny_config, watcher)

    assert [] == watcher.rows
    assert 2 == again.facts["training"]["epochs_done"]
    with pytest.raises(TrainingError, match=r"training\.seed"):
        run_train(folder, run, replace(tiny_config, training=replace(tiny_config.training, seed=1)))


def test_transfer_has_two_stages_and_goes_on_from_a_bundle(
    folder: Path, finished: Path, tmp_path: Path, tiny_config: Config
) -> None:
    first = bundles.load(RunFolder(finished).bundle)
    transfer = replace(
        tiny_config.training, weights=str(first.folder), head_epochs=1, epochs=2, batch_norm="adapt"
    )

    bundle = run_train(folder, tmp_path / "second", replace(tiny_config, training=transfer))

    assert ["head", "backbone"] == [row["stage"] for row in log(tmp_path / "second")]
    assert first.sha256[:12] in bundle.facts["started_from"]


def test_of_several_seeds_the_middle_one_makes_the_bundle(
    folder: Path, tmp_path: Path, tiny_config: Config, cut_after: Callable[[int], Silent]
) -> None:
    config, run = replace(tiny_config, training=replace(tiny_config.training, epochs=1)), tmp_path / "run"
    with pytest.raises(KeyboardInterrupt):
        run_train(folder, run, config, cut_after(1), seeds=3)
    watcher = Watcher()

    bundle = run_train(folder, run, config, watcher, seeds=3)

    assert 2 == len(watcher.rows), "the first had ended before the power went"
    each = bundle.facts["training"]["trainings"]
    assert [20, 21, 22] == [one["seed"] for one in each]
    chosen = sorted(each, key=lambda one: one["tuning_loss"])[1]["seed"]
    assert chosen == bundle.facts["training"]["seed"]
    assert "whose tuning loss is the median" in bundle.model_card
    alone = export_run(run / f"seed-{chosen}", config=config, cache_folder=tmp_path / "cache")
    np.testing.assert_array_equal(alone.head.kernel, bundle.head.kernel)
    assert "trainings" not in alone.facts["training"]


def test_an_unfinished_run_and_other_films_are_not_exported(
    folder: Path, run: Path, tiny_config: Config, make_folder: Callable[[int], Path]
) -> None:
    cache, opened = run.parent / "cache", RunFolder(run)
    state, variables = opened.load()
    opened.write_json("data.json", {"folder": str(make_folder(16))})
    with pytest.raises(ExportError, match="the films must be those of the run"):
        export_run(run, config=tiny_config, cache_folder=cache)

    opened.write_json("data.json", {"folder": str(folder)})
    opened.save(replace(state, finished=False), variables)
    with pytest.raises(ExportError, match="a run must be finished before its export; 2 epochs are done"):
        export_run(run, config=tiny_config, cache_folder=cache)


def test_a_finished_run_is_exported_again_with_what_its_maker_has_to_say(
    finished: Path, run: Path, tiny_config: Config
) -> None:
    first = bundles.load(RunFolder(finished).bundle)
    note = "Two earlier runs were judged on these films."

    again = export_run(run, config=tiny_config, cache_folder=run.parent / "cache", notes=[note])

    assert [] == first.facts["notes"]
    assert [note] == again.facts["notes"]
    assert f"- {note}" in again.model_card
    assert again.model_card == model_card(again.facts), "it can be written again without Keras"
    assert 0 == again.facts["runs_beside"]
    assert first.facts["metrics"] == again.facts["metrics"]


def test_two_data_sets_make_one_bundle_that_says_so(
    folder: Path, tmp_path: Path, tiny_config: Config, make_folder: Callable[[int], Path]
) -> None:
    """The other hospital lists its films in a manifest.csv; what is tuned on stays the first folder's."""
    other = make_folder(8)
    films = sorted(other.glob("train/*/*.jpeg"))
    rows = [f"{path.relative_to(other)},{path.parent.name},{number}" for number, path in enumerate(films)]
    (other / "manifest.csv").write_text("\n".join(("path,label,patient", *rows)) + "\n")
    config = replace(tiny_config, training=replace(tiny_config.training, epochs=1))
    for path in films:  # the same pictures as in the first folder, in other bytes
        path.write_bytes(path.read_bytes() + b"other")

    bundle = run_train(folder, tmp_path / "run", config, also=[other])

    data = bundle.facts["data"]
    assert 2 * 32 + 16 == data["n_films"]
    assert [2 * 24 + 16, 2 * 8] == [counts["films"] for counts in data["parts"].values()]
    assert [{"training": 48, "tuning": 16}, {"training": 16}] == [
        {part: counts["films"] for part, counts in source["parts"].items()} for source in data["sources"]
    ]
    assert ["CC BY 4.0" in line for line in bundle.facts["attribution"]] == [True, False, False]
    assert f"Learned from only: {other.name}." in bundle.model_card
    assert bundle.facts["metrics"]["tuning"]["n_films"] == 16
    with pytest.raises(TrainingError, match=r"these differ: also \(\['[0-9a-f]{64}'\] → None\)"):
        run_train(folder, tmp_path / "run", config)

    assert [str(other)] == json.loads((tmp_path / "run" / "data.json").read_text())["also"]
    films[0].write_bytes(b"another film")
    with pytest.raises(
        ExportError, match=f"{other.name}: the films must be those of the run; they are others"
    ):
        export_run(tmp_path / "run", config=config, cache_folder=tmp_path / "cache")


def test_mixed_precision_trains_and_averages(folder: Path, tmp_path: Path, tiny_config: Config) -> None:
    training = replace(tiny_config.training, epochs=1, mixed_precision=True)

    bundle = run_train(folder, tmp_path / "run", replace(tiny_config, training=training))

    assert bundle.facts["parity"]["max_difference"] <= 1e-4


def test_an_unreadable_film_is_named_before_anything_is_trained(
    make_folder: Callable[[int], Path], tmp_path: Path, tiny_config: Config
) -> None:
    folder = make_folder(8)
    broken = folder / "train" / "NORMAL" / "IM-0203-0001.jpeg"
    broken.write_bytes(broken.read_bytes()[:200])

    with pytest.raises(DataError, match=r"IM-0203-0001\.jpeg"):
        run_train(folder, tmp_path / "run", tiny_config)
    assert not (tmp_path / "run" / "checkpoints" / "last.npz").exists()


def command(folder: Path, run: Path, *options: str) -> list[str]:
    return [
        *(sys.executable, "-m", "firstread", "train", str(folder), "--run", str(run)),
        *("--architecture", "baseline", "--weights", "none", "--batch-size", "8", "--side", "64"),
        *("--cache", str(run.parent / "cache"), *options),
    ]


def test_a_killed_run_goes_on_from_its_last_epoch(folder: Path, tmp_path: Path) -> None:
    """SIGKILL gives no time to tidy up; what stands on disk must be enough."""
    run = tmp_path / "run"
    asked = command(folder, run, "--epochs", "6")
    process = subprocess.Popen(asked, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while not (run / "checkpoints" / "last.npz").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    before, _ = RunFolder(run).load()
    assert 1 <= before.done < 6

    done = subprocess.run(asked, capture_output=True, text=True, check=False)

    assert 0 == done.returncode, done.stderr
    after, _ = RunFolder(run).load()
    assert before.epochs == after.epochs[: before.done]
    assert list(range(1, after.done + 1)) == [row.epoch for row in after.epochs]
    assert after.finished
    assert f"Bundle: {run / 'bundle'}" in done.stdout


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_another_backend_trains_and_tensorflow_exports_it(folder: Path, tmp_path: Path, backend: str) -> None:
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed; the development environment brings jax alone.")
    done = subprocess.run(
        command(folder, tmp_path / "run", "--epochs", "1", "--backend", backend),
        env=os.environ | {"KERAS_BACKEND": backend},
        capture_output=True,
        text=True,
        check=False,
    )

    assert 0 == done.returncode, done.stderr
    facts = json.loads((tmp_path / "run" / "bundle" / "facts.json").read_text())
    assert backend == facts["training"]["backend"]
