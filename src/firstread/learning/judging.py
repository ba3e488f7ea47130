"""What a trained network does on films that were held out, on changed films, and on films of other hospitals."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import keras
import numpy as np
import numpy.typing as npt

from firstread.data.film_cache import FilmCache
from firstread.data.manifest import Manifest
from firstread.data.splits import Split
from firstread.errors import TrainingError
from firstread.evaluation import yardstick
from firstread.evaluation.discrimination import auroc
from firstread.evaluation.method_comparison import ALL_VIEWS
from firstread.evaluation.yardstick import Scores, Yardstick
from firstread.imaging.harmless_changes import HARMLESS, Change
from firstread.learning.data_set import some_of_each_class
from firstread.learning.fit import scores

__all__ = ["CHANGED_OF_EACH_CLASS", "Answers", "elsewhere", "judge"]

CHANGED_OF_EACH_CLASS = 200
"""Held-out films that are changed in every way; as many as say within .01 how far a probability moves."""


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What a network was found to do without the films that its split holds out.

    Args:
        figures: Of the held-out films.
        tuning: Scores of the split's tuning part.
        held_out: Scores of its internal test part.
    """

    figures: Yardstick
    tuning: Scores
    held_out: Scores


def judge(network: keras.Model, cache: FilmCache, split: Split) -> Answers:
    """Judge a network on the films that its split holds out.

    Args:
        network: Film → logit.
        cache: Holds the films of the split.
        split: Its internal test part is what is held out.

    Raises:
        TrainingError: If the split holds nothing out.
    """
    if split.internal_test is None:
        raise TrainingError(f"{split.name} split: a part must be held out to be judged on; it has none.")
    by_patient = Manifest(tuple(sorted(split.internal_test.films, key=lambda film: film.patient)))
    some = some_of_each_class(by_patient, CHANGED_OF_EACH_CLASS)
    changed = {
        name: _scores(network, _Changed.of(cache, change), some).logit for name, change in HARMLESS.items()
    }
    tuning = _scores(network, cache, split.tuning)
    held_out = _scores(network, cache, split.internal_test)
    moved = yardstick.measure(tuning, _scores(network, cache, some), changed)
    whole = replace(yardstick.measure(tuning, held_out), mean_change=moved.mean_change)
    return Answers(whole, tuning, held_out)


def elsewhere(network: keras.Model, cache: FilmCache, films: Manifest) -> dict[str, float]:
    """Return the AUROC over all films of a hospital, and for each view position that has both classes."""
    found = _scores(network, cache, films)
    view = np.array([film.view_position or "" for film in films.films])
    figures = {ALL_VIEWS: auroc(found.diseased, found.logit)}
    for position in sorted({*view.tolist()} - {""}):
        diseased, logit = found.diseased[view == position], found.logit[view == position]
        if diseased.any() and not diseased.all():
            figures[position] = auroc(diseased, logit)
    return figures


@dataclass(frozen=True)
class _Changed(FilmCache):
    """A film cache seen through a change."""

    change: Change

    @classmethod
    def of(cls, cache: FilmCache, change: Change) -> "_Changed":
        return cls(cache.file, cache.paths, cache.shape, change)

    def rows(self, indices: Sequence[int] | npt.NDArray[np.integer]) -> npt.NDArray[np.uint8]:
        return np.stack([self.change(film) for film in super().rows(indices)])


def _scores(network: keras.Model, cache: FilmCache, films: Manifest) -> Scores:
    logit = scores(network, cache, cache.positions(films))[:, 0].astype(np.float64)
    return Scores(films.diseased, logit)
