import os
import subprocess
import sys

import keras
import pytest

from firstread.errors import TrainingError
from firstread.learning import backend


def test_the_loaded_backend_is_kept() -> None:
    assert keras.backend.backend() == backend.choose(keras.backend.backend())


def test_an_unknown_backend_is_refused_by_name() -> None:
    with pytest.raises(TrainingError, match="must be one of tensorflow, jax, torch; received 'theano'"):
        backend.choose("theano")


def test_one_process_trains_on_one_backend() -> None:
    with pytest.raises(TrainingError, match="One process trains on one backend; tensorflow is loaded"):
        backend.choose("jax")


def test_loading_prints_nothing_and_the_default_is_tensorflow() -> None:
    """TensorFlow's C++ part prints notices on its way up, whatever its log level; they would bury a progress bar."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("KERAS", "TF_"))}

    done = subprocess.run(
        [sys.executable, "-c", "from firstread.learning import backend; print(backend.choose())"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ("tensorflow", "") == (done.stdout.strip(), done.stderr)


def test_a_machine_without_a_gpu_says_so() -> None:
    assert bool(keras.distribution.list_devices("gpu")) == backend.has_gpu()
