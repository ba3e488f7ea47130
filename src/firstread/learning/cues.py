"""How far a score still moves with what tells the classes of this data apart and is no disease.

Normal films of the Kaggle data are larger, squarer and less compressed than films with pneumonia, and differ in their
rim. Augmentation fights these cues; here is what it leaves, measured on films that were not learned from.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from firstread.evaluation.assessment import plain
from firstread.evaluation.calibration import Calibration
from firstread.evaluation.clustered_bootstrap import Resamples
from firstread.evaluation.operating_point import OperatingPoint
from firstread.evaluation.scored_films import ScoredFilms
from firstread.evaluation.tuning_figures import TuningFigures
from firstread.learning import film_changes

__all__ = ["CHANGES", "measure"]

Films = npt.NDArray[np.float32]
Score = Callable[[npt.NDArray[np.uint8]], npt.NDArray[np.float64]]

_BATCH = 32


def _stretch(films: Films, *, across: float) -> Any:
    each = np.ones(len(films), np.float32)
    return film_changes.affine(
        films,
        mirrored=np.zeros(len(films), bool),
        rotation_deg=0 * each,
        zoom_x=across * each,
        zoom_y=each / across,
        shift_x=0 * each,
        shift_y=0 * each,
    )


def _rim(films: Films, *, grey: float) -> Any:
    widths = np.full((len(films), 4), 0.05, np.float32)
    return film_changes.change_border(films, widths=widths, grey=np.full(len(films), grey, np.float32))


# The mean normal film is 1.22 times as wide as high, the mean film with pneumonia 1.46 times: a factor of 1.2.
CHANGES: dict[str, Callable[[Films], Any]] = {
    "wider by 1.2": lambda films: _stretch(films, across=1.2**0.5),
    "narrower by 1.2": lambda films: _stretch(films, across=1.2**-0.5),
    "black rim of 5 %": lambda films: _rim(films, grey=0.0),
    "white rim of 5 %": lambda films: _rim(films, grey=1.0),
    "JPEG quality 40": lambda films: film_changes.reencode_jpeg(
        films, quality=np.full(len(films), 40.0, np.float32)
    ),
}
"""Name → change of films (n, height, width) in 0..1."""


def measure(
    score: Score,
    rows: Callable[[npt.NDArray[np.intp]], npt.NDArray[np.uint8]],
    diseased: npt.NDArray[np.bool_],
    *,
    patient: Sequence[str],
    calibration: Calibration,
    point: OperatingPoint,
    rng: np.random.Generator,
    repeats: int = 2000,
) -> dict[str, dict[str, Any]]:
    """Return for each change how far the probability moves, and what AUROC and a threshold are worth then.

    Each figure has its interval by patient, from one draw; only "worst_change" is no estimate but one film.

    Args:
        score: Films (n, height, width) uint8 → logits (n,).
        rows: Which of the films, shape (k,), → films (k, height, width) uint8.
        diseased: Reference standard, shape (n_films,).
        patient: Whose film each is.
        calibration: From logit to probability.
        point: Whose sensitivity and specificity are looked at.
        rng: Of the bootstrap.
        repeats: Of the bootstrap.
    """

    def changed(change: Callable[[Films], Any]) -> ScoredFilms:
        logit = _logit(score, rows, diseased.size, change)
        return ScoredFilms(
            name=tuple(map(str, range(diseased.size))),
            diseased=diseased,
            probability=calibration.probability(logit),
            logit=logit,
            patient=tuple(patient),
            series=("all",) * diseased.size,
        )

    unchanged = changed(lambda films: films)
    resamples = Resamples.draw(unchanged, rng=rng, repeats=repeats)
    found = {}
    for name, change in CHANGES.items():
        films = changed(change)
        figures = TuningFigures(films, resamples)
        at_point = figures.at(point)
        found[name] = {
            **_movement(np.abs(films.probability - unchanged.probability), resamples),
            "auroc": figures.auroc(),
            "sensitivity": at_point["sensitivity"],
            "specificity": at_point["specificity"],
        }
    return found


def _movement(moved: npt.NDArray[np.float64], resamples: Resamples) -> dict[str, Any]:
    """Return mean and 95th percentile of how far films move, and the film that moves furthest."""
    order = np.argsort(moved)

    def percentile(times: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        below = np.cumsum(times, axis=1)
        return np.asarray(moved[order][np.argmax(below >= 0.95 * below[:, -1:], axis=1)], np.float64)

    mean = resamples.sums(moved) / resamples.sums(np.ones(moved.size))
    return {
        "mean_change": plain(resamples.figure(mean, undefined="")),
        "p95_change": plain(resamples.figure(resamples.each(percentile, order), undefined="")),
        "worst_change": float(moved.max()),
    }


def _logit(
    score: Score,
    rows: Callable[[npt.NDArray[np.intp]], npt.NDArray[np.uint8]],
    n_films: int,
    change: Callable[[Films], Any],
) -> npt.NDArray[np.float64]:
    logits = []
    for first in range(0, n_films, _BATCH):
        films = rows(np.arange(first, min(first + _BATCH, n_films))).astype(np.float32) / np.float32(255)
        changed = np.rint(np.clip(np.asarray(change(films)), 0, 1) * 255).astype(np.uint8)
        logits.append(score(changed))
    return np.concatenate(logits)
