import io
from pathlib import Path

import numpy as np
from PIL import Image

from firstread.appraisal.scoring import film_names, score_films
from firstread.appraisal.worst_errors import worst_errors, worst_rows
from firstread.config import Config
from firstread.data import sources
from firstread.evaluation.scored_films import ScoredFilms
from firstread.inference.predictor import Predictor


def films(logit: list[float], diseased: list[bool]) -> ScoredFilms:
    n = len(logit)
    names = tuple(f"film {row}" for row in range(n))
    probability = 1 / (1 + np.exp(-np.array(logit)))
    return ScoredFilms(names, np.array(diseased), probability, np.array(logit), names, ("all",) * n)


def test_missed_films_come_first_the_surest_mistake_at_the_top() -> None:
    """Threshold 0.5 is logit 0: rows 1 and 3 are missed, rows 4 and 5 falsely flagged, rows 0 and 2 right."""
    scored = films([2, -1, -3, -4, 1, 5], [True, True, False, True, False, False])

    assert [3, 1, 5, 4] == worst_rows(scored, 0.5)
    assert [3, 5] == worst_rows(scored, 0.5, most=1)


def test_no_error_gives_none() -> None:
    assert [] == worst_rows(films([2, -2], [True, False]), 0.5)


def test_an_error_is_shown_with_its_heat_map(
    kaggle_folder: Path, predictor: Predictor, settings: Config
) -> None:
    """At a threshold of nearly 1 every pneumonia is missed, the darkest film first."""
    manifest = sources.read(kaggle_folder / "train")
    scored, _ = score_films(manifest, predictor, config=settings)
    paths = dict(zip(film_names(manifest), manifest.paths, strict=True))

    errors = worst_errors(scored, paths, predictor, threshold=0.999, config=settings)

    assert [f"missed {number}" for number in range(1, 7)] == [error.label for error in errors]
    assert "PNEUMONIA/person3000_virus_1.png" == errors[0].name
    assert ("virus", True, (256, 256)) == (errors[0].series, errors[0].diseased, errors[0].shape)
    for picture in (errors[0].film, errors[0].heat_map):
        with Image.open(io.BytesIO(picture or b"")) as shown:
            assert (224, 224) == shown.size
