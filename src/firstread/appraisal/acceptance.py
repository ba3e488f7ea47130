"""Whether a bundle is good enough on a site's own films to be used there at all."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from firstread.errors import UndefinedMetricError
from firstread.evaluation.assessed_point import AssessedPoint
from firstread.evaluation.assessment import assess, plain
from firstread.evaluation.intervals import Interval, NotDefined
from firstread.evaluation.sample_size import films_for_auroc, films_for_share
from firstread.evaluation.scored_films import ScoredFilms
from firstread.inference.bundle import Bundle

__all__ = ["FEWEST_FILMS", "Acceptance", "judge"]

FEWEST_FILMS = 20
"""Films of each class; below this no interval means anything."""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The acceptance test of a bundle on a site's films.

    Args:
        minimum_auroc: The criterion: the lower 95 % limit of the AUROC must be above it.
        auroc: On these films, interval by patient.
        n_films: Films that were scored.
        n_diseased: Diseased films among them.
        n_patients: Their patients.
        points: The bundle's operating points: predicted on its tuning films, achieved here.
        advice: How many films would make the figures how exact.
    """

    minimum_auroc: float
    auroc: Interval
    n_films: int
    n_diseased: int
    n_patients: int
    points: tuple[AssessedPoint, ...]
    advice: tuple[str, ...]

    @property
    def accepted(self) -> bool:
        """The criterion is met."""
        return self.auroc.low > self.minimum_auroc

    @property
    def in_words(self) -> str:
        """The verdict, with its numbers."""
        verdict = "is met" if self.accepted else "is not met"
        return (
            f"The criterion, a lower 95 % limit of the AUROC above {self.minimum_auroc:.3f}, {verdict}: AUROC "
            f"{self.auroc.estimate:.3f} ({self.auroc.low:.3f}–{self.auroc.high:.3f}) on {self.n_films} films of "
            f"{self.n_patients} patients, {self.n_diseased} of them diseased."
        )

    def as_dict(self) -> dict[str, Any]:
        """Return what JSON can hold."""
        values: dict[str, Any] = plain(self)
        points = {point.name: _achieved(point) for point in self.points}
        return {"accepted": self.accepted, **values, "points": points}


def judge(
    films: ScoredFilms,
    bundle: Bundle,
    *,
    minimum_auroc: float,
    rng: np.random.Generator,
    repeats: int = 2000,
) -> Acceptance:
    """Judge a bundle on a site's films against a criterion that was stated before.

    Args:
        films: Scored by the bundle.
        bundle: Whose operating points are looked at.
        minimum_auroc: The lower 95 % limit must be above it; in [0.5, 1).
        rng: Of the bootstrap.
        repeats: Of the bootstrap.

    Raises:
        UndefinedMetricError: If there are fewer than `FEWEST_FILMS` of a class.
    """
    if not 0.5 <= minimum_auroc < 1:
        raise ValueError(f"minimum_auroc must be in [0.5, 1); received {minimum_auroc}.")
    n_diseased = int(films.diseased.sum())
    fewest = min(n_diseased, len(films) - n_diseased)
    if fewest < FEWEST_FILMS:
        raise UndefinedMetricError(
            f"An acceptance test needs {FEWEST_FILMS} films of each class at least; received {n_diseased} diseased of "
            f"{len(films)} that could be scored. Take about 200 films as they come, and more of the rarer class."
        )
    found = assess(films, points=bundle.operating_points, rng=rng, repeats=repeats)
    if isinstance(found.auroc, NotDefined):
        raise UndefinedMetricError(found.auroc.reason)
    return Acceptance(
        minimum_auroc=minimum_auroc,
        auroc=found.auroc,
        n_films=len(films),
        n_diseased=n_diseased,
        n_patients=films.n_patients,
        points=found.points,
        advice=_advice(minimum_auroc, n_diseased / len(films)),
    )


def _advice(minimum_auroc: float, diseased_share: float) -> tuple[str, ...]:
    """Say how many films a narrower interval takes, for targets that were stated before and not found here."""
    hoped = (1 + minimum_auroc) / 2
    auroc = films_for_auroc(hoped, reach=0.02, diseased_share=diseased_share)
    sensitivity, specificity = films_for_share(0.95, reach=0.03), films_for_share(0.90, reach=0.05)
    return (
        f"AUROC of {hoped:.3f} to within ± 0.02: about {auroc:,} films, {diseased_share:.0%} of them diseased "
        "(Hanley and McNeil, 1982).",
        f"Sensitivity of 0.95 to within ± 0.03: about {sensitivity:,} diseased films, at this share "
        f"{round(sensitivity / diseased_share):,} in all (Buderer, 1996).",
        f"Specificity of 0.90 to within ± 0.05: about {specificity:,} films without disease, at this share "
        f"{round(specificity / (1 - diseased_share)):,} in all (Buderer, 1996).",
        "One film a patient; further films of a patient add little.",
    )


def _achieved(point: AssessedPoint) -> dict[str, Any]:
    return {
        "threshold": point.threshold,
        "predicted": plain(point.predicted),
        "sensitivity": plain(point.sensitivity),
        "specificity": plain(point.specificity),
    }
