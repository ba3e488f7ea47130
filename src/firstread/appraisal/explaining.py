"""What a bundle's heat maps are worth on the films of a part: each map asked, film by film."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from firstread.appraisal.scoring import film_names
from firstread.config import Config
from firstread.data.manifest import Manifest
from firstread.errors import DataError
from firstread.evaluation import explanations
from firstread.evaluation.calibration import Calibration
from firstread.evaluation.explained_films import CURVES, MEASURES, ORDERS, ExplainedFilms
from firstread.evaluation.scored_films import ScoredFilms
from firstread.imaging import lung_field
from firstread.inference import explain, occlusion
from firstread.inference.predictor import Predictor
from firstread.records import Scored
from firstread.screening import Picture, screen

__all__ = ["explain_films", "sample"]

_STEPS = 8  # films of a deletion or insertion curve: 0 of 7 to 7 of 7
_HEADS = 8  # random heads a film's map is compared with
_LUNG_SIDE = 28  # of the picture of where lungs lie

Film = npt.NDArray[np.uint8]
Answers = dict[str, float]


def sample(manifest: Manifest, count: int, rng: np.random.Generator) -> npt.NDArray[np.intp]:
    """Return the rows of so many films, half of each class where there are enough, ascending."""
    drawn = []
    for diseased in (False, True):
        rows = np.flatnonzero(manifest.diseased == diseased)
        drawn.append(rng.permutation(rows)[: (count + diseased) // 2])
    return np.sort(np.concatenate(drawn))


@dataclass(slots=True)
class _Seen:
    """What was found out about one scored film."""

    row: int
    outcome: Scored
    heat_map: npt.NDArray[np.float32]
    found: bool
    lungs: npt.NDArray[np.float32]
    answers: Answers
    film: Film | None
    curves: Mapping[tuple[str, str], npt.NDArray[np.float64]] = field(default_factory=dict)


def explain_films(
    manifest: Manifest,
    predictor: Predictor,
    *,
    asked: npt.NDArray[np.intp],
    config: Config,
    rng: np.random.Generator,
    on_progress: Callable[[], None] = lambda: None,
) -> ExplainedFilms:
    """Return what each film's heat map is worth.

    Where the heat lies is looked up for every film and costs little. Occlusion, deletion and insertion ask the
    network a hundred times a film, so they are for some films only.

    Args:
        manifest: The films, with their reference standard.
        predictor: The bundle.
        asked: Rows of the films that are asked again and again, from `sample`.
        config: Limits, workers and batch size.
        rng: Of random orders and random heads.
        on_progress: Called once for each film, and once more for each row of `asked`.

    Raises:
        DataError: If no film could be scored.
    """
    wanted = set(asked.tolist())
    seen: list[_Seen] = []
    screened = screen(manifest.paths, predictor, config=config, pictures=True)
    for row, one in enumerate(screened):
        if isinstance(one.outcome, Scored) and one.picture is not None:
            seen.append(_look(row, one.outcome, one.picture, keep=row in wanted))
        on_progress()
    if not seen:
        raise DataError(f"Some film must be fit to be explained; none of {len(manifest)} was scored.")
    for each in seen:
        if each.film is not None:
            _ask(each, each.film, predictor, rng)
            on_progress()
    return _explained(manifest, seen)


def _look(row: int, outcome: Scored, picture: Picture, *, keep: bool) -> _Seen:
    """Look up where the heat lies."""
    if picture.heat_map is None:
        raise ValueError("A picture must have its heat map; received none.")
    heat = picture.heat_map[np.newaxis]
    atlas = lung_field.shipped()
    placement = lung_field.place(picture.film[np.newaxis], atlas)
    answers: Answers = {}
    if placement.found[0]:
        for name, mask in (("lungs", atlas.lungs), ("thorax", atlas.thorax)):
            inside = lung_field.coverage(mask, placement, height=heat.shape[1], width=heat.shape[2])
            answers[f"in_{name}"] = explanations.share_inside(heat, inside)[0]
            answers[f"{name}_area"] = float(inside.mean())
    lungs = lung_field.coverage(atlas.lungs, placement, height=_LUNG_SIDE, width=_LUNG_SIDE)[0]
    film = picture.film if keep else None
    return _Seen(row, outcome, picture.heat_map, bool(placement.found[0]), lungs, answers, film)


def _ask(seen: _Seen, film: Film, predictor: Predictor, rng: np.random.Generator) -> None:
    """Ask the network again: other heads, covered places, and, of a flagged film, deletion and insertion."""
    head = predictor.bundle.head
    feature_map = predictor.feature_maps(film[np.newaxis])
    activation = explain.class_activation(feature_map, head)
    drops = occlusion.occlusion(predictor, film, places=activation.shape[1])[np.newaxis]
    heads = [replace(head, kernel=rng.permutation(head.kernel)) for _ in range(_HEADS)]
    others = np.concatenate([explain.class_activation(feature_map, other) for other in heads])
    same = explanations.rank_correlation(np.repeat(activation, _HEADS, axis=0), others)
    seen.answers |= {
        "random_head": float(np.abs(same).mean()),
        "agreement": explanations.rank_correlation(activation, drops)[0],
        "overlap": explanations.hottest_overlap(activation, drops)[0],
    }
    if seen.outcome.flagged:
        orders = {
            "heat map": explanations.hottest_first(activation)[0],
            "occlusion": explanations.hottest_first(drops)[0],
            "random": rng.permutation(drops.size),
        }
        seen.curves = _curves(film, orders, predictor)
        seen.answers["empty"] = float(seen.curves["deletion", "random"][-1])


def _curves(
    film: Film, orders: Mapping[str, npt.NDArray[np.intp]], predictor: Predictor
) -> dict[tuple[str, str], npt.NDArray[np.float64]]:
    # Before calibration: a sharp one lifts every film of these curves to the ceiling, whatever is shown of it.
    uncalibrated = Calibration(temperature=1.0)
    changed = {"deletion": occlusion.deleted, "insertion": occlusion.inserted}
    found = {}
    for curve in CURVES:
        for name, order in orders.items():
            places = round(order.size**0.5)
            films = changed[curve](film, order, places=places, steps=_STEPS)
            found[curve, name] = uncalibrated.probability(predictor.predict(films).logit)
    return found


def _explained(manifest: Manifest, seen: list[_Seen]) -> ExplainedFilms:
    rows = [each.row for each in seen]
    names = film_names(manifest)
    nothing = np.full(_STEPS, np.nan)
    return ExplainedFilms(
        films=ScoredFilms(
            name=tuple(names[row] for row in rows),
            diseased=manifest.diseased[rows],
            probability=np.array([each.outcome.probability for each in seen]),
            logit=np.array([each.outcome.logit for each in seen]),
            patient=tuple(str(manifest.films[row].patient) for row in rows),
            series=tuple(str(manifest.films[row].series) for row in rows),
        ),
        flagged=np.array([each.outcome.flagged for each in seen]),
        found=np.array([each.found for each in seen]),
        heat_map=np.stack([each.heat_map for each in seen]),
        lungs=np.mean([each.lungs for each in seen], axis=0, dtype=np.float32),
        answers={
            name: np.array([each.answers.get(name, np.nan) for each in seen], np.float64) for name in MEASURES
        },
        curves={
            (curve, order): np.stack([each.curves.get((curve, order), nothing) for each in seen])
            for curve in CURVES
            for order in ORDERS
        },
    )
