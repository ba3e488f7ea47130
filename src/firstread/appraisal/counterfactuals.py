"""How far a bundle's probability moves when something changes that is no disease."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from firstread.appraisal.judged import Judged, judge, mean, quantile
from firstread.evaluation.clustered_bootstrap import Resamples
from firstread.evaluation.intervals import Figure
from firstread.evaluation.scored_films import ScoredFilms
from firstread.imaging import alterations as alter

__all__ = ["CHANGES", "UNUSUAL", "Counterfactual", "counterfactuals"]

GreyFilm = npt.NDArray[np.uint8]
Change = Callable[[GreyFilm], GreyFilm]
Score = Callable[[Change], ScoredFilms]

CHANGES: Mapping[str, Change] = {
    "JPEG quality 75": partial(alter.reencoded, quality=75),
    "JPEG quality 50": partial(alter.reencoded, quality=50),
    "JPEG quality 30": partial(alter.reencoded, quality=30),
    "black rim of 5 %": partial(alter.bordered, fraction=0.05, grey=0),
    "white rim of 5 %": partial(alter.bordered, fraction=0.05, grey=255),
    "cropped by 5 % a side": partial(alter.cropped, fraction=0.05),
    "cropped by 10 % a side": partial(alter.cropped, fraction=0.10),
    "half size and back": partial(alter.resampled, factor=0.5),
    "double size and back": partial(alter.resampled, factor=2.0),
    # The mean normal film of the public data is 1.22 times as wide as high, the mean diseased one 1.46 times.
    "wider by 1.2": partial(alter.stretched, across=1.2),
    "narrower by 1.2": partial(alter.stretched, across=1 / 1.2),
    "mirrored": alter.mirrored,
    "rotated by 5°": partial(alter.rotated, degrees=5),
    "rotated by −5°": partial(alter.rotated, degrees=-5),
    "gamma 0.7": partial(alter.with_gamma, gamma=0.7),
    "gamma 1.4": partial(alter.with_gamma, gamma=1.4),
    "narrower window": partial(alter.windowed, low=0.1, high=0.9),
    "wider window": partial(alter.windowed, low=-0.1, high=1.1),
    "inverted": alter.inverted,
    "rotated by 90°": partial(alter.rotated, degrees=90),
}
"""Name → change of one film (height, width)."""

UNUSUAL = ("inverted", "rotated by 90°")
"""Changes after which nobody would read the film as it is: a good system says so instead of scoring it."""


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """What one change does to the probabilities of the same films.

    Args:
        change: What was changed.
        mean_change: Mean of |probability after − before|.
        p95_change: 95 % of the films move no more than this.
        worst_change: The film that moves most; observed, without interval.
        worst_film: Its name; None where films are not to be named.
        crossed: Fraction of films that are flagged before and not after, or the other way round.
        lift_diseased: Mean of probability after − before, diseased films.
        lift_non_diseased: The same of non-diseased films; above 0 means more false flags.
        judged: What the scores are worth afterwards, at the screening point.
    """

    change: str
    mean_change: Figure
    p95_change: Figure
    worst_change: float
    worst_film: str | None
    crossed: Figure
    lift_diseased: Figure
    lift_non_diseased: Figure
    judged: Judged


def counterfactuals(
    unchanged: ScoredFilms,
    score: Score,
    *,
    threshold: float,
    resamples: Resamples,
    changes: Mapping[str, Change] = CHANGES,
) -> tuple[Counterfactual, ...]:
    """Return what each change does.

    Args:
        unchanged: Scores of the films as they are.
        score: A change → scores of the same films after it.
        threshold: Of the screening point, a calibrated probability.
        resamples: Of these films; one draw for all rows, so that they can be compared.
        changes: Name → change.
    """
    return tuple(
        _compared(name, unchanged, score(change), threshold=threshold, resamples=resamples)
        for name, change in changes.items()
    )


def _compared(
    name: str, before: ScoredFilms, after: ScoredFilms, *, threshold: float, resamples: Resamples
) -> Counterfactual:
    lift = after.probability - before.probability
    moved = np.abs(lift)
    crossed = (before.probability >= threshold) != (after.probability >= threshold)
    return Counterfactual(
        change=name,
        mean_change=mean(moved, resamples, among=np.ones_like(crossed)),
        p95_change=quantile(moved, resamples, at=0.95),
        worst_change=float(moved.max()),
        worst_film=before.name[int(moved.argmax())],
        crossed=resamples.proportion(crossed, np.ones_like(crossed), undefined="There must be a film."),
        lift_diseased=mean(lift, resamples, among=before.diseased),
        lift_non_diseased=mean(lift, resamples, among=~before.diseased),
        judged=judge(after, resamples, threshold=threshold),
    )
