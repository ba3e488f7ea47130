"""How far a bundle's probability moves when something changes that is no disease."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from firstread.appraisal.judged import Judged, judge, mean, quantile
from firstread.evaluation.clustered_bootstrap import Resamples
from firstread.evaluation.intervals import Figure
from firstread.evaluation.scored_films import ScoredFilms
from firstread.imaging.harmless_changes import HARMLESS, UNUSUAL, Change

__all__ = ["CHANGES", "Counterfactual", "counterfactuals"]

Score = Callable[[Change], ScoredFilms]

CHANGES: Mapping[str, Change] = {**HARMLESS, **UNUSUAL}
"""Name → change of one film; the unusual ones come last."""


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
