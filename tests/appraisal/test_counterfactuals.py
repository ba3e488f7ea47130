import numpy as np
import numpy.typing as npt
import pytest

from firstread.appraisal.counterfactuals import CHANGES, counterfactuals
from firstread.evaluation.clustered_bootstrap import Resamples
from firstread.evaluation.intervals import Figure, Interval
from firstread.evaluation.scored_films import ScoredFilms
from firstread.imaging.harmless_changes import Change


def films(probability: npt.NDArray[np.float64]) -> ScoredFilms:
    n = probability.size
    return ScoredFilms(
        name=tuple(f"film {row}" for row in range(n)),
        diseased=np.arange(n) >= n // 2,
        probability=probability,
        logit=np.log(probability / (1 - probability)),
        patient=tuple(map(str, range(n))),
        series=("all",) * n,
    )


def estimate(figure: Figure) -> float:
    assert isinstance(figure, Interval)
    return figure.estimate


def test_a_change_is_described_by_hand_counted_figures() -> None:
    """Ten films; the third moves by 0.5 and becomes flagged, all others by 0.01 downwards."""
    before = films(np.array([0.1, 0.2, 0.3, 0.15, 0.25, 0.7, 0.8, 0.9, 0.75, 0.85]))
    after = before.probability - 0.01
    after[2] = 0.8
    resamples = Resamples.draw(before, rng=np.random.default_rng(1), repeats=100)

    def score(_change: Change) -> ScoredFilms:
        return films(after)

    (row,) = counterfactuals(
        before, score, threshold=0.5, resamples=resamples, changes={"shaken": CHANGES["mirrored"]}
    )

    assert "shaken" == row.change
    assert (0.5 + 9 * 0.01) / 10 == pytest.approx(estimate(row.mean_change))
    assert 0.5 == pytest.approx(row.worst_change)
    assert "film 2" == row.worst_film
    assert 0.5 == pytest.approx(estimate(row.p95_change))
    assert 0.1 == pytest.approx(estimate(row.crossed))
    assert -0.01 == pytest.approx(estimate(row.lift_diseased))
    assert (0.5 - 4 * 0.01) / 5 == pytest.approx(estimate(row.lift_non_diseased))
    assert (1.0, 0.8) == (estimate(row.judged.sensitivity), estimate(row.judged.specificity))
    assert 22 / 25 == pytest.approx(estimate(row.judged.auroc))  # 0.79 and 0.69, 0.74 lie below the moved 0.8
