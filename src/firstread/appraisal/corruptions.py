"""How a bundle's figures fall when films get worse and worse (Hendrycks and Dietterich, ICLR 2019)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from firstread.appraisal.counterfactuals import Score
from firstread.appraisal.judged import Judged, judge
from firstread.evaluation.clustered_bootstrap import Resamples
from firstread.imaging import alterations as alter
from firstread.imaging.harmless_changes import Change

__all__ = ["STRENGTHS", "Corruption", "corruptions"]

STRENGTHS: Mapping[str, tuple[float, ...]] = {
    # The five severities of ImageNet-C for pictures of 224 × 224, as published with the paper.
    "noise": (0.08, 0.12, 0.18, 0.26, 0.38),
    "blur": (1, 2, 3, 4, 6),
    "contrast": (0.4, 0.3, 0.2, 0.1, 0.05),
    "brightness": (0.1, 0.2, 0.3, 0.4, 0.5),
    "JPEG": (25, 18, 15, 10, 7),
}
"""By kind: noise as standard deviation and brightness as what is added, fractions of full scale; blur as standard
deviation in pixels; contrast as what is left of it; JPEG as quality."""


@dataclass(frozen=True, slots=True)
class Corruption:
    """What one kind of corruption at one strength does.

    Args:
        kind: One of `STRENGTHS`.
        severity: 1 to 5; 0 is the film as it is.
        strength: In the kind's own unit; None at severity 0.
        judged: What the scores are worth, accuracy included, at the screening point.
    """

    kind: str
    severity: int
    strength: float | None
    judged: Judged


def corruptions(
    unchanged: Judged, score: Score, *, threshold: float, resamples: Resamples, seed: int
) -> tuple[Corruption, ...]:
    """Return each kind's curve from the film as it is to severity 5.

    Args:
        unchanged: What the scores of the films as they are are worth.
        score: A change → scores of the same films after it.
        threshold: Of the screening point, a calibrated probability.
        resamples: Of these films.
        seed: Of the noise.
    """
    rows = []
    for kind, strengths in STRENGTHS.items():
        rows.append(Corruption(kind, 0, None, unchanged))
        for severity, strength in enumerate(strengths, start=1):
            films = score(_change(kind, strength, seed))
            judged = judge(films, resamples, threshold=threshold)
            rows.append(Corruption(kind, severity, float(strength), judged))
    return tuple(rows)


def _change(kind: str, strength: float, seed: int) -> Change:
    if kind == "noise":
        # The same noise on each film at every strength: the curve then shows the strength alone.
        return partial(_with_noise, rng=np.random.default_rng(seed), deviation=strength)
    makers: dict[str, Callable[[], Change]] = {
        "blur": lambda: partial(alter.blurred, sigma_px=strength),
        "contrast": lambda: partial(alter.with_contrast, factor=strength),
        "brightness": lambda: partial(alter.brightened, added=strength),
        "JPEG": lambda: partial(alter.reencoded, quality=int(strength)),
    }
    return makers[kind]()


def _with_noise(
    film: npt.NDArray[np.uint8], *, rng: np.random.Generator, deviation: float
) -> npt.NDArray[np.uint8]:
    return alter.noisy(film, rng.standard_normal(film.shape), deviation=deviation)
