"""Whether heat maps depend on what the network learned (Adebayo et al., NeurIPS 2018).

Weights are shuffled layer by layer from the last unit down to the film, and after each step the heat maps are compared
with those of the trained network. A map that stays alike does not show what was learned.

`python benchmarks/weight_randomisation.py FOLDER`: the tuning films of FOLDER, the bundle that comes with firstread.
"""

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import numpy_helper

from firstread import config
from firstread.appraisal import explaining, parts
from firstread.data import sources
from firstread.evaluation.explanations import rank_correlation
from firstread.imaging.prepare import Prepared, prepare
from firstread.inference import bundle as bundles
from firstread.inference import explain
from firstread.inference.parts import Head
from firstread.inference.session import OnnxSession
from firstread.terms import Part

FILMS = 40
STEPS = 8


def main() -> None:
    """Print the similarity of the maps after each step."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--bundle", type=Path, default=None)
    asked = arguments.parse_args()
    bundle = bundles.load(asked.bundle or bundles.shipped())
    rng = np.random.default_rng(0)
    films = _films(asked.folder, bundle, rng)
    model = onnx.load(bundle.model_path)
    weights = _from_the_last(model)
    learned = _maps(model, bundle.head, films)
    head = replace(bundle.head, kernel=rng.permutation(bundle.head.kernel))
    print(
        f"{len(films)} tuning films, {len(weights)} weight arrays, shuffled from the last unit to the film.\n"
    )
    print("| shuffled | rank correlation, mean | without sign | 5th to 95th percentile |")
    print("|---|---|---|---|")
    _tell("the last unit", learned, _maps(model, head, films))
    done = 0
    for upto in np.linspace(0, len(weights), STEPS + 1)[1:].astype(int):
        for weight in weights[done:upto]:
            _shuffle(weight, rng)
        done = upto
        _tell(f"and {upto} of {len(weights)} arrays", learned, _maps(model, head, films))


def _films(folder: Path, bundle: bundles.Bundle, rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    manifest = parts.films_of_part(sources.read(folder), Part.TUNING, bundle.facts)[0]
    rows = explaining.sample(manifest, FILMS, rng)
    prepared = [prepare(manifest.paths[row], bundle.recipe, limits=config.ReadLimits()) for row in rows]
    return np.stack([film.pixels for film in prepared if isinstance(film, Prepared)])


def _from_the_last(model: Any) -> list[Any]:
    """Return the float weights with more than one axis, in the order in which a film meets them, reversed."""
    stored = {array.name: array for array in model.graph.initializer}
    met = dict.fromkeys(name for node in model.graph.node for name in node.input if name in stored)
    return [stored[name] for name in reversed(list(met)) if len(stored[name].dims) > 1]


def _shuffle(weight: Any, rng: np.random.Generator) -> None:
    """Shuffle within the array: its numbers stay as large as they were."""
    values = numpy_helper.to_array(weight)
    if values.dtype in (np.float16, np.float32):
        mixed = rng.permutation(values.ravel()).reshape(values.shape)
        weight.CopyFrom(numpy_helper.from_array(mixed, weight.name))


def _maps(model: Any, head: Head, films: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        onnx.save(model, path)
        session = OnnxSession(path)
        return np.concatenate(
            [
                explain.class_activation(
                    session.run(films[row : row + 4], ("feature_map",))["feature_map"], head
                )
                for row in range(0, len(films), 4)
            ]
        )


def _tell(what: str, learned: npt.NDArray[np.float32], now: npt.NDArray[np.float32]) -> None:
    same = rank_correlation(learned, now)
    known = same[np.isfinite(same)]
    if not known.size:
        print(f"| {what} | not defined: every map is flat |  |  |")
        return
    low, high = np.percentile(known, [5, 95])
    print(f"| {what} | {known.mean():.2f} | {np.abs(known).mean():.2f} | {low:.2f} to {high:.2f} |")


if __name__ == "__main__":
    main()
