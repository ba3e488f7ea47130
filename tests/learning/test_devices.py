import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from firstread.errors import TrainingError
from firstread.learning import devices

# Trains two stages of three steps each, head and backbone, in one process that JAX starts with two virtual devices.
SCRIPT = """
import json, sys
from dataclasses import replace
from pathlib import Path

from firstread.learning.backend import choose

choose("jax")
from firstread.config import Augmentation, Config, Training
from firstread.data.film_cache import FilmCache
from firstread.errors import TrainingError
from firstread.imaging.preprocess import Recipe
from firstread.learning import data_set, devices, weights
from firstread.learning.callbacks import Silent
from firstread.learning.fit import Films, asked, fit
from firstread.learning.run_folder import RunFolder

folder, runs = map(Path, sys.argv[1:])
recipe = Recipe(height=32, width=32)
settings = Training(
    architecture="baseline", weights="none", side=32, margin_px=0, blocks=4, head_epochs=1, epochs=2, batch_size=8,
    ema=0.5,
)
devices.require_devices(2, batch_size=8)
start = runs / "start.weights.h5"
weights.start("none", recipe=recipe, settings=settings).model.save_weights(start)
settings = replace(settings, weights=str(start), batch_norm="adapt")
data = data_set.read(folder, settings)
# Something drawn for each film and something for each pixel; the other operations only take longer to compile.
drawn = Augmentation(flip=0, rotation_deg=0, shift=0, zoom=0, unequal_scale=0, blur=0, jpeg=0, border=0)
config = Config(training=settings, augmentation=drawn)
cache = FilmCache.build(data.manifest, recipe, folder=runs, limits=config.read, workers=config.workers)


class Watcher(Silent):
    def __init__(self, last_epoch):
        self.last_epoch = last_epoch
        self.devices = None

    def estimated(self, estimate):
        self.devices = estimate.devices

    def epoch_ended(self, row, state):
        if row.epoch == self.last_epoch:
            raise InterruptedError


def train(name, wanted, last_epoch=None):
    mine = replace(config, training=replace(settings, devices=wanted))
    run = RunFolder(runs / name)
    run.open(asked(mine, manifest_hash=data.hash, recipe=recipe, backend="jax"))
    watcher = Watcher(last_epoch)
    try:
        fit(Films(cache, data.split), run, recipe=recipe, config=mine, observer=watcher)
    except InterruptedError:
        pass
    rows = run.load()[0].epochs
    return {"devices": watcher.devices, "losses": [(row.loss, row.tuning_loss) for row in rows]}


told = {"one": train("one", 1), "two": train("two", 2)}
train("moved", 2, last_epoch=1)
told["moved"] = train("moved", 1)
try:
    devices.require_devices(4, batch_size=8)
except TrainingError as error:
    told["refusal"] = str(error)
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def told(make_folder: Callable[[int], Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what a process on JAX with two virtual devices tells of its trainings."""
    if importlib.util.find_spec("jax") is None:
        pytest.skip("jax is not installed.")
    runs = tmp_path_factory.mktemp("runs")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(make_folder(16)), str(runs)],
        env=os.environ
        | {"KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"}
        # Nearly all of the time is spent compiling.
        | {"JAX_DISABLE_MOST_OPTIMIZATIONS": "1", "JAX_COMPILATION_CACHE_DIR": str(runs / "compiled")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == done.returncode, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


@pytest.mark.slow
def test_two_devices_learn_what_one_learns(told: dict[str, Any]) -> None:
    """At the same batch and seed, with augmentation and batch norm: loss of three steps, and on tuning films after."""
    assert [["cpu:0", "cpu:1"], []] == [told["two"]["devices"], told["one"]["devices"]]
    np.testing.assert_allclose(told["two"]["losses"], told["one"]["losses"], atol=1e-4, rtol=0)


@pytest.mark.slow
def test_a_run_goes_on_with_another_number_of_devices(told: dict[str, Any]) -> None:
    assert 2 == len(told["moved"]["losses"])
    np.testing.assert_allclose(told["moved"]["losses"], told["one"]["losses"], atol=1e-4, rtol=0)


@pytest.mark.slow
def test_more_devices_than_there_are_are_refused_with_the_way_to_more(told: dict[str, Any]) -> None:
    assert told["refusal"] == (
        "--devices must be at most what JAX sees, 2 (cpu:0, cpu:1); received 4. It had started before and makes no "
        "virtual devices now: begin a new process, with XLA_FLAGS=--xla_force_host_platform_device_count=4."
    )


def test_a_backend_that_cannot_distribute_names_the_one_that_can() -> None:
    with pytest.raises(TrainingError, match=r"--devices 2 must run on the backend jax.*received tensorflow"):
        devices.require_devices(2, batch_size=8)


def test_one_device_is_always_there_and_nothing_is_shared() -> None:
    films = np.zeros((3, 8, 8, 1), np.float32)

    devices.require_devices(1, batch_size=3)
    devices.distribute(1)

    assert () == devices.in_use()
    assert films is devices.share(films)
