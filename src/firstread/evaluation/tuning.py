"""What is fixed on tuning films once training has ended: calibration, operating points, and what they promise."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from firstread.errors import UndefinedMetricError
from firstread.evaluation import between_blocks, calibration_fit, operating_point
from firstread.evaluation.calibration import Calibration
from firstread.evaluation.clustered_bootstrap import Resamples
from firstread.evaluation.operating_point import OperatingPoint
from firstread.evaluation.scored_films import ScoredFilms
from firstread.evaluation.tuning_figures import TuningFigures

__all__ = ["MINIMUM_SENSITIVITY", "MINIMUM_SPECIFICITY", "Tuned", "tune"]

MINIMUM_SENSITIVITY = {"screening": 0.95, "rule_out": 0.99}
"""`screening` decides what is flagged; below `rule_out` a film is routine."""

MINIMUM_SPECIFICITY = {"urgent": 0.95}
"""A flagged film that does not reach `urgent` may well be a false alarm, and says so."""

# A tuning film on the threshold must stay on its side when another processor sums in another order.
_TOLERANCE = 1e-5


@dataclass(frozen=True, slots=True)
class Tuned:
    """What tuning films fixed.

    Args:
        calibration: From logit to probability.
        points: By name; thresholds are calibrated probabilities. A point that these films do not allow is missing,
            and the figures say why.
        metrics: Figures on the tuning films with 95 % intervals, as plain values.
    """

    calibration: Calibration
    points: dict[str, OperatingPoint]
    metrics: dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class _Films:
    """Tuning films; every column of shape (n_tuning,)."""

    diseased: npt.NDArray[np.bool_]
    logit: npt.NDArray[np.float64]
    patient: Sequence[str]
    block: npt.NDArray[np.integer]
    stretch: Sequence[str]
    changed: npt.NDArray[np.float64] | None


def tune(
    diseased: npt.NDArray[np.bool_],
    logit: npt.NDArray[np.float64],
    patient: Sequence[str],
    *,
    series: Sequence[str],
    block: npt.NDArray[np.integer],
    rng: np.random.Generator,
    changed: npt.NDArray[np.float64] | None = None,
    repeats: int = 2000,
) -> Tuned:
    """Fix calibration and operating points on tuning films and say what they promise.

    The calibration is fitted on all films; how good it is, is judged on unchanged films of blocks it was not fitted
    on. A network is surer of films like those it learned from than it may be of others, so the calibration is fitted
    on changed films where there are some; thresholds are those of unchanged films all the same.

    Args:
        diseased: Reference standard, shape (n_tuning,).
        logit: Of the exported model, shape (n_tuning,).
        patient: Whose film each is.
        series: The run of patient numbers each film belongs to.
        block: Which contiguous block of its series each film belongs to, shape (n_tuning,).
        rng: Of the bootstrap and of what is drawn for predictions.
        changed: Logits of the same films after changes that change no diagnosis, shape (n_tuning, n_changes).
        repeats: Of the bootstrap.

    Raises:
        UndefinedMetricError: If a class is missing, or lies in one block alone.
    """
    stretch = [f"{run}/{number}" for run, number in zip(series, block, strict=True)]
    films = _Films(diseased, logit, patient, block, stretch, changed)
    fitted = calibration_fit.fit(diseased, logit if changed is None else changed)
    probability = fitted.probability(logit)
    points, not_defined = _points(films, probability, rng)
    scored = ScoredFilms(
        name=tuple(map(str, range(diseased.size))),
        diseased=diseased,
        probability=probability,
        logit=np.asarray(logit, np.float64),
        patient=tuple(patient),
        series=tuple(series),
    )
    figures = TuningFigures(scored, Resamples.draw(scored, rng=rng, repeats=repeats))
    judged = _judged(films, figures)
    metrics: dict[str, Any] = {
        "n_films": int(diseased.size),
        "n_diseased": int(diseased.sum()),
        "n_patients": len(set(patient)),
        "null_accuracy": figures.null_accuracy(),
        "auroc": figures.auroc(),
        "brier": judged["cross_fitted"]["brier"],
        "ece": judged["cross_fitted"]["ece"],
        "calibration": asdict(fitted) | judged,
        "operating_points": {name: asdict(point) | figures.at(point) for name, point in points.items()},
        "operating_points_not_defined": not_defined,
    }
    return Tuned(fitted, points, metrics)


def _judged(films: _Films, figures: TuningFigures) -> dict[str, Any]:
    """Return how good each calibration is on blocks it was not fitted on, and the one without a fit."""
    fits: dict[str, tuple[calibration_fit.Fit, npt.NDArray[np.float64] | None]] = {
        "cross_fitted": (calibration_fit.fit, films.changed),
        "temperature_alone": (calibration_fit.temperature_alone, None),
        "uncalibrated": (lambda diseased, logit: Calibration(1.0), None),  # noqa: ARG005  # a fit that does not look
    }
    if films.changed is not None:
        fits["unchanged_films"] = (calibration_fit.fit, None)
    found: dict[str, Any] = {
        "blocks": int(np.unique(films.block).size),
        "changes": 0 if films.changed is None else films.changed.shape[1],
    }
    for name, (by, learned_from) in fits.items():
        found[name] = figures.calibration(
            calibration_fit.cross_fit(
                films.diseased, films.logit, films.block, by=by, learned_from=learned_from
            )
        )
    return found


def _points(
    films: _Films, probability: npt.NDArray[np.float64], rng: np.random.Generator
) -> tuple[dict[str, OperatingPoint], dict[str, str]]:
    """Return the operating points with what to expect of them, and the reasons where there is none."""
    asked = {
        name: partial(operating_point.at_sensitivity, minimum=minimum, name=name, tolerance=_TOLERANCE)
        for name, minimum in MINIMUM_SENSITIVITY.items()
    } | {
        name: partial(operating_point.at_specificity, minimum=minimum, name=name, tolerance=_TOLERANCE)
        for name, minimum in MINIMUM_SPECIFICITY.items()
    }
    points: dict[str, OperatingPoint] = {}
    not_defined: dict[str, str] = {}
    for name, choose in asked.items():
        try:
            points[name] = choose(films.diseased, probability)
            points[name] = _with_prediction(points[name], choose, films, probability, rng)
        except UndefinedMetricError as error:
            not_defined[name] = str(error)
    return points, not_defined


def _with_prediction(
    point: OperatingPoint,
    choose: Callable[..., OperatingPoint],
    films: _Films,
    probability: npt.NDArray[np.float64],
    rng: np.random.Generator,
) -> OperatingPoint:
    sensitivity, specificity = between_blocks.predict(
        films.diseased,
        probability,
        patient=films.patient,
        stretch=films.stretch,
        choose=lambda diseased, score: choose(diseased, score).threshold,
        rng=rng,
    )
    return replace(point, predicted_sensitivity=sensitivity, predicted_specificity=specificity)
