"""Films with their reference standard and what a model said of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from firstread.errors import UndefinedMetricError
from firstread.evaluation.discrimination import require_both_classes
from firstread.evaluation.intervals import NotDefined

__all__ = ["ScoredFilms"]


@dataclass(frozen=True)
class ScoredFilms:
    """Films of one part, one row each.

    Args:
        name: What a reader of a report finds a film by, unique, n_films of them.
        diseased: Reference standard, shape (n_films,).
        probability: Calibrated, in [0, 1], shape (n_films,).
        logit: Raw output of the network, shape (n_films,).
        patient: Whose film each is, n_films of them.
        series: The run of patient numbers each belongs to; a subgroup such as bacterial or viral.

    Raises:
        UndefinedMetricError: If there is no film, a column is of another length, or a number is not finite or not
            in its range.
    """

    name: tuple[str, ...]
    diseased: npt.NDArray[np.bool_]
    probability: npt.NDArray[np.float64]
    logit: npt.NDArray[np.float64]
    patient: tuple[str, ...]
    series: tuple[str, ...]

    def __post_init__(self) -> None:
        lengths = {
            column: len(getattr(self, column))
            for column in ("name", "diseased", "probability", "logit", "patient", "series")
        }
        if set(lengths.values()) == {0} or len(set(lengths.values())) > 1:
            raise UndefinedMetricError(f"Every film needs a value in each column; received {lengths}.")
        if not np.isfinite(self.logit).all():
            bad = int(np.count_nonzero(~np.isfinite(self.logit)))
            raise UndefinedMetricError(f"Every logit must be a finite number; received {bad} that are not.")
        if not ((self.probability >= 0) & (self.probability <= 1)).all():
            raise UndefinedMetricError("Every probability must be in [0, 1]; received one that is not.")

    def __len__(self) -> int:
        return len(self.name)

    @cached_property
    def patient_row(self) -> npt.NDArray[np.intp]:
        """Number of each film's patient, 0 to n_patients − 1, shape (n_films,)."""
        return np.asarray(np.unique(np.array(self.patient), return_inverse=True)[1], np.intp)

    @property
    def n_patients(self) -> int:
        """Patients, not films: what an interval is wide by."""
        return int(self.patient_row.max()) + 1

    def one_class(self) -> NotDefined | None:
        """Return why whatever needs both classes does not exist, if it does not."""
        try:
            require_both_classes(self.diseased, self.logit)
        except UndefinedMetricError as error:
            return NotDefined(str(error))
        return None

    def select(self, which: npt.NDArray[np.bool_] | Sequence[int]) -> "ScoredFilms":
        """Return some films, by a bool for each or by their rows."""
        rows = np.flatnonzero(which) if np.asarray(which).dtype == np.bool_ else np.asarray(which, np.intp)
        return ScoredFilms(
            name=tuple(self.name[row] for row in rows),
            diseased=self.diseased[rows],
            probability=self.probability[rows],
            logit=self.logit[rows],
            patient=tuple(self.patient[row] for row in rows),
            series=tuple(self.series[row] for row in rows),
        )
