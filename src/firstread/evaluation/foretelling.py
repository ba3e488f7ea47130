"""What a network will do on a part of the data that nobody has seen, foretold from parts that were held out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from firstread.errors import UndefinedMetricError
from firstread.evaluation import yardstick
from firstread.evaluation.intervals import Interval
from firstread.evaluation.yardstick import Scores

__all__ = ["FORETOLD", "JudgedTraining", "PatientScores", "foretell"]

FORETOLD = (
    "auroc",
    "sensitivity_achieved",
    "specificity_achieved",
    "accuracy",
    "specificity",
    "broken_promise",
    "calibration_error",
)
"""Figures of `Yardstick` that are foretold."""


@dataclass(frozen=True, slots=True, eq=False)
class PatientScores:
    """What a network says of some films, and whose they are.

    Args:
        scores: Reference standard and logit of n_films films.
        patient: Whose film each is, n_films of them.
    """

    scores: Scores
    patient: Sequence[str]


@dataclass(frozen=True, slots=True, eq=False)
class JudgedTraining:
    """One training that some films were kept from.

    Args:
        tuning: Films that fix calibration and operating point.
        held_out: Films like those that will be met.
    """

    tuning: PatientScores
    held_out: PatientScores


def foretell(
    trainings: Sequence[JudgedTraining], *, rng: np.random.Generator, draws: int = 1000, level: float = 0.95
) -> dict[str, Interval]:
    """Return figure → what to expect on another part that is as large and as different as what was held out.

    The estimate is the mean over the trainings. For the interval a training is drawn (what is shipped is one more),
    then the patients who fix its operating point, then the patients who will be met. Of these half as many are drawn
    as were held out: both the held-out films and those to come are chance, and the variances of two equal samples add
    up to that of a sample of half the size. What the interval cannot know is a part that differs in another way.

    Args:
        trainings: Of one recipe, with different seeds; at least one.
        rng: Of the draws.
        draws: Of the interval.
        level: Of the interval, in (0, 1).

    Raises:
        UndefinedMetricError: If there is no training, or one has a part without films of both classes.
    """
    if not trainings:
        raise UndefinedMetricError("A figure can be foretold from one training or more; received none.")
    found = [yardstick.measure(one.tuning.scores, one.held_out.scores) for one in trainings]
    cells = [(_Patients.of(one.tuning), _Patients.of(one.held_out)) for one in trainings]
    drawn = []
    for _ in range(draws):
        tuning, held_out = cells[rng.integers(len(cells))]
        drawn.append(yardstick.measure(tuning.draw(rng), held_out.draw(rng, share=0.5)))
    tail = (1 - level) / 2
    intervals = {}
    for name in FORETOLD:
        low, high = np.quantile([getattr(one, name) for one in drawn], [tail, 1 - tail])
        estimate = float(np.mean([getattr(one, name) for one in found]))
        intervals[name] = Interval(estimate, float(low), float(high), level)
    return intervals


@dataclass(frozen=True, slots=True, eq=False)
class _Patients:
    """The rows of each patient's films, those of diseased and of other patients apart."""

    scores: Scores
    rows: tuple[list[npt.NDArray[np.intp]], list[npt.NDArray[np.intp]]]

    @classmethod
    def of(cls, films: PatientScores) -> "_Patients":
        owner = np.unique(np.asarray(films.patient), return_inverse=True)[1]
        order = np.argsort(owner, kind="stable")
        each = np.split(order, np.flatnonzero(np.diff(owner[order])) + 1)
        diseased = films.scores.diseased
        return cls(
            films.scores,
            ([rows for rows in each if diseased[rows].any()], [r for r in each if not diseased[r].any()]),
        )

    def draw(self, rng: np.random.Generator, *, share: float = 1.0) -> Scores:
        """Draw patients with replacement, each class for itself, so that there always are both."""
        rows = np.concatenate(
            [
                of_class[patient]
                for of_class in self.rows
                for patient in rng.integers(len(of_class), size=max(1, round(share * len(of_class))))
            ]
        )
        changed = None if self.scores.changed is None else self.scores.changed[rows]
        return Scores(self.scores.diseased[rows], self.scores.logit[rows], changed)
