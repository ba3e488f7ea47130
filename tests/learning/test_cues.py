import numpy as np
import numpy.typing as npt
import pytest

from firstread.evaluation.calibration import Calibration
from firstread.learning import cues

DISEASED = np.arange(40) % 2 == 0


@pytest.fixture
def films() -> npt.NDArray[np.uint8]:
    """Diseased films are bright in the middle; all have a mid-grey rim."""
    films = np.full((40, 64, 64), 120, np.uint8)
    films[DISEASED, 24:40, 24:40] = 220
    return films


def measured(films: npt.NDArray[np.uint8], score: cues.Score) -> dict[str, dict[str, float]]:
    return cues.measure(
        score, lambda rows: films[rows], DISEASED, calibration=Calibration(1.0), threshold=0.5
    )


def test_a_score_of_the_middle_alone_is_moved_by_no_rim(films: npt.NDArray[np.uint8]) -> None:
    found = measured(films, lambda some: some[:, 30:34, 30:34].mean(axis=(1, 2)) / 32 - 5)

    assert pytest.approx(0, abs=1e-6) == found["black rim of 5 %"]["worst_change"]
    assert 1.0 == found["JPEG quality 40"]["auroc"]


def test_a_score_that_reads_the_rim_is_found_out(films: npt.NDArray[np.uint8]) -> None:
    found = measured(films, lambda some: some[:, :2].mean(axis=(1, 2)) / 32 - 4)

    assert found["white rim of 5 %"]["mean_change"] > 0.4
    assert 0.5 == found["white rim of 5 %"]["auroc"]
    assert (1.0, 0.0) == tuple(found["white rim of 5 %"][name] for name in ("sensitivity", "specificity"))


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
