"""How far apart the probabilities of one film lie, stored at its original size and squashed to the published size.

    python benchmarks/original_size.py ORIGINALS SQUASHED [--bundle DIR]

Both folders are in the layout of the Kaggle data; films of the same name are the same film.
"""

import argparse
from pathlib import Path

import numpy as np

from firstread.appraisal.scoring import score_films
from firstread.config import Config
from firstread.data import sources, splits
from firstread.data.manifest import Manifest
from firstread.evaluation.assessment import plain
from firstread.evaluation.clustered_bootstrap import Resamples
from firstread.inference import bundle as bundles
from firstread.inference.predictor import Predictor


def main() -> None:
    """Print the mean, its interval by patient, the worst film, and how many change sides."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("originals", type=Path)
    parser.add_argument("squashed", type=Path)
    parser.add_argument("--bundle", type=Path, default=bundles.shipped())
    asked = parser.parse_args()
    bundle, config = bundles.load(asked.bundle), Config()
    predictor = Predictor(bundle, settings=config.inference)
    originals, all_squashed = sources.read(asked.originals), sources.read(asked.squashed)
    squashed_of = {film.path.name: film for film in all_squashed.films}
    pairs = Manifest(tuple(squashed_of[path.name] for path in originals.paths))
    (at_original, _), (at_squashed, _) = (
        score_films(films, predictor, config=config) for films in (originals, pairs)
    )
    if at_original.diseased.size != len(pairs) or at_squashed.diseased.size != len(pairs):
        parser.error("every film must be scored at both sizes; some were not.")
    moved = np.abs(at_original.probability - at_squashed.probability)
    resamples = Resamples.draw(at_squashed, rng=np.random.default_rng(0))
    mean = plain(resamples.figure(resamples.sums(moved) / resamples.sums(np.ones(moved.size)), undefined=""))
    threshold = bundle.operating_points["screening"].threshold
    changed = (at_original.probability >= threshold) != (at_squashed.probability >= threshold)
    tuned_on = set(splits.id_block(all_squashed).tuning.paths)
    print(
        f"{len(pairs)} films of {at_squashed.n_patients} patients, {len(tuned_on & set(pairs.paths))} tuned on: "
        f"mean {mean['estimate']:.4f} (95 % {mean['low']:.4f}-{mean['high']:.4f}), worst {moved.max():.3f}, "
        f"{changed.sum()} change sides"
    )


if __name__ == "__main__":
    main()
