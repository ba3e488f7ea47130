"""How far a score still moves with what tells the classes of this data apart and is no disease.

Normal films of the Kaggle data are larger, squarer and less compressed than films with pneumonia, and differ in their
rim. Augmentation fights these cues; here is what it leaves, measured on films that were not learned from.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from firstread.evaluation import discrimination, operating_point
from firstread.evaluation.calibration import Calibration
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
    calibration: Calibration,
    threshold: float,
) -> dict[str, dict[str, float]]:
    """Return for each change how far the probability moves, and what AUROC and a threshold are worth then.

    Args:
        score: Films (n, height, width) uint8 → logits (n,).
        rows: Which of the films, shape (k,), → films (k, height, width) uint8.
        diseased: Reference standard, shape (n_films,).
        calibration: From logit to probability.
        threshold: Of the operating point whose sensitivity and specificity are looked at.
    """
    unchanged = _probability(score, rows, diseased.size, calibration, lambda films: films)
    found = {}
    for name, change in CHANGES.items():
        changed = _probability(score, rows, diseased.size, calibration, change)
        moved = np.abs(changed - unchanged)
        point = operating_point.at_threshold(diseased, changed, threshold=threshold, name="screening")
        found[name] = {
            "mean_change": float(moved.mean()),
            "p95_change": float(np.quantile(moved, 0.95)),
            "worst_change": float(moved.max()),
            "auroc": discrimination.auroc(diseased, changed),
            "sensitivity": point.sensitivity,
            "specificity": point.specificity,
        }
    return found


def _probability(
    score: Score,
    rows: Callable[[npt.NDArray[np.intp]], npt.NDArray[np.uint8]],
    n_films: int,
    calibration: Calibration,
    change: Callable[[Films], Any],
) -> npt.NDArray[np.float64]:
    logits = []
    for first in range(0, n_films, _BATCH):
        films = rows(np.arange(first, min(first + _BATCH, n_films))).astype(np.float32) / np.float32(255)
        changed = np.rint(np.clip(np.asarray(change(films)), 0, 1) * 255).astype(np.uint8)
        logits.append(score(changed))
    return calibration.probability(np.concatenate(logits))
