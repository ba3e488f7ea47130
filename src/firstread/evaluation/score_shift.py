"""How far scores without labels are from those of the tuning films, and how much of it prevalence explains."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from firstread.errors import UndefinedMetricError
from firstread.evaluation.tuning_scores import TuningScores

__all__ = ["ScoreShift", "compare"]

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ScoreShift:
    """Kolmogorov–Smirnov distances between the scores of films and those of the tuning films, 0 to 1.

    Args:
        distance: From the tuning films as they are; another prevalence alone makes it large.
        p_value: Of that distance, if films were drawn as the tuning films were.
        unexplained: From tuning films of both classes mixed at the prevalence that fits best.
        chance: What so many films drawn from that mixture, compared with tuning films drawn again, stay below in 95 %
            of draws; an unexplained distance above it is not prevalence and hardly chance: the films themselves differ.
        best_prevalence: Of that mixture.
    """

    distance: float
    p_value: float
    unexplained: float
    chance: float
    best_prevalence: float


def compare(
    logit: npt.NDArray[np.floating],
    reference: TuningScores,
    *,
    rng: np.random.Generator,
    repeats: int = 300,
) -> ScoreShift:
    """Compare the scores of films with those of the tuning films.

    Args:
        logit: Of the films, shape (n_films,).
        reference: Logits of the tuning films by class.
        rng: Of the draws that say what chance gives.
        repeats: Draws.

    Raises:
        UndefinedMetricError: If there is no film, or a logit is not finite.
    """
    from scipy.stats import ks_2samp

    site = np.sort(np.asarray(logit, np.float64))
    if not site.size or not np.isfinite(site).all():
        raise UndefinedMetricError(
            f"Scores are compared on finite logits, one at least; received {site.size}."
        )
    diseased, others = (np.asarray(part, np.float64) for part in (reference.diseased, reference.non_diseased))
    found = ks_2samp(site, np.concatenate([diseased, others]), method="asymp")
    unexplained, prevalence = _closest(site, diseased, others)
    chances = []
    for _ in range(repeats):
        present = rng.random(site.size) < prevalence
        drawn = np.where(present, rng.choice(diseased, site.size), rng.choice(others, site.size))
        again = (rng.choice(part, part.size) for part in (diseased, others))
        chances.append(_closest(np.sort(drawn), *(np.sort(part) for part in again))[0])
    return ScoreShift(
        distance=float(found.statistic),
        p_value=float(found.pvalue),
        unexplained=unexplained,
        chance=float(np.quantile(chances, 0.95)),
        best_prevalence=prevalence,
    )


def _closest(site: Values, diseased: Values, others: Values) -> tuple[float, float]:
    """Return the smallest distance to any mixture of the classes, and its prevalence; `site` is ascending."""
    places = np.sort(np.concatenate([site, diseased, others]))
    here, with_disease, without = (
        np.searchsorted(part, places, side="right") / part.size for part in (site, diseased, others)
    )
    prevalences = np.linspace(0, 1, 51)
    mixed = without + prevalences[:, np.newaxis] * (with_disease - without)
    distances = np.abs(mixed - here).max(axis=1)
    best = int(distances.argmin())
    return float(distances[best]), float(prevalences[best])
