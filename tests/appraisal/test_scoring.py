from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from firstread.appraisal import scoring
from firstread.config import Config
from firstread.data import sources
from firstread.data.manifest import Film, Manifest, PatientKey
from firstread.errors import DataError
from firstread.inference.predictor import Predictor
from firstread.screening import screen
from firstread.terms import LabelState, Refusal


def test_every_film_is_scored_as_triage_scores_it(
    kaggle_folder: Path, predictor: Predictor, settings: Config
) -> None:
    manifest = sources.read(kaggle_folder)
    done: list[None] = []

    films, not_scored = scoring.score_films(
        manifest, predictor, config=settings, on_progress=lambda: done.append(None)
    )

    triaged = [one.outcome for one in screen(manifest.paths, predictor, config=settings)]
    assert [outcome.probability for outcome in triaged] == films.probability.tolist()  # type: ignore[union-attr]  # all are scored
    assert [outcome.logit for outcome in triaged] == films.logit.tolist()  # type: ignore[union-attr]  # all are scored
    assert manifest.diseased.tolist() == films.diseased.tolist()
    assert tuple(str(patient) for patient in manifest.patients) == films.patient
    assert ("train/NORMAL/IM-2000-0001.png", "IM") == (films.name[0], films.series[0])
    assert () == not_scored
    assert len(manifest) == len(done)


def test_a_film_that_cannot_be_scored_is_listed_and_its_neighbours_keep_their_own_scores(
    kaggle_folder: Path, predictor: Predictor, settings: Config
) -> None:
    broken = kaggle_folder / "train" / "NORMAL" / "IM-2003-0001.png"
    whole, _ = scoring.score_films(sources.read(kaggle_folder), predictor, config=settings)
    broken.write_bytes(b"no film")

    films, not_scored = scoring.score_films(sources.read(kaggle_folder), predictor, config=settings)

    assert [(broken, Refusal.NOT_AN_IMAGE)] == [(one.path, one.reason.code) for one in not_scored]
    others = np.array([name != "train/NORMAL/IM-2003-0001.png" for name in whole.name])
    assert whole.select(others).name == films.name
    assert whole.select(others).logit.tolist() == films.logit.tolist()


def test_when_nothing_can_be_scored_the_first_reason_is_told(
    tmp_path: Path, predictor: Predictor, settings: Config
) -> None:
    (tmp_path / "a.png").write_bytes(b"")
    manifest = Manifest((Film(tmp_path / "a.png", PatientKey("all", 1), LabelState.PRESENT, "test"),))

    with pytest.raises(
        DataError, match=r"some film must be fit to be scored; none of 1 was\. The first, a\.png: "
    ):
        scoring.score_films(manifest, predictor, config=settings)


def test_no_film_is_an_error(predictor: Predictor, settings: Config) -> None:
    with pytest.raises(DataError, match=r"There must be films to score; received none\."):
        scoring.score_films(Manifest(()), predictor, config=settings)


def test_names_do_not_depend_on_where_the_folder_lies(
    tmp_path: Path, grey_film: Callable[[Path, int], Path]
) -> None:
    paths = [tmp_path / "site" / "a" / "1.png", tmp_path / "site" / "b" / "1.png"]
    rows = [
        Film(grey_film(path, 90), PatientKey("all", i), LabelState.PRESENT, "test")
        for i, path in enumerate(paths)
    ]

    assert ("a/1.png", "b/1.png") == scoring.film_names(Manifest(tuple(rows)))
