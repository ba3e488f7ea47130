"""What was asked of the heat maps of many films, and the figures that follow, each with its interval."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from firstread.errors import UndefinedMetricError
from firstread.evaluation.clustered_bootstrap import Resamples
from firstread.evaluation.explanations import HOTTEST, curve_area
from firstread.evaluation.intervals import Figure, NotDefined
from firstread.evaluation.scored_films import ScoredFilms

__all__ = [
    "CURVES",
    "MEASURES",
    "ORDERS",
    "Band",
    "ExplainedFilms",
    "ExplanationAccount",
    "Row",
    "account_of",
]

PerFilm = npt.NDArray[np.float64]

MEASURES: Mapping[str, str] = {
    "in_lungs": "share of the heat inside the lungs",
    "lungs_area": "share of the film that the lungs take",
    "in_thorax": "share of the heat inside the lungs, between them, and a margin",
    "thorax_area": "share of the film that this field takes",
    "agreement": "rank correlation of heat map and occlusion",
    "overlap": f"overlap of the hottest {HOTTEST:.0%} of heat map and occlusion (chance: {HOTTEST:g})",
    "random_head": "rank correlation, without sign, with the map of a random head (1: the head does not matter)",
    "empty": "probability before calibration of the film with every place at its mean grey (should be low)",
}
"""What each film's map is asked, name → words."""

CURVES = ("deletion", "insertion")
ORDERS = ("heat map", "occlusion", "random")


@dataclass(frozen=True, slots=True, eq=False)
class ExplainedFilms:
    """Films with what their heat maps were asked; NaN where a film was not asked, or has no answer.

    Args:
        films: With their scores, n of them.
        flagged: The score reaches the operating point, shape (n,).
        found: The lung atlas could be placed, shape (n,).
        heat_map: 0 to 1, shape (n, h, w).
        lungs: How many of the films, as a fraction, have lung at each place, for the eye, shape (k, k).
        answers: By the names of `MEASURES`, each of shape (n,).
        curves: Probability by (curve, order) of `CURVES` and `ORDERS`, each of shape (n, steps).
    """

    films: ScoredFilms
    flagged: npt.NDArray[np.bool_]
    found: npt.NDArray[np.bool_]
    heat_map: npt.NDArray[np.float32]
    lungs: npt.NDArray[np.float32]
    answers: Mapping[str, PerFilm]
    curves: Mapping[tuple[str, str], PerFilm]

    def __post_init__(self) -> None:
        n = len(self.films)
        lengths = {
            name: len(column)
            for name, column in {
                "flagged": self.flagged,
                "found": self.found,
                "heat_map": self.heat_map,
                **self.answers,
                **{" ".join(key): curve for key, curve in self.curves.items()},
            }.items()
        }
        wrong = {name: length for name, length in lengths.items() if length != n}
        if wrong:
            raise UndefinedMetricError(f"Every column must have {n} films; received {wrong}.")

    @property
    def groups(self) -> dict[str, npt.NDArray[np.bool_]]:
        """The films of each group that figures are told of."""
        diseased = self.films.diseased
        series = np.array(self.films.series)
        names = [name for name in dict.fromkeys(self.films.series) if len(set(self.films.series)) > 1]
        return {
            "diseased": diseased,
            "non-diseased": ~diseased,
            "flagged": self.flagged,
            **{str(name): series == name for name in names},
        }


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of one group.

    Args:
        name: Stable, for machines.
        words: What it is.
        group: Of which films.
        figure: The mean over the films, with its interval.
        n_films: Films that have the number.
        n_patients: Their patients.
    """

    name: str
    words: str
    group: str
    figure: Figure
    n_films: int
    n_patients: int


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """A mean curve with its limits, each of shape (steps,)."""

    mean: PerFilm
    low: PerFilm
    high: PerFilm


@dataclass(frozen=True, slots=True, eq=False)
class ExplanationAccount:
    """The whole account of a bundle's heat maps on some films.

    Args:
        explained: The films.
        rows: Every figure.
        curves: Mean probability before calibration by (curve, order), over the flagged films that were asked.
        level: Confidence of the intervals.
        repeats: Resamples.
    """

    explained: ExplainedFilms
    rows: tuple[Row, ...]
    curves: Mapping[tuple[str, str], Band]
    level: float
    repeats: int


def account_of(
    explained: ExplainedFilms, *, rng: np.random.Generator, repeats: int = 2000
) -> ExplanationAccount:
    """Return every figure with its interval, clustered by patient."""
    resamples = Resamples.draw(explained.films, rng=rng, repeats=repeats)
    answers = dict(explained.answers) | _compared(explained)
    words = dict(MEASURES) | {name: _words(name) for name in answers if name not in MEASURES}
    rows = [
        _row(name, words[name], group, answers[name], members, explained.films, resamples)
        for name in answers
        for group, members in explained.groups.items()
        if np.isfinite(answers[name][members]).any()
    ]
    curves = {key: _band(curve, resamples) for key, curve in explained.curves.items()}
    return ExplanationAccount(explained, tuple(rows), curves, resamples.level, repeats)


def _compared(explained: ExplainedFilms) -> dict[str, PerFilm]:
    """Return the areas under the curves, and how far each order does better than chance."""
    areas = {key: curve_area(curve) for key, curve in explained.curves.items()}
    found = {f"{curve}_area_{order.replace(' ', '_')}": area for (curve, order), area in areas.items()}
    for (curve, order), area in areas.items():
        if order != "random":
            gain = area - areas[curve, "random"]
            found[f"{curve}_gain_{order.replace(' ', '_')}"] = -gain if curve == "deletion" else gain
    return found


def _words(name: str) -> str:
    curve, kind, order = name.split("_", 2)
    order = order.replace("_", " ")
    if kind == "area":
        better = "lower" if curve == "deletion" else "higher"
        return f"area under the {curve} curve before calibration, order: {order} ({better} is better)"
    return f"how much better the {curve} area of the {order} is than that of a random order"


def _row(
    name: str,
    words: str,
    group: str,
    answer: PerFilm,
    members: npt.NDArray[np.bool_],
    films: ScoredFilms,
    resamples: Resamples,
) -> Row:
    asked = members & np.isfinite(answer)
    n_patients = int(np.unique(films.patient_row[asked]).size)
    if n_patients < 2:
        figure: Figure = NotDefined(f"An interval needs at least two patients; received {n_patients}.")
    else:
        values = _mean(np.where(asked, answer, 0)[:, None], asked, resamples)[:, 0]
        figure = resamples.figure(values, undefined=f"No {group} film has this number.")
    return Row(name, words, group, figure, int(asked.sum()), n_patients)


def _band(curve: PerFilm, resamples: Resamples) -> Band:
    asked = np.asarray(np.isfinite(curve).all(axis=1), np.bool_)
    return Band(*resamples.band(_mean(np.where(asked[:, None], curve, 0), asked, resamples)))


def _mean(values: PerFilm, asked: npt.NDArray[np.bool_], resamples: Resamples) -> PerFilm:
    """Return the mean over the asked films of each resample, NaN where it has none, shape (1 + repeats, k)."""
    counts = resamples.sums(asked.astype(np.float64))[:, None]
    sums = resamples.sums(values)
    return np.asarray(np.divide(sums, counts, out=np.full(sums.shape, np.nan), where=counts > 0), np.float64)
