"""Cox's line: how stated log-odds relate to those that are true."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["CalibrationLine", "log_odds"]

Values = npt.NDArray[np.float64]

ITERATIONS = 50
# Newton's steps shrink quadratically: after a step of this size about 1e-8 is left.
SMALL_STEP = 1e-4
# In standard deviations of the log-odds; a longer step may pass the summit so far that Newton does not come back.
LONGEST_STEP = 2.0


def log_odds(probability: npt.NDArray[np.floating]) -> Values:
    """Return log(p / (1 − p)); 0 and 1 are taken as the nearest number that has one (±36).

    Args:
        probability: In [0, 1], any shape.
    """
    edge = np.finfo(np.float64).eps
    inside = np.clip(np.asarray(probability, np.float64), edge, 1 - edge)
    return np.asarray(np.log(inside) - np.log1p(-inside))


@dataclass(frozen=True, slots=True, eq=False)
class CalibrationLine:
    """The likeliest intercept and slope in: true log-odds = intercept + slope · stated log-odds (Cox, 1958).

    Intercept 0 and slope 1 are right; a slope below 1 means overconfident. In the large, the slope is held at
    1 (Van Calster et al., BMC Medicine 2019). Both are logistic regressions, fitted by Newton's method for many
    resamples at once.

    Args:
        diseased: Reference standard, shape (n_films,).
        stated: Log-odds that the model states, shape (n_films,).
    """

    diseased: npt.NDArray[np.bool_]
    stated: Values

    def intercept_and_slope(self, times: Values) -> Values:
        """Return intercept and slope of each resample.

        They exist where the classes overlap in what is stated (Albert and Anderson, Biometrika 1984); films told
        apart without a mistake would have an infinite slope.

        Args:
            times: How often each film counts, shape (m, n_films).

        Returns:
            Shape (m, 2); NaN where they do not exist.
        """
        mean, spread = self.stated.mean(), self.stated.std() or 1.0
        scaled = (self.stated - mean) / spread
        columns = np.stack([np.ones_like(scaled), scaled], axis=1)
        fitted = self._fit(times, columns, np.zeros_like(scaled), self._overlaps(times))
        slope = fitted[:, 1] / spread
        return np.stack([fitted[:, 0] - slope * mean, slope], axis=1)

    def in_the_large(self, times: Values) -> Values:
        """Return the intercept at a slope of 1 of each resample: above 0, more films are diseased than was stated.

        Args:
            times: How often each film counts, shape (m, n_films).

        Returns:
            Shape (m,); NaN where a class is empty.
        """
        n_diseased = times @ self.diseased
        exists = (n_diseased > 0) & (n_diseased < times.sum(axis=1))
        return self._fit(times, np.ones((self.stated.size, 1)), self.stated, exists)[:, 0]

    def _overlaps(self, times: Values) -> npt.NDArray[np.bool_]:
        """Return whether each resample has both classes and no threshold tells them apart, shape (m,)."""
        drawn = times > 0
        classes = drawn & self.diseased, drawn & ~self.diseased
        low, low_other = (np.where(films, self.stated, np.inf).min(axis=1) for films in classes)
        high, high_other = (np.where(films, self.stated, -np.inf).max(axis=1) for films in classes)
        return np.asarray((low < high_other) & (low_other < high), np.bool_)

    def _fit(self, times: Values, columns: Values, offset: Values, exists: npt.NDArray[np.bool_]) -> Values:
        """Return the likeliest coefficients of each resample, shape (m, k); NaN where they do not exist."""
        from scipy.special import expit

        everybody = np.ones((1, self.stated.size))
        if times.shape[0] > 1 and self._overlaps(everybody)[0]:
            # Resamples lie around the films as they are: begun there, two or three steps are enough.
            start = self._fit(everybody, columns, offset, np.ones(1, np.bool_))[0]
        else:
            start = np.zeros(columns.shape[1])
        found = np.where(exists[:, np.newaxis], start, np.nan)
        active = np.flatnonzero(exists)
        # One row, for all begin alike.
        predicted = expit(offset + columns @ start)[np.newaxis]
        for _ in range(ITERATIONS):
            step = self._newton_step(times[active], columns, predicted)
            length = np.abs(step).max(axis=1)
            found[active] += step * (LONGEST_STEP / np.maximum(length, LONGEST_STEP))[:, np.newaxis]
            active = active[length > SMALL_STEP]
            if active.size == 0:
                return found
            predicted = expit(offset + found[active] @ columns.T)
        found[active] = np.nan
        return found

    def _newton_step(self, times: Values, columns: Values, predicted: Values) -> Values:
        """Return gradient over curvature of the log-likelihood of each resample, shape (m, k)."""
        n_columns = columns.shape[1]
        products = (columns[:, :, np.newaxis] * columns[:, np.newaxis]).reshape(-1, n_columns**2)
        gradient = (times * (self.diseased - predicted)) @ columns
        curvature = (times * (predicted * (1 - predicted))) @ products
        curvature = curvature.reshape(-1, n_columns, n_columns)
        return np.asarray(np.linalg.solve(curvature, gradient[..., np.newaxis])[..., 0])
