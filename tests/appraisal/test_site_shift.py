"""Films without labels say how far they are from the tuning films, and no more."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from firstread.appraisal.site_shift import CANNOT_SAY, survey
from firstread.config import Config
from firstread.errors import UndefinedMetricError
from firstread.evaluation.calibration import Calibration
from firstread.evaluation.intervals import Interval, NotDefined
from firstread.evaluation.score_shift import ScoreShift
from firstread.evaluation.tuning_scores import TuningScores
from firstread.inference import bundle as bundles
from firstread.inference.bundle import Bundle, BundleParts

Write = Callable[[Path, int], Path]


def logit(grey: float) -> float:
    return 12 * (grey / 255 - 0.5)


@pytest.fixture
def paths(tmp_path: Path, grey_film: Write) -> list[Path]:
    """Return 15 dark films, 10 bright ones and a file that is none."""
    films = [grey_film(tmp_path / f"{row}.png", 60 + row if row < 15 else 160 + row) for row in range(25)]
    (tmp_path / "note.txt").write_text("no film")
    return [*films, tmp_path / "note.txt"]


@pytest.fixture
def known(tiny_parts: BundleParts, tmp_path: Path) -> Bundle:
    """Return a bundle tuned on as many dark as bright films."""
    scores = TuningScores(
        np.array([logit(grey) for grey in range(165, 195)], np.float32),
        np.array([logit(grey) for grey in range(55, 85)], np.float32),
    )
    parts = replace(tiny_parts, tuning_scores=scores, calibration=Calibration(1.25, 0.0, 0.5))
    return bundles.save(tmp_path / "known", parts)


def test_the_report_counts_what_is_there(paths: list[Path], known: Bundle, settings: Config) -> None:
    found = survey(known, paths, config=settings, rng=np.random.default_rng(1), repeats=40)

    assert (26, 25, {"not_an_image": 1}) == (found.n_films, found.n_scored, found.refused)
    assert 0.4 == found.flagged["screening"].estimate
    assert isinstance(found.scores, ScoreShift)
    assert isinstance(found.prevalence.from_flagged, Interval)
    assert 0.4 == pytest.approx(found.prevalence.from_flagged.estimate)
    assert isinstance(found.prevalence.most_likely, Interval)
    assert 0.4 == pytest.approx(found.prevalence.most_likely.estimate, abs=0.03)
    assert 0.5 == found.reference_prevalence


def test_the_report_says_what_it_cannot_say(paths: list[Path], known: Bundle, settings: Config) -> None:
    found = survey(known, paths, config=settings, rng=np.random.default_rng(1), repeats=10).as_dict()

    assert list(CANNOT_SAY) == json.loads(json.dumps(found, allow_nan=False))["cannot_say"]


def test_a_bundle_of_an_older_release_says_less_and_why(
    paths: list[Path], tiny_parts: BundleParts, settings: Config, tmp_path: Path
) -> None:
    old = bundles.save(tmp_path / "old", replace(tiny_parts, shift=None))

    found = survey(old, paths, config=settings, rng=np.random.default_rng(1), repeats=10)

    assert isinstance(found.unusual, NotDefined)
    assert "no shift reference" in found.unusual.reason
    assert isinstance(found.scores, NotDefined)
    assert isinstance(found.prevalence.most_likely, NotDefined)


def test_too_few_films_are_not_compared(paths: list[Path], known: Bundle, settings: Config) -> None:
    with pytest.raises(UndefinedMetricError, match="20 films that can be scored at least; received 19 of 19"):
        survey(known, paths[:19], config=settings, rng=np.random.default_rng(1))
