"""How far a way of training is from what it should do on films of another part of the data, in one number.

What is found on tuning films that are like the training films says little: there every method looks alike. So a method
is judged on films that were held out because they differ, with calibration and threshold fixed on tuning films, and on
the same films after changes that change no diagnosis.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

from firstread.evaluation import calibration_fit
from firstread.evaluation.calibration import expected_calibration_error
from firstread.evaluation.discrimination import auroc, roc_curve
from firstread.evaluation.operating_point import at_sensitivity, at_threshold

__all__ = ["GOALS", "PREVALENCE", "Scores", "Yardstick", "measure"]

PREVALENCE = 0.625
"""Of the official test part of the Kaggle data (Kermany et al., 2018), at which accuracies are compared."""

MINIMUM_SENSITIVITY = 0.95

GOALS: Mapping[str, tuple[float, float]] = {
    "auroc": (0.988, 0.994),
    "accuracy": (0.945, 0.965),
    "specificity": (0.92, 0.97),
    "broken_promise": (0.05, 0.03),
    "calibration_error": (0.05, 0.025),
    "mean_change": (0.05, 0.02),
}
"""Figure → (what must be reached, what is wanted)."""

# Beyond, a method has failed at a figure; by how far must not drown the other figures.
_FURTHEST = 5.0


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """What a network says of some films.

    Args:
        diseased: Reference standard, shape (n_films,).
        logit: Raw output, shape (n_films,).
        changed: After changes that change no diagnosis, shape (n_films, n_changes), where a calibration is to be fitted
            on these.
    """

    diseased: npt.NDArray[np.bool_]
    logit: npt.NDArray[np.float64]
    changed: npt.NDArray[np.float64] | None = None


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What a network does on films that were held out.

    Args:
        auroc: Held-out films.
        accuracy: At the operating point that tuning films fixed, both classes weighed to `PREVALENCE`.
        specificity: The highest at a sensitivity of .95 or more on the held-out films.
        broken_promise: |predicted − achieved| of sensitivity or specificity at that point, whichever is more.
        calibration_error: Expected calibration error of probabilities that tuning films calibrated.
        mean_change: Mean |change of the probability| over films and changes that change no diagnosis; NaN where no
            change was made.
        tuning_auroc: Tuning films, to be compared with what is found on others; it decides nothing.
        sensitivity_achieved: At the operating point.
        specificity_achieved: At the operating point.
    """

    auroc: float
    accuracy: float
    specificity: float
    broken_promise: float
    calibration_error: float
    mean_change: float
    tuning_auroc: float
    sensitivity_achieved: float
    specificity_achieved: float

    @property
    def distance(self) -> float:
        """Mean over the figures of `GOALS` of the way that is left: 0 all goals reached, 1 what must be reached.

        Beyond a goal nothing is gained, and no figure counts for more than 5.
        """
        values = asdict(self)
        left = [
            np.clip((goal - values[name]) / (goal - least), 0, _FURTHEST)
            for name, (least, goal) in GOALS.items()
            if np.isfinite(values[name])
        ]
        return float(np.mean(left))


def measure(
    tuning: Scores, held_out: Scores, changed: Mapping[str, npt.NDArray[np.float64]] | None = None
) -> Yardstick:
    """Return what a network does on held-out films.

    Args:
        tuning: Films that fix calibration and operating point.
        held_out: Films that were only judged on.
        changed: Change → logit of the same held-out films after it, shape (n_films,).

    Raises:
        UndefinedMetricError: If tuning or held-out films lack a class.
    """
    learned_from = tuning.logit if tuning.changed is None else tuning.changed
    calibration = calibration_fit.fit(tuning.diseased, learned_from)
    point = at_sensitivity(tuning.diseased, tuning.logit, minimum=MINIMUM_SENSITIVITY)
    achieved = at_threshold(held_out.diseased, held_out.logit, threshold=point.threshold, name=point.name)
    probability = calibration.probability(held_out.logit)
    curve = roc_curve(held_out.diseased, held_out.logit)
    moved = [
        np.abs(calibration.probability(logit) - probability).mean() for logit in (changed or {}).values()
    ]
    return Yardstick(
        auroc=auroc(held_out.diseased, held_out.logit),
        accuracy=PREVALENCE * achieved.sensitivity + (1 - PREVALENCE) * achieved.specificity,
        specificity=float(
            (1 - curve.false_positive_fraction)[curve.sensitivity >= MINIMUM_SENSITIVITY].max()
        ),
        broken_promise=max(
            abs(point.sensitivity - achieved.sensitivity), abs(point.specificity - achieved.specificity)
        ),
        calibration_error=expected_calibration_error(held_out.diseased, probability),
        mean_change=float(np.mean(moved)) if moved else float("nan"),
        tuning_auroc=auroc(tuning.diseased, tuning.logit),
        sensitivity_achieved=achieved.sensitivity,
        specificity_achieved=achieved.specificity,
    )
