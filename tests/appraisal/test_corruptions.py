import numpy as np
import pytest

from firstread.appraisal.corruptions import STRENGTHS, corruptions
from firstread.appraisal.judged import judge
from firstread.evaluation.clustered_bootstrap import Resamples
from firstread.evaluation.intervals import Interval
from firstread.evaluation.scored_films import ScoredFilms
from firstread.imaging.harmless_changes import Change

RNG = np.random.default_rng(3)
BASE = RNG.integers(60, 160, (40, 32, 32)).astype(np.uint8)
PICTURES = [(film + 30 * (row % 2)).astype(np.uint8) for row, film in enumerate(BASE)]
DISEASED = np.arange(40) % 2 == 1


def score(change: Change | None) -> ScoredFilms:
    """Score by mean grey level: the diseased films are brighter by 30."""
    means = np.array([(film if change is None else change(film)).mean() for film in PICTURES])
    logit = (means - 125) / 10
    return ScoredFilms(
        name=tuple(map(str, range(40))),
        diseased=DISEASED,
        probability=1 / (1 + np.exp(-logit)),
        logit=logit,
        patient=tuple(map(str, range(40))),
        series=("all",) * 40,
    )


def test_each_kind_has_a_curve_from_the_film_as_it_is_to_severity_five() -> None:
    unchanged = score(None)
    resamples = Resamples.draw(unchanged, rng=np.random.default_rng(4), repeats=50)
    before = judge(unchanged, resamples, threshold=0.5)

    rows = corruptions(before, score, threshold=0.5, resamples=resamples, seed=1)

    assert [(kind, severity) for kind in STRENGTHS for severity in range(6)] == [
        (row.kind, row.severity) for row in rows
    ]
    assert all(row.judged is before for row in rows if row.severity == 0)
    by_place = {(row.kind, row.severity): row.judged for row in rows}
    blurred, brighter = by_place["blur", 5], by_place["brightness", 5]
    assert isinstance(blurred.accuracy, Interval)
    assert isinstance(brighter.accuracy, Interval)
    assert isinstance(brighter.auroc, Interval)
    assert 1.0 == blurred.accuracy.estimate  # a mean does not see blur
    assert 0.5 == pytest.approx(brighter.accuracy.estimate)  # every film lies above the threshold
    assert 1.0 == brighter.auroc.estimate  # and their order is what it was


def test_the_same_seed_gives_the_same_noise() -> None:
    unchanged = score(None)
    resamples = Resamples.draw(unchanged, rng=np.random.default_rng(4), repeats=50)
    before = judge(unchanged, resamples, threshold=0.5)

    one, other = (corruptions(before, score, threshold=0.5, resamples=resamples, seed=1) for _ in range(2))

    assert one == other
