"""Whether held-out look-alikes differ from training films as the official test of the Kaggle data does.

    python benchmarks/look_alikes.py --data ../shared/data/kaggle-pneumonia-224 --cache FOLDER [--draws 5]

Prints the table of docs/experiments.md. Of the official test only figures of such simple models are known, measured
before this work began; the same figures are found for films that `evaluation.look_alikes` holds out of the training
part.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from firstread.config import ReadLimits, Workers
from firstread.data import sources
from firstread.data.film_cache import FilmCache
from firstread.data.splits import contiguous_blocks
from firstread.evaluation import shortcuts
from firstread.evaluation.discrimination import auroc
from firstread.evaluation.look_alikes import look_alikes
from firstread.imaging.preprocess import Recipe

_TUNING_BLOCKS = 8
_FOLDS = 5
_SIDE = 16

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Films:
    """Thumbnails of the training part and what is known of them."""

    thumbnails: npt.NDArray[np.uint8]
    diseased: Mask
    patient: list[str]
    lowest: Mask

    @classmethod
    def of(cls, folder: Path, cache_folder: Path) -> "Films":
        """Read a folder in the layout of the Kaggle data."""
        manifest = sources.read(folder).select(lambda film: film.folder_part == "train")
        cache = FilmCache.build(
            manifest, Recipe(), folder=cache_folder, limits=ReadLimits(), workers=Workers()
        )
        rows = cache.positions(manifest)
        return cls(
            np.stack([shortcuts.thumbnail(film) for row in rows for film in cache.rows(np.array([row]))]),
            manifest.diseased,
            [str(patient) for patient in manifest.patients],
            contiguous_blocks(manifest, blocks=_TUNING_BLOCKS) == 0,
        )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--draws", type=int, default=5)
    asked = parser.parse_args()
    films = Films.of(asked.data, asked.cache)
    columns = (
        "normal films told apart",
        "thumbnail: tuning",
        "held out",
        "specificity",
        "rim: tuning",
        "held out",
    )
    print(f"| draw | held out | {' | '.join(columns)} |\n|{'---|' * (len(columns) + 2)}")
    for draw in range(asked.draws):
        held = look_alikes(films.thumbnails, films.diseased, films.patient, rng=np.random.default_rng(draw))
        cells = [
            f"{value:.3f}"
            for value in (_told_apart(films, held), *_shortcut(films, held), *_rim(films, held))
        ]
        print(f"| {draw} | {held.sum()} | {' | '.join(cells)} |", flush=True)


def _told_apart(films: Films, held: Mask) -> float:
    """Return the AUROC with which a linear model tells held-out normal films from the others, by their thumbnails."""
    normal = ~films.diseased
    small = (
        films.thumbnails[normal].reshape(-1, _SIDE, 2, _SIDE, 2).mean(axis=(2, 4)).reshape(normal.sum(), -1)
    )
    fold = np.random.default_rng(0).permutation(len(small)) % _FOLDS
    score = np.empty(len(small))
    for one in range(_FOLDS):
        model = shortcuts.fit(small[fold != one], held[normal][fold != one])
        score[fold == one] = model.logit(small[fold == one])
    return auroc(held[normal], score)


def _shortcut(films: Films, held: Mask) -> tuple[float, float, float]:
    """Return AUROC on tuning films and on held-out ones, and the specificity at a probability of .5 on the latter."""
    return _judged(films, held, films.thumbnails.reshape(len(films.thumbnails), -1).astype(np.float64))


def _rim(films: Films, held: Mask) -> tuple[float, float]:
    return _judged(films, held, shortcuts.rim(films.thumbnails).astype(np.float64))[:2]


def _judged(films: Films, held: Mask, columns: npt.NDArray[np.float64]) -> tuple[float, float, float]:
    learned = ~(held | films.lowest)
    score = shortcuts.fit(columns[learned], films.diseased[learned]).logit(columns)
    tuning, judged = films.lowest & ~held, held | (films.lowest & films.diseased)
    return (
        auroc(films.diseased[tuning], score[tuning]),
        auroc(films.diseased[judged], score[judged]),
        float((score[held] < 0).mean()),
    )


if __name__ == "__main__":
    main()
