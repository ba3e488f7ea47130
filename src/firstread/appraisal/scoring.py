"""The films of a manifest get their scores in the way of triage, beside what is held to be true of them."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np

from firstread.config import Config
from firstread.data.manifest import Film, Manifest
from firstread.errors import DataError
from firstread.evaluation.scored_films import ScoredFilms
from firstread.inference.predictor import Predictor
from firstread.records import NotScored, Scored
from firstread.screening import screen

__all__ = ["film_names", "score_films"]


def score_films(
    manifest: Manifest,
    predictor: Predictor,
    *,
    config: Config,
    on_progress: Callable[[], None] = lambda: None,
) -> tuple[ScoredFilms, tuple[NotScored, ...]]:
    """Return what a bundle says of the films, and the films it says nothing of.

    Args:
        manifest: The films, with their reference standard.
        predictor: The bundle, ready to answer.
        config: Limits, workers and batch size.
        on_progress: Called once a film.

    Returns:
        The scored films in the manifest's order, named by `film_names`; and the others with their reasons.

    Raises:
        DataError: If there is no film, or none could be scored.
    """
    if not len(manifest):
        raise DataError("There must be films to score; received none.")
    found: list[tuple[str, Film, Scored]] = []
    not_scored: list[NotScored] = []
    screened = screen(manifest.paths, predictor, config=config)
    for name, film, one in zip(film_names(manifest), manifest.films, screened, strict=True):
        if isinstance(one.outcome, Scored):
            found.append((name, film, one.outcome))
        else:
            not_scored.append(one.outcome)
        on_progress()
    if not found:
        raise DataError(
            f"{not_scored[0].path.parent}: some film must be fit to be scored; none of {len(not_scored)} was. "
            f"The first, {not_scored[0].path.name}: {not_scored[0].reason.message}"
        )
    return _scored_films(manifest, found), tuple(not_scored)


def film_names(manifest: Manifest) -> tuple[str, ...]:
    """Return each film's path from the folder that all of them lie in: unique, and the same on any machine."""
    folder = Path(os.path.commonpath([path.parent for path in manifest.paths]))
    return tuple(path.relative_to(folder).as_posix() for path in manifest.paths)


def _scored_films(manifest: Manifest, found: list[tuple[str, Film, Scored]]) -> ScoredFilms:
    diseased = dict(zip(manifest.paths, manifest.diseased, strict=True))
    return ScoredFilms(
        name=tuple(name for name, _, _ in found),
        diseased=np.array([diseased[film.path] for _, film, _ in found], np.bool_),
        probability=np.array([outcome.probability for _, _, outcome in found], np.float64),
        logit=np.array([outcome.logit for _, _, outcome in found], np.float64),
        patient=tuple(str(film.patient) for _, film, _ in found),
        series=tuple(str(film.series) for _, film, _ in found),
    )
