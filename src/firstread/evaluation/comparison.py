"""Whether one model is better than another on the same films."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from firstread.errors import UndefinedMetricError
from firstread.evaluation.assessment import plain
from firstread.evaluation.clustered_bootstrap import Resamples
from firstread.evaluation.intervals import Figure, Interval, NotDefined
from firstread.evaluation.operating_point import OperatingPoint
from firstread.evaluation.paired_difference import paired_difference
from firstread.evaluation.paired_tests import DeLong, delong, mcnemar
from firstread.evaluation.ranked_films import RankedFilms
from firstread.evaluation.scored_films import ScoredFilms

__all__ = ["ComparedFraction", "ComparedPoint", "Comparison", "compare"]

Films = npt.NDArray[np.bool_]

INDEPENDENCE = (
    "DeLong's and McNemar's tests take each film for itself, although films of one patient look alike: their P values "
    "are too small. The differences with intervals by patient do not have this fault."
)


@dataclass(frozen=True, slots=True)
class ComparedFraction:
    """How often each of two models is right on the same films.

    Args:
        n_films: Films they were asked about.
        only_first: Films that only the first told right.
        only_second: Films that only the second told right.
        p_value: McNemar's exact test, two-sided; it takes films as independent.
        difference: Right fraction of the first less that of the second, with Tango's interval by patient.
    """

    n_films: int
    only_first: int
    only_second: int
    p_value: float
    difference: Figure


@dataclass(frozen=True, slots=True)
class ComparedPoint:
    """Two models, each at its own operating point of one name.

    Args:
        name: What the point is for.
        sensitivity: On diseased films.
        specificity: On non-diseased films.
        accuracy: On all films.
    """

    name: str
    sensitivity: ComparedFraction
    specificity: ComparedFraction
    accuracy: ComparedFraction


@dataclass(frozen=True, slots=True)
class Comparison:
    """The first of two models less the second, on the films that both scored.

    Args:
        n_films: Films that both scored.
        n_diseased: Diseased films among them.
        n_patients: Their patients.
        cautions: What a reader must know before the figures.
        auroc_difference: With an interval by patient.
        delong: Test and interval that take films as independent.
        points: One for each operating point that both have.
    """

    n_films: int
    n_diseased: int
    n_patients: int
    cautions: tuple[str, ...]
    auroc_difference: Figure
    delong: DeLong | NotDefined
    points: tuple[ComparedPoint, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return what JSON can hold; a figure that does not exist is {"not_defined": reason}."""
        return {field.name: plain(getattr(self, field.name)) for field in fields(self)}


def compare(
    first: ScoredFilms,
    second: ScoredFilms,
    *,
    points: Mapping[str, tuple[OperatingPoint, OperatingPoint]],
    rng: np.random.Generator,
    repeats: int = 2000,
    level: float = 0.95,
) -> Comparison:
    """Return how much better the first model is than the second on the films that both scored.

    Args:
        first: Films as one model scored them.
        second: Films as the other did.
        points: By name, the point of the first model and that of the second.
        rng: Source of chance.
        repeats: Resamples of patients.
        level: Confidence of every interval, in (0, 1).

    Raises:
        UndefinedMetricError: If the models scored no film in common or hold different things of a film to be true, or
            if patients are too few for an interval.
    """
    n_scored = len(set(first.name) | set(second.name))
    first, second = _in_common(first, second)
    resamples = Resamples.draw(first, rng=rng, repeats=repeats, level=level)
    left_out = n_scored - len(first)
    return Comparison(
        n_films=len(first),
        n_diseased=int(first.diseased.sum()),
        n_patients=first.n_patients,
        cautions=(INDEPENDENCE, f"{left_out} films that only one model scored are left out.")[
            : 1 + bool(left_out)
        ],
        auroc_difference=_auroc_difference(first, second, resamples),
        delong=_delong_or_reason(first, second, level),
        points=tuple(
            _compared_point(
                name, first, second, thresholds=(of_first.threshold, of_second.threshold), resamples=resamples
            )
            for name, (of_first, of_second) in points.items()
        ),
    )


def _in_common(first: ScoredFilms, second: ScoredFilms) -> tuple[ScoredFilms, ScoredFilms]:
    """Return the films that both scored, in one order."""
    row_of = {name: row for row, name in enumerate(second.name)}
    rows = [(row, row_of[name]) for row, name in enumerate(first.name) if name in row_of]
    if not rows:
        raise UndefinedMetricError(
            "Two models are compared on the films that both scored; "
            f"{len(first)} and {len(second)} films have none in common."
        )
    pair = first.select([row for row, _ in rows]), second.select([row for _, row in rows])
    unlike = int((pair[0].diseased != pair[1].diseased).sum())
    if unlike:
        raise UndefinedMetricError(
            f"Two models are compared against one reference standard; it differs for {unlike} of {len(rows)} films."
        )
    return pair


def _auroc_difference(first: ScoredFilms, second: ScoredFilms, resamples: Resamples) -> Figure:
    values = []
    for films in (first, second):
        ranked = RankedFilms.of(films.diseased, films.logit, np.arange(len(films)))
        values.append(resamples.each(ranked.auroc, ranked.order))
    needed = "A difference of AUROCs needs diseased and non-diseased films; received one class only."
    figure = resamples.figure(values[0] - values[1], undefined=needed)
    if isinstance(figure, Interval) and figure.low == figure.high:
        return NotDefined("The difference is the same on every resample of the patients: it has no interval.")
    return figure


def _delong_or_reason(first: ScoredFilms, second: ScoredFilms, level: float) -> DeLong | NotDefined:
    try:
        return delong(first.diseased, first.logit, second.logit, level=level)
    except UndefinedMetricError as error:
        return NotDefined(str(error))


def _compared_point(
    name: str,
    first: ScoredFilms,
    second: ScoredFilms,
    *,
    thresholds: tuple[float, float],
    resamples: Resamples,
) -> ComparedPoint:
    right = [
        (films.probability >= threshold) == films.diseased
        for films, threshold in zip((first, second), thresholds, strict=True)
    ]
    sensitivity, specificity, accuracy = (
        _compared_fraction(*right, among=among, resamples=resamples)
        for among in (first.diseased, ~first.diseased, np.ones_like(first.diseased))
    )
    return ComparedPoint(name, sensitivity, specificity, accuracy)


def _compared_fraction(
    right_first: Films, right_second: Films, *, among: Films, resamples: Resamples
) -> ComparedFraction:
    only_first = int((right_first & ~right_second & among).sum())
    only_second = int((right_second & ~right_first & among).sum())
    return ComparedFraction(
        n_films=int(among.sum()),
        only_first=only_first,
        only_second=only_second,
        p_value=mcnemar(only_first, only_second),
        difference=paired_difference(right_first, right_second, among=among, resamples=resamples),
    )
