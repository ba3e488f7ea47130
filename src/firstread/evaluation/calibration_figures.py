"""How far stated probabilities are from the truth, each figure with its interval by patient."""

import numpy as np

from firstread.evaluation.calibration_line import CalibrationLine, log_odds
from firstread.evaluation.clustered_bootstrap import Resamples
from firstread.evaluation.intervals import Figure, Interval
from firstread.evaluation.reliability import in_bins
from firstread.evaluation.scored_films import ScoredFilms

__all__ = ["brier_score", "calibration_error", "calibration_line"]


def brier_score(films: ScoredFilms, resamples: Resamples) -> Figure:
    """Return the mean squared difference between probability and truth; see `calibration.brier_score`.

    Args:
        films: With their probabilities.
        resamples: Of their patients.
    """
    squares = resamples.sums(np.square(films.probability - films.diseased))
    return resamples.figure(squares / resamples.sums(np.ones(len(films))), undefined="")


def calibration_error(films: ScoredFilms, resamples: Resamples, *, bins: int = 15) -> Interval:
    """Return the expected calibration error; see `calibration.expected_calibration_error`.

    The error is a sum of sizes, which chance only makes larger: the percentile interval of a calibrated model lies
    above the truth. The lower limit is therefore the estimate less the reach of the bins' differences around theirs,
    all sizes added up (the triangle inequality: it holds at least as often as the level says), or 0.

    Args:
        films: With their probabilities.
        resamples: Of their patients.
        bins: Number of bins of equal width.
    """
    surplus = (films.probability - films.diseased)[:, np.newaxis] * in_bins(films, bins)
    shares = resamples.sums(surplus) / resamples.sums(np.ones((len(films), 1)))
    errors = np.abs(shares).sum(axis=1)
    upper = (1 + resamples.level) / 2
    reach = np.quantile(np.abs(shares[1:] - shares[0]).sum(axis=1), upper)
    return Interval(
        estimate=float(errors[0]),
        low=max(0.0, float(errors[0] - reach)),
        high=max(float(errors[0]), float(np.quantile(errors[1:], upper))),
        level=resamples.level,
        redrawn=resamples.redrawn,
    )


def calibration_line(films: ScoredFilms, resamples: Resamples) -> tuple[Figure, Figure, Figure]:
    """Return intercept, slope, and the intercept in the large; see `CalibrationLine`.

    Args:
        films: With their probabilities.
        resamples: Of their patients.
    """
    one_class = films.one_class()
    if one_class:
        return one_class, one_class, one_class
    line = CalibrationLine(films.diseased, log_odds(films.probability))
    everybody = np.arange(len(films))
    both = resamples.each(line.intercept_and_slope, everybody)
    apart = (
        "A calibration slope needs classes that overlap; here a threshold tells them apart without a mistake."
    )
    return (
        resamples.figure(both[:, 0], undefined=apart),
        resamples.figure(both[:, 1], undefined=apart),
        resamples.figure(resamples.each(line.in_the_large, everybody), undefined=""),
    )
