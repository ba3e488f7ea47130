"""Whether the model sees each kind of disease."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from firstread.evaluation.clustered_bootstrap import Resamples
from firstread.evaluation.intervals import Figure
from firstread.evaluation.operating_point import OperatingPoint
from firstread.evaluation.ranked_films import RankedFilms, auroc_figure
from firstread.evaluation.scored_films import ScoredFilms

__all__ = ["Subgroup", "subgroups"]


@dataclass(frozen=True, slots=True)
class Subgroup:
    """Diseased films of one series against all non-diseased films.

    Args:
        series: Such as "bacteria" or "virus".
        n_diseased: Its diseased films.
        n_patients: Its diseased patients.
        auroc: Against all non-diseased films.
        sensitivity: By name of the operating point.
    """

    series: str
    n_diseased: int
    n_patients: int
    auroc: Figure
    sensitivity: Mapping[str, Figure]


def subgroups(
    films: ScoredFilms, points: Mapping[str, OperatingPoint], resamples: Resamples
) -> tuple[Subgroup, ...]:
    """Return each series of diseased films; none when all diseased films are of one series.

    Args:
        films: With their series.
        points: Operating points by name.
        resamples: Of their patients.
    """
    series = np.array(films.series)
    names = np.unique(series[films.diseased])
    if names.size < 2:
        return ()
    return tuple(
        _subgroup(str(name), films.diseased & (series == name), films, points, resamples) for name in names
    )


def _subgroup(
    name: str,
    members: np.ndarray[tuple[int], np.dtype[np.bool_]],
    films: ScoredFilms,
    points: Mapping[str, OperatingPoint],
    resamples: Resamples,
) -> Subgroup:
    ranked = RankedFilms.of(films.diseased, films.logit, np.flatnonzero(members | ~films.diseased))
    return Subgroup(
        series=name,
        n_diseased=int(members.sum()),
        n_patients=np.unique(films.patient_row[members]).size,
        auroc=auroc_figure(ranked, resamples),
        sensitivity={
            point.name: resamples.proportion(films.probability >= point.threshold, members, undefined="")
            for point in points.values()
        },
    )
