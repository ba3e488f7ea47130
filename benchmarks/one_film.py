"""Milliseconds from decoded pixels of one film to its probability, of a bundle and of a stock Keras classifier in turn.

Run as `python one_film.py BUNDLE MODEL.keras FILM ROUNDS`; prints JSON, one median of many passes for each round.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np

from firstread.config import Inference, ReadLimits
from firstread.imaging.prepare import Prepared, prepare
from firstread.inference import bundle as bundles
from firstread.inference.predictor import Predictor
from firstread.learning import backend

backend.choose("tensorflow")

import keras  # noqa: E402 - the backend comes first

__all__: list[str] = []

_PASSES = 100


def main(folder: Path, model_file: Path, film_file: Path, rounds: int) -> None:
    """Print the medians; the first round warms up and does not count."""
    bundle = bundles.load(folder)
    predictor = Predictor(bundle, settings=Inference())
    usual = keras.models.load_model(model_file)
    prepared = prepare(film_file, bundle.recipe, limits=ReadLimits())
    if not isinstance(prepared, Prepared):
        raise SystemExit(f"{film_file}: the film must be fit to be scored; {prepared.message}")
    film = prepared.pixels[None]
    usual_film = np.zeros((1, *usual.input_shape[1:]), np.float32)
    sides: dict[str, Callable[[], object]] = {
        "bundle": lambda: predictor.predict(film).probability,
        "usual": lambda: usual.predict_on_batch(usual_film),
    }
    times: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds + 1):
        for name, once in sides.items():
            times[name].append(_milliseconds(once))
    print(json.dumps({name: values[1:] for name, values in times.items()}))


def _milliseconds(once: Callable[[], object]) -> float:
    passes = []
    for _ in range(_PASSES):
        began = time.perf_counter()
        once()
        passes.append(1000 * (time.perf_counter() - began))
    return median(passes)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
