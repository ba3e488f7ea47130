"""From raw scores to probabilities that mean what they say."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from firstread.errors import UndefinedMetricError
from firstread.evaluation.discrimination import require_both_classes

__all__ = [
    "TEMPERATURE_RANGE",
    "Calibration",
    "brier_score",
    "expected_calibration_error",
    "fit_temperature",
    "negative_log_likelihood",
]

# Guo et al. report 0.7 to 3.6 for image networks; ten times either way is beyond any calibration.
TEMPERATURE_RANGE = (0.1, 10.0)


@dataclass(frozen=True, slots=True)
class Calibration:
    """From the network's logit to a probability of disease: 1 / (1 + exp(−(logit / temperature + intercept))).

    Training weighs both classes alike and tuning films have a prevalence, so a temperature alone states
    probabilities of a room where half are ill; the intercept moves them to the prevalence of the films it was
    fitted on.

    Args:
        temperature: Divides the logit, above 0; more than 1 makes the probabilities more cautious.
        intercept: Added after the division; 0 where only a temperature was fitted.
        prevalence: Of the films it was fitted on, in (0, 1): the one that the probabilities refer to. None where
            there is no intercept, or nobody wrote it down.
    """

    temperature: float
    intercept: float = 0.0
    prevalence: float | None = None

    def __post_init__(self) -> None:
        if not (self.temperature > 0 and np.isfinite(self.temperature)):
            raise ValueError(f"temperature must be above 0 and finite; received {self.temperature}.")
        if not np.isfinite(self.intercept):
            raise ValueError(f"intercept must be a finite number; received {self.intercept}.")
        if self.prevalence is not None and not 0 < self.prevalence < 1:
            raise ValueError(f"prevalence must be in (0, 1); received {self.prevalence}.")

    def probability(self, logit: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Return the probability of disease.

        Args:
            logit: Raw output of the network, any shape.

        Returns:
            Same shape as logit, in [0, 1]; NaN stays NaN.
        """
        scaled = np.asarray(logit, np.float64) / self.temperature + self.intercept
        # exp of a number that is never positive cannot overflow.
        decay = np.exp(-np.abs(scaled))
        return np.asarray(np.where(scaled >= 0, 1 / (1 + decay), decay / (1 + decay)), np.float64)

    def logit(self, probability: float) -> float:
        """Return the network's logit that means a probability in (0, 1)."""
        if not 0 < probability < 1:
            raise ValueError(f"probability must be in (0, 1); received {probability}.")
        return float(self.temperature * (np.log(probability / (1 - probability)) - self.intercept))


def negative_log_likelihood(
    diseased: npt.NDArray[np.bool_], logit: npt.NDArray[np.floating], temperature: float = 1.0
) -> float:
    """Return the mean −log of the probability given to what is true; lower is better, in nats.

    Args:
        diseased: Reference standard, shape (n_films,).
        logit: Raw output of the network, shape (n_films,).
        temperature: Above 0.
    """
    scaled = np.asarray(logit, np.float64) / temperature
    return float(np.logaddexp(0.0, np.where(diseased, -scaled, scaled)).mean())


def fit_temperature(diseased: npt.NDArray[np.bool_], logit: npt.NDArray[np.floating]) -> float:
    """Return the temperature that makes tuning films most likely (Guo et al., ICML 2017).

    One number cannot change the order of the films, so the AUROC stays what it was. When the films are
    told apart without a mistake, ever sharper probabilities are ever more likely: the answer is then the
    lower bound of `TEMPERATURE_RANGE`.

    Args:
        diseased: Reference standard, shape (n_films,).
        logit: Raw output of the network on tuning films, shape (n_films,).

    Returns:
        The temperature, within `TEMPERATURE_RANGE`.

    Raises:
        UndefinedMetricError: If a class is empty or a logit is not finite.
    """
    from scipy.optimize import minimize_scalar

    require_both_classes(diseased, logit)
    if not np.isfinite(logit).all():
        raise UndefinedMetricError("Every logit must be finite; received infinity.")
    low, high = np.log(TEMPERATURE_RANGE)
    # The loss is convex in 1 / temperature, hence has one minimum in its logarithm.
    found = minimize_scalar(
        lambda log_temperature: negative_log_likelihood(diseased, logit, float(np.exp(log_temperature))),
        bounds=(low, high),
        method="bounded",
        options={"xatol": 1e-7},
    )
    return float(np.exp(found.x))


def brier_score(diseased: npt.NDArray[np.bool_], probabilities: npt.NDArray[np.floating]) -> float:
    """Return the mean squared difference between probability and truth; 0 is perfect (Brier, 1950).

    Args:
        diseased: Reference standard, shape (n_films,).
        probabilities: In [0, 1], shape (n_films,).

    Raises:
        UndefinedMetricError: If there is no film, or a probability is not in [0, 1].
    """
    _require_probabilities(diseased, probabilities)
    return float(np.square(np.asarray(probabilities, np.float64) - diseased).mean())


def expected_calibration_error(
    diseased: npt.NDArray[np.bool_], probabilities: npt.NDArray[np.floating], *, bins: int = 15
) -> float:
    """Return how far stated probabilities are from observed frequencies, on average over the films.

    Films are put into bins of equal width; each bin adds its share of the films times the difference
    between its mean probability and its diseased fraction (Naeini et al., AAAI 2015; 15 bins as Guo et
    al., ICML 2017).

    Args:
        diseased: Reference standard, shape (n_films,).
        probabilities: In [0, 1], shape (n_films,).
        bins: Number of bins.

    Raises:
        UndefinedMetricError: If there is no film, or a probability is not in [0, 1].
    """
    _require_probabilities(diseased, probabilities)
    stated = np.asarray(probabilities, np.float64)
    bin_of = np.minimum((stated * bins).astype(np.int64), bins - 1)
    # The share cancels the bin's size: sum over bins of |sum of probabilities − number diseased| / n.
    surplus = np.bincount(bin_of, weights=stated - diseased, minlength=bins)
    return float(np.abs(surplus).sum() / stated.size)


def _require_probabilities(diseased: npt.NDArray[np.bool_], probabilities: npt.NDArray[np.floating]) -> None:
    if diseased.size == 0 or probabilities.shape != diseased.shape:
        raise UndefinedMetricError(
            "A probability is needed for each film, and at least one film; "
            f"received {diseased.size} films and {probabilities.size} probabilities."
        )
    if not ((probabilities >= 0) & (probabilities <= 1)).all():
        raise UndefinedMetricError("Every probability must be in [0, 1]; received one that is not.")
