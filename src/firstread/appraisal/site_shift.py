"""A site's films without labels: how far from the tuning films they are, and what nobody can tell from that."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from firstread.appraisal.acceptance import FEWEST_FILMS
from firstread.config import Config
from firstread.errors import UndefinedMetricError
from firstread.evaluation import prior_shift, score_shift
from firstread.evaluation.assessment import plain
from firstread.evaluation.intervals import Interval, NotDefined, wilson
from firstread.evaluation.prior_shift import PrevalenceEstimate
from firstread.evaluation.score_shift import ScoreShift
from firstread.evaluation.shift import WARN_PERCENTAGE
from firstread.inference.bundle import Bundle
from firstread.inference.predictor import Predictor
from firstread.records import Outcome, Scored
from firstread.screening import screen

__all__ = ["CANNOT_SAY", "SiteShift", "survey"]

CANNOT_SAY = (
    "Whether the scores are right: without labels no sensitivity, specificity, AUROC or calibration exists.",
    "Whether the prevalence is: both estimates hold only if films with and without disease score here as they did "
    "on the tuning films, and the unexplained distance speaks only against that, never for it.",
    "Why films differ: another detector, other processing, another age, other diseases or films of other views all "
    "move scores and features.",
    "That nothing changed: a model can fail on films whose scores and features look ordinary.",
    "How sure the figures are where patients have several films: without patients each film counts as one.",
)


@dataclass(frozen=True, slots=True)
class SiteShift:
    """What the films of a site say without labels.

    Args:
        n_films: Films that were found.
        n_scored: Films that were scored.
        refused: Films that were not, by the code of their reason.
        flagged: Share of the scored films that each operating point flags, interval by film.
        unusual: Share of the scored films beyond the 99th percentile of shift; 0.01 of films like the tuning films.
        scores: Distance of the scores; not defined where the bundle does not hold its tuning scores.
        prevalence: Estimated in two ways.
        reference_prevalence: The one that stated probabilities refer to; None where the bundle does not say.
    """

    n_films: int
    n_scored: int
    refused: dict[str, int]
    flagged: dict[str, Interval]
    unusual: Interval | NotDefined
    scores: ScoreShift | NotDefined
    prevalence: PrevalenceEstimate
    reference_prevalence: float | None

    def as_dict(self) -> dict[str, Any]:
        """Return what JSON can hold."""
        return {**plain(self), "cannot_say": list(CANNOT_SAY)}


def survey(
    bundle: Bundle,
    paths: Sequence[Path],
    *,
    config: Config,
    rng: np.random.Generator,
    repeats: int = 300,
    on_progress: Callable[[], None] = lambda: None,
) -> SiteShift:
    """Compare a site's films with the films a bundle was tuned on.

    Args:
        bundle: Its tuning scores and its shift reference are what is compared with.
        paths: The films.
        config: Limits, workers and batch size.
        rng: Of every draw.
        repeats: Of every draw.
        on_progress: Called once a film.

    Raises:
        UndefinedMetricError: If fewer than `FEWEST_FILMS` could be scored.
    """
    outcomes: list[Outcome] = []
    for one in screen(paths, Predictor(bundle, settings=config.inference), config=config):
        outcomes.append(one.outcome)
        on_progress()
    scored = [outcome for outcome in outcomes if isinstance(outcome, Scored)]
    if len(scored) < FEWEST_FILMS:
        raise UndefinedMetricError(
            f"A comparison needs {FEWEST_FILMS} films that can be scored at least; received {len(scored)} of "
            f"{len(outcomes)}. Take films as they come, about 200."
        )
    logit = np.array([film.logit for film in scored], np.float64)
    points = bundle.operating_points
    threshold = bundle.calibration.logit(points["screening"].threshold)
    reference = bundle.tuning_scores
    return SiteShift(
        n_films=len(outcomes),
        n_scored=len(scored),
        refused=dict(Counter(one.reason.code.value for one in outcomes if not isinstance(one, Scored))),
        flagged={
            name: wilson(sum(film.probability >= point.threshold for film in scored), len(scored))
            for name, point in points.items()
        },
        unusual=_unusual(scored),
        scores=NotDefined("The bundle does not hold the scores of its tuning films; export it again.")
        if reference is None
        else score_shift.compare(logit, reference, rng=rng, repeats=repeats),
        prevalence=prior_shift.estimate(
            logit, reference=reference, threshold=threshold, rng=rng, repeats=repeats
        ),
        reference_prevalence=bundle.calibration.prevalence,
    )


def _unusual(scored: Sequence[Scored]) -> Interval | NotDefined:
    shifts = [film.shift for film in scored if film.shift is not None]
    if not shifts:
        return NotDefined("The bundle has no shift reference.")
    return wilson(sum(shift >= WARN_PERCENTAGE for shift in shifts), len(shifts))
