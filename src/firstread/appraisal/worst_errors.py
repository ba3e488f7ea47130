"""The films that were told wrong by far, with their heat maps: what a reader looks at first."""

import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from firstread.config import Config
from firstread.evaluation.scored_films import ScoredFilms
from firstread.inference import explain
from firstread.inference.predictor import Predictor
from firstread.records import Scored
from firstread.reporting.account import WorstError
from firstread.screening import Screened, screen

__all__ = ["worst_errors", "worst_rows"]

_OF_EACH_KIND = 6
_SIDE = 320
_JPEG_QUALITY = 82


def worst_rows(films: ScoredFilms, threshold: float, *, most: int = _OF_EACH_KIND) -> list[int]:
    """Return the rows of the worst errors: missed films from the lowest probability up, then falsely flagged ones.

    Args:
        films: With their scores.
        threshold: A film is flagged when its probability reaches this.
        most: Of each kind.
    """
    flagged = films.probability >= threshold
    missed = np.flatnonzero(films.diseased & ~flagged)
    false_flags = np.flatnonzero(~films.diseased & flagged)
    # By logit: among films of probability 1.0000 it still tells which is worse.
    missed = missed[np.argsort(films.logit[missed], kind="stable")]
    false_flags = false_flags[np.argsort(-films.logit[false_flags], kind="stable")]
    return [int(row) for row in (*missed[:most], *false_flags[:most])]


def worst_errors(
    films: ScoredFilms,
    paths: Mapping[str, Path],
    predictor: Predictor,
    *,
    threshold: float,
    config: Config,
) -> tuple[WorstError, ...]:
    """Return the worst errors with their pictures, read once more in the way of triage.

    Args:
        films: With their scores.
        paths: File of each film, by its name.
        predictor: The bundle that scored them.
        threshold: A film is flagged when its probability reaches this.
        config: Limits, workers and batch size.
    """
    rows = worst_rows(films, threshold)
    screened = screen([paths[films.name[row]] for row in rows], predictor, config=config, pictures=True)
    n_missed = sum(bool(films.diseased[row]) for row in rows)
    labels = [
        f"missed {number}" if number <= n_missed else f"falsely flagged {number - n_missed}"
        for number in range(1, len(rows) + 1)
    ]
    return tuple(
        _error(films, row, label, one) for row, label, one in zip(rows, labels, screened, strict=True)
    )


def _error(films: ScoredFilms, row: int, label: str, screened: Screened) -> WorstError:
    outcome, picture = screened.outcome, screened.picture
    film = heat_map = None
    if picture is not None:
        film = _jpeg(picture.film)
        if picture.heat_map is not None:
            heat_map = _jpeg(explain.overlay(picture.film, picture.heat_map))
    return WorstError(
        label=label,
        diseased=bool(films.diseased[row]),
        probability=float(films.probability[row]),
        series=films.series[row],
        warnings=outcome.warnings,
        name=films.name[row],
        shape=(outcome.facts.width, outcome.facts.height) if isinstance(outcome, Scored) else (1, 1),
        film=film,
        heat_map=heat_map,
    )


def _jpeg(pixels: npt.NDArray[np.uint8]) -> bytes:
    from PIL import Image

    data = io.BytesIO()
    picture = Image.fromarray(pixels)
    picture.thumbnail((_SIDE, _SIDE))
    picture.save(data, "JPEG", quality=_JPEG_QUALITY)
    return data.getvalue()
