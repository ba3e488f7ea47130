"""What the machine can do at most; prints films per second.

Run as `python machine_limits.py decode FOLDER N HEIGHT WIDTH` or `python machine_limits.py network MODEL.onnx N`.
"""

import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np

import machine

__all__ = ["decode"]

_BATCHES = (1, 4, 16)


def decode(path: Path, height: int, width: int) -> None:
    """Decode one JPEG to grey at the smallest scale that keeps so many pixels, and nothing else."""
    from PIL import Image

    with Image.open(path) as image:
        image.draft("L", (width, height))
        image.load()


def _decoding(folder: Path, n: int, height: int, width: int) -> float:
    films = sorted(folder.iterdir())[:n]
    rows, columns = [height] * len(films), [width] * len(films)
    with ProcessPoolExecutor(machine.processors(), get_context("fork")) as pool:
        # The first films start the processes and load the decoder.
        list(pool.map(decode, films[:32], rows[:32], columns[:32]))
        began = time.perf_counter()
        list(pool.map(decode, films, rows, columns, chunksize=8))
        return len(films) / (time.perf_counter() - began)


def _network(model: Path, n: int) -> float:
    """Return the best rate over a few batch sizes, with ONNX Runtime as it comes."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = machine.processors()
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    _, height, width, _ = session.get_inputs()[0].shape
    rng = np.random.default_rng(0)
    rates = []
    for batch in _BATCHES:
        films = rng.integers(0, 256, (batch, height, width, 1)).astype(np.float32)
        session.run(["logit", "features"], {"film": films})
        passes = max(1, n // batch)
        began = time.perf_counter()
        for _ in range(passes):
            session.run(["logit", "features"], {"film": films})
        rates.append(passes * batch / (time.perf_counter() - began))
    return max(rates)


if __name__ == "__main__":
    what, where, *numbers = sys.argv[1:]
    if what == "decode":
        print(_decoding(Path(where), *(int(number) for number in numbers)))
    else:
        print(_network(Path(where), int(numbers[0])))
