"""How common disease is among films without labels, if that is all that differs from the tuning films."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from firstread.errors import UndefinedMetricError
from firstread.evaluation import calibration_fit
from firstread.evaluation.calibration import Calibration
from firstread.evaluation.intervals import Figure, Interval, NotDefined
from firstread.evaluation.tuning_scores import TuningScores

__all__ = ["PrevalenceEstimate", "estimate", "from_flagged", "most_likely"]

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PrevalenceEstimate:
    """Prevalence among films without labels, from what the network says of them.

    Both are right only if films with and without disease score as the tuning films of their class do. When the two
    disagree by more than their intervals, they do not.

    Args:
        most_likely: From the whole distribution of the scores (Saerens et al., 2002).
        from_flagged: From the flagged share at the screening point (Rogan and Gladen, 1978).
    """

    most_likely: Figure
    from_flagged: Figure


def most_likely(probability: npt.NDArray[np.float64], *, prevalence: float) -> float:
    """Return the prevalence that makes these films most likely.

    It is what the EM algorithm of Saerens, Latinne and Decaestecker (Neural Computation 2002) climbs to. The
    likelihood has one summit, so its slope is halved towards zero, which takes fewer steps.

    Args:
        probability: Calibrated, in [0, 1], shape (n_films,).
        prevalence: The one that the probabilities refer to, in (0, 1).

    Returns:
        In [0, 1].

    Raises:
        UndefinedMetricError: If there is no film.
    """
    if not 0 < prevalence < 1:
        raise ValueError(f"prevalence must be in (0, 1); received {prevalence}.")
    if not probability.size:
        raise UndefinedMetricError("A prevalence needs at least one film; received 0.")
    diseased, others = probability / prevalence, (1 - probability) / (1 - prevalence)
    low, high = 0.0, 1.0
    for _ in range(30):
        middle = (low + high) / 2
        rising = ((diseased - others) / (middle * diseased + (1 - middle) * others)).sum() > 0
        low, high = (middle, high) if rising else (low, middle)
    # The slope may point outwards all the way: then the summit is the end itself.
    return round((low + high) / 2, 8)


def from_flagged(flagged: float, *, sensitivity: float, specificity: float) -> float:
    """Return the prevalence that explains how many films are flagged.

    Rogan and Gladen (American Journal of Epidemiology 1978); black-box shift estimation with two classes is the same
    (Lipton, Wang and Smola, ICML 2018).

    Args:
        flagged: Share of the films, in [0, 1].
        sensitivity: Of the operating point.
        specificity: Of the operating point.

    Returns:
        In [0, 1].

    Raises:
        UndefinedMetricError: If the operating point does not flag more of the diseased than of the others.
    """
    youden = sensitivity + specificity - 1
    if not youden > 0:
        raise UndefinedMetricError(
            "A prevalence can be told from flags only if sensitivity + specificity is above 1; "
            f"received {sensitivity:.3f} and {specificity:.3f}."
        )
    return float(np.clip((flagged + specificity - 1) / youden, 0, 1))


def estimate(
    logit: npt.NDArray[np.floating],
    *,
    reference: TuningScores | None,
    threshold: float,
    rng: np.random.Generator,
    repeats: int = 300,
    level: float = 0.95,
) -> PrevalenceEstimate:
    """Estimate the prevalence among films without labels, in both ways.

    For the intervals the films and the tuning films are both drawn again, and the calibration is fitted anew each
    time. There are no patients to draw: films of one patient make the intervals too narrow.

    Args:
        logit: Of the films, shape (n_films,).
        reference: Logits of the tuning films; None gives figures that are not defined.
        threshold: Logit of the operating point.
        rng: Of the bootstrap.
        repeats: Of the bootstrap.
        level: Confidence, in (0, 1).
    """
    if reference is None:
        missing = NotDefined(
            "The bundle does not hold the scores of its tuning films; export it again with this release."
        )
        return PrevalenceEstimate(missing, missing)
    site = np.asarray(logit, np.float64)
    drawn = [
        _both(
            rng.choice(site, site.size),
            rng.choice(reference.diseased, reference.diseased.size),
            rng.choice(reference.non_diseased, reference.non_diseased.size),
            threshold,
        )
        for _ in range(repeats)
    ]
    here = _both(site, reference.diseased, reference.non_diseased, threshold)
    figures = (
        _figure(found, values, level) for found, values in zip(here, zip(*drawn, strict=True), strict=True)
    )
    return PrevalenceEstimate(*figures)


def _both(
    site: Values, diseased: npt.NDArray[np.floating], others: npt.NDArray[np.floating], threshold: float
) -> tuple[float, float]:
    """Return both estimates; the second is NaN where the draw has no such number."""
    fitted = _fitted(diseased, others)
    found = most_likely(fitted.probability(site), prevalence=fitted.prevalence or 0.5)
    try:
        flags = from_flagged(
            float((site >= threshold).mean()),
            sensitivity=float((diseased >= threshold).mean()),
            specificity=float((others < threshold).mean()),
        )
    except UndefinedMetricError:
        flags = float("nan")
    return found, flags


def _fitted(diseased: npt.NDArray[np.floating], others: npt.NDArray[np.floating]) -> Calibration:
    present = np.arange(diseased.size + others.size) < diseased.size
    return calibration_fit.fit(present, np.concatenate([diseased, others]).astype(np.float64))


def _figure(found: float, drawn: tuple[float, ...], level: float) -> Figure:
    values = np.asarray(drawn)
    if not np.isfinite(found) or not np.isfinite(values).all():
        return NotDefined(
            "The operating point does not flag more of the diseased tuning films than of the others."
        )
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return Interval(found, float(min(low, found)), float(max(high, found)), level)
