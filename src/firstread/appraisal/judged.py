"""What some scores are worth on some films: AUROC, and what thresholds that were fixed before do there."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from firstread.evaluation.clustered_bootstrap import Resamples
from firstread.evaluation.intervals import Figure
from firstread.evaluation.ranked_films import RankedFilms
from firstread.evaluation.scored_films import ScoredFilms

__all__ = ["Judged", "judge", "mean", "quantile"]

_NO_FILM = "This number needs at least one film of the class it is about; received none."


@dataclass(frozen=True, slots=True)
class Judged:
    """What scores are worth on films they were not made from; every interval is clustered by patient.

    Args:
        n_films: Films judged.
        n_diseased: Diseased films among them.
        n_patients: Their patients.
        auroc: Probability that a diseased film scores above a non-diseased one.
        accuracy: Films told right at the threshold for accuracy.
        sensitivity: Flagged fraction of the diseased films.
        specificity: Not flagged fraction of the non-diseased films.
    """

    n_films: int
    n_diseased: int
    n_patients: int
    auroc: Figure
    accuracy: Figure
    sensitivity: Figure
    specificity: Figure


def judge(films: ScoredFilms, resamples: Resamples, *, threshold: float, even: float | None = None) -> Judged:
    """Return what scores are worth.

    Args:
        films: With their scores.
        resamples: Of the same films.
        threshold: A film is flagged from this probability on; fixed on other films.
        even: Accuracy is counted at this probability instead, such as even odds.
    """
    diseased = films.diseased
    everybody = np.ones(len(films), np.bool_)
    flagged = films.probability >= threshold
    told = flagged if even is None else films.probability >= even
    ranked = RankedFilms.of(diseased, films.logit, np.arange(len(films)))
    accuracy, sensitivity, specificity = resamples.proportions(
        np.stack([told == diseased, flagged, ~flagged], axis=1),
        np.stack([everybody, diseased, ~diseased], axis=1),
        undefined=_NO_FILM,
    )
    return Judged(
        n_films=len(films),
        n_diseased=int(diseased.sum()),
        n_patients=films.n_patients,
        auroc=resamples.figure(resamples.each(ranked.auroc, ranked.order), undefined=_NO_FILM),
        accuracy=accuracy,
        sensitivity=sensitivity,
        specificity=specificity,
    )


def mean(values: npt.NDArray[np.floating], resamples: Resamples, *, among: npt.NDArray[np.bool_]) -> Figure:
    """Return the mean of a number that each film has, shape (n_films,), among some of the films."""
    sums = resamples.sums(np.stack([np.where(among, values, 0.0), among], axis=1))
    with np.errstate(invalid="ignore", divide="ignore"):
        return resamples.figure(sums[:, 0] / sums[:, 1], undefined=_NO_FILM)


def quantile(values: npt.NDArray[np.floating], resamples: Resamples, *, at: float) -> Figure:
    """Return the smallest number, shape (n_films,), that a fraction of the films does not exceed."""
    order = np.argsort(values)

    def of(times: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        counted = np.cumsum(times, axis=1)
        return np.asarray(values[order][(counted >= at * counted[:, -1:]).argmax(axis=1)], np.float64)

    return resamples.figure(resamples.each(of, order), undefined=_NO_FILM)
