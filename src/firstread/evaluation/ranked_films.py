"""Discrimination of films that count several times, as in a resample."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from firstread.evaluation.clustered_bootstrap import Resamples
from firstread.evaluation.intervals import Figure, Interval, wilson

__all__ = ["RankedFilms", "auroc_figure"]

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class RankedFilms:
    """Films sorted once by score, so that each resample only adds up.

    Args:
        order: Rows of the films, most suspicious first, shape (n_films,).
        diseased: Reference standard in that order, shape (n_films,).
        starts: Where each run of equal scores begins in that order, shape (n_scores,).
    """

    order: npt.NDArray[np.intp]
    diseased: npt.NDArray[np.bool_]
    starts: npt.NDArray[np.intp]

    @staticmethod
    def of(
        diseased: npt.NDArray[np.bool_], score: npt.NDArray[np.floating], films: npt.NDArray[np.intp]
    ) -> "RankedFilms":
        """Sort films by score.

        Args:
            diseased: Reference standard of all films, shape (n_all,).
            score: Finite; higher is more suspicious, shape (n_all,).
            films: Rows of the films to rank, shape (n_films,).
        """
        order = films[np.argsort(-score[films], kind="stable")]
        starts = np.flatnonzero(np.diff(score[order], prepend=np.inf))
        return RankedFilms(order, diseased[order], starts)

    def auroc(self, times: Values) -> Values:
        """Return the AUROC of each resample; NaN where a class is empty.

        Args:
            times: How often each film counts, in `order`, shape (m, n_films).
        """
        diseased, non_diseased = self._by_score(times)
        below = non_diseased.sum(axis=1, keepdims=True) - np.cumsum(non_diseased, axis=1)
        pairs = diseased.sum(axis=1) * non_diseased.sum(axis=1)
        with np.errstate(invalid="ignore"):
            return np.asarray((diseased * (below + non_diseased / 2)).sum(axis=1) / pairs)

    def auprc(self, times: Values) -> Values:
        """Return the average precision of each resample; NaN where no film is diseased.

        It is the sum of precision times the step in sensitivity (as scikit-learn), which does not
        interpolate between points as a trapezoid would (Davis and Goadrich, ICML 2006).

        Args:
            times: How often each film counts, in `order`, shape (m, n_films).
        """
        diseased, non_diseased = self._by_score(times)
        found = np.cumsum(diseased, axis=1)
        flagged = found + np.cumsum(non_diseased, axis=1)
        # Before the first film nobody is flagged, nobody is found either, and the step is 0.
        precision = found / np.maximum(flagged, 1)
        with np.errstate(invalid="ignore"):
            return np.asarray((diseased * precision).sum(axis=1) / diseased.sum(axis=1))

    def sensitivity_at(self, times: Values, *, false_positive_fraction: Values) -> Values:
        """Return the height of each resample's ROC curve; NaN where a class is empty.

        Args:
            times: How often each film counts, in `order`, shape (m, n_films).
            false_positive_fraction: 1 − specificity to read the curve at, in [0, 1], shape (k,).

        Returns:
            Shape (m, k).
        """
        diseased, non_diseased = self._by_score(times)
        heights = np.full((times.shape[0], false_positive_fraction.size), np.nan)
        for row in np.flatnonzero(diseased.any(axis=1) & non_diseased.any(axis=1)):
            across, up = (np.append(0, np.cumsum(counts[row])) for counts in (non_diseased, diseased))
            # Where the curve is upright, interp gives its upper end: the sensitivity one can have there.
            heights[row] = np.interp(false_positive_fraction, across / across[-1], up / up[-1])
        return heights

    def _by_score(self, times: Values) -> tuple[Values, Values]:
        """Return how many diseased and non-diseased films have each score, each of shape (m, n_scores)."""
        diseased = times * self.diseased
        if (
            self.starts.size < self.order.size
        ):  # With no two alike there is nothing to add up, and it takes long.
            diseased, times = (np.add.reduceat(counts, self.starts, axis=1) for counts in (diseased, times))
        return diseased, times - diseased


def auroc_figure(ranked: RankedFilms, resamples: Resamples) -> Figure:
    """Return the AUROC of films of both classes.

    Resamples of films told apart without a mistake are told apart, too. The limit is then Wilson's for as many right
    answers as the smaller class has patients, as for other fractions (`Resamples.proportions`).

    Args:
        ranked: The films, sorted.
        resamples: Of their patients.
    """
    figure = resamples.figure(
        resamples.each(ranked.auroc, ranked.order),
        undefined="AUROC needs diseased and non-diseased films; received one class only.",
    )
    if isinstance(figure, Interval) and figure.estimate in {0.0, 1.0}:
        rows = resamples.patient_row[ranked.order]
        patients = min(np.unique(rows[of_class]).size for of_class in (ranked.diseased, ~ranked.diseased))
        return wilson(round(figure.estimate) * patients, patients, resamples.level)
    return figure
