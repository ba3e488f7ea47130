from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from firstread.evaluation.calibration import Calibration
from firstread.evaluation.clustered_bootstrap import Resamples
from firstread.evaluation.operating_point import OperatingPoint
from firstread.evaluation.scored_films import ScoredFilms
from firstread.learning import cues

DISEASED = np.arange(40) % 2 == 0


@pytest.fixture
def films() -> npt.NDArray[np.uint8]:
    """Diseased films are bright in the middle; all have a mid-grey rim."""
    films = np.full((40, 64, 64), 120, np.uint8)
    films[DISEASED, 24:40, 24:40] = 220
    return films


def measured(films: npt.NDArray[np.uint8], score: cues.Score) -> dict[str, dict[str, Any]]:
    return cues.measure(
        score,
        lambda rows: films[rows],
        DISEASED,
        patient=[str(number // 2) for number in range(40)],
        calibration=Calibration(1.0),
        point=OperatingPoint("screening", 0.5, 0.95, 0.9, 20, 20),
        rng=np.random.default_rng(3),
        repeats=200,
    )


def test_a_score_of_the_middle_alone_is_moved_by_no_rim(films: npt.NDArray[np.uint8]) -> None:
    found = measured(films, lambda some: some[:, 30:34, 30:34].mean(axis=(1, 2)) / 32 - 5)

    assert pytest.approx(0, abs=1e-6) == found["black rim of 5 %"]["worst_change"]
    assert 1.0 == found["JPEG quality 40"]["auroc"]["estimate"]


def test_a_score_that_reads_the_rim_is_found_out(films: npt.NDArray[np.uint8]) -> None:
    found = measured(films, lambda some: some[:, :2].mean(axis=(1, 2)) / 32 - 4)

    white = found["white rim of 5 %"]
    assert white["mean_change"]["estimate"] > 0.4
    assert 0.5 == white["auroc"]["estimate"]
    assert (1.0, 0.0) == tuple(white[name]["estimate"] for name in ("sensitivity", "specificity"))


def test_movement_is_that_of_the_films_with_limits_by_patient() -> None:
    """Twenty patients of two films that move alike; the oracle is numpy on resamples written out."""
    moved = np.repeat(np.random.default_rng(1).uniform(size=20), 2)
    films = ScoredFilms(
        name=tuple(map(str, range(40))),
        diseased=DISEASED,
        probability=moved,
        logit=moved,
        patient=tuple(str(number // 2) for number in range(40)),
        series=("all",) * 40,
    )
    resamples = Resamples.draw(films, rng=np.random.default_rng(2), repeats=300)

    found = cues._movement(moved, resamples)

    drawn = [np.repeat(moved, times[films.patient_row]) for times in resamples.times]
    for name, statistic in (
        ("mean_change", np.mean),
        ("p95_change", lambda some: np.quantile(some, 0.95, method="inverted_cdf")),
    ):
        values = [float(statistic(some)) for some in drawn]
        expected = (values[0], *np.quantile(values[1:], [0.025, 0.975]))
        assert expected == pytest.approx(tuple(found[name][key] for key in ("estimate", "low", "high")))
    assert moved.max() == found["worst_change"]


def test_every_change_is_measured_and_changes_something(films: npt.NDArray[np.uint8]) -> None:
    seen: list[npt.NDArray[np.uint8]] = []

    def score(some: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
        seen.append(some)
        return np.asarray(some.mean(axis=(1, 2)) / 32 - 4, np.float64)

    films = films + np.random.default_rng(1).integers(0, 30, films.shape, dtype=np.uint8)
    found = measured(films, score)

    assert set(cues.CHANGES) == set(found)
    per_change = len(seen) // (len(cues.CHANGES) + 1)
    for index in range(1, len(cues.CHANGES) + 1):
        assert (seen[index * per_change] != seen[0]).any()
