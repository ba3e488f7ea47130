"""Films that count several times give the numbers that scikit-learn gives them."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score, roc_curve

from firstread.evaluation.clustered_bootstrap import Resamples
from firstread.evaluation.intervals import NotDefined, wilson
from firstread.evaluation.ranked_films import RankedFilms, auroc_figure
from firstread.evaluation.scored_films import ScoredFilms

Maker = Callable[..., ScoredFilms]


def weighted(decimals: int) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return 200 films and how often each counts in 20 resamples; few decimals mean many equal scores."""
    rng = np.random.default_rng(decimals)
    diseased = rng.random(200) < 0.7
    score = (rng.normal(size=200) + diseased).round(decimals)
    return diseased, score, rng.integers(0, 4, (20, 200)).astype(np.float64)


@pytest.mark.parametrize("decimals", [0, 1, 12])
def test_auroc_is_that_of_scikit_learn(decimals: int) -> None:
    diseased, score, times = weighted(decimals)
    ranked = RankedFilms.of(diseased, score, np.arange(200))

    expected = [roc_auc_score(diseased, score, sample_weight=row) for row in times]

    assert expected == pytest.approx(ranked.auroc(times[:, ranked.order]), rel=1e-12)


@pytest.mark.parametrize("decimals", [0, 1, 12])
def test_average_precision_is_that_of_scikit_learn(decimals: int) -> None:
    diseased, score, times = weighted(decimals)
    ranked = RankedFilms.of(diseased, score, np.arange(200))

    expected = [average_precision_score(diseased, score, sample_weight=row) for row in times]

    assert expected == pytest.approx(ranked.auprc(times[:, ranked.order]), rel=1e-12)


@pytest.mark.parametrize("decimals", [0, 1, 12])
def test_the_roc_curve_goes_through_that_of_scikit_learn(decimals: int) -> None:
    """Where the curve is upright the sensitivity is the best one can have there."""
    diseased, score, times = weighted(decimals)
    ranked = RankedFilms.of(diseased, score, np.arange(200))
    for row in times:
        across, up, _ = roc_curve(diseased, score, sample_weight=row, drop_intermediate=False)
        corners = np.unique(across)
        highest = [up[across == corner].max() for corner in corners]

        # A rounding error to the left of an upright piece is its foot.
        heights = ranked.sensitivity_at(
            row[np.newaxis, ranked.order], false_positive_fraction=corners + 1e-12
        )[0]

        assert highest == pytest.approx(heights, abs=1e-9)


def test_only_the_films_asked_for_are_ranked() -> None:
    diseased, score, _ = weighted(1)
    films = np.flatnonzero(score > 0)
    ranked = RankedFilms.of(diseased, score, films)

    expected = roc_auc_score(diseased[films], score[films])

    assert expected == pytest.approx(ranked.auroc(np.ones((1, films.size))).item())


def test_without_a_class_there_is_no_number() -> None:
    ranked = RankedFilms.of(np.array([True, False]), np.array([2.0, 1.0]), np.arange(2))
    no_diseased = np.array([[0.0, 1.0]])

    assert np.isnan(ranked.auroc(no_diseased)).all()
    assert np.isnan(ranked.auprc(no_diseased)).all()
    assert np.isnan(ranked.sensitivity_at(no_diseased, false_positive_fraction=np.array([0.0, 1.0]))).all()


def test_films_told_apart_without_a_mistake_get_wilsons_limit_for_patients(scored_films: Maker) -> None:
    """Three diseased films of two patients above three films of three: 2 of 2 is all that is known."""
    films = scored_films([True] * 3 + [False] * 3, [6, 5, 4, 3, 2, 1], ["a", "a", "b", "c", "d", "e"])
    resamples = Resamples.draw(films, rng=np.random.default_rng(0), repeats=40)

    found = auroc_figure(RankedFilms.of(films.diseased, films.logit, np.arange(6)), resamples)

    assert wilson(2, 2) == found


def test_one_class_has_no_auroc(scored_films: Maker) -> None:
    films = scored_films([True] * 3, [3, 2, 1])
    resamples = Resamples.draw(films, rng=np.random.default_rng(0), repeats=10)

    found = auroc_figure(RankedFilms.of(films.diseased, films.logit, np.arange(3)), resamples)

    assert NotDefined("AUROC needs diseased and non-diseased films; received one class only.") == found
