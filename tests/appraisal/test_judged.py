import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from firstread.appraisal.judged import judge, mean, quantile
from firstread.evaluation.clustered_bootstrap import Resamples
from firstread.evaluation.intervals import Interval, NotDefined
from firstread.evaluation.scored_films import ScoredFilms


def films(n: int = 60, *, seed: int = 4) -> ScoredFilms:
    rng = np.random.default_rng(seed)
    diseased = np.arange(n) % 3 > 0
    logit = rng.normal(size=n) + diseased
    return ScoredFilms(
        name=tuple(map(str, range(n))),
        diseased=diseased,
        probability=1 / (1 + np.exp(-logit)),
        logit=logit,
        patient=tuple(str(row // 2) for row in range(n)),
        series=("all",) * n,
    )


def resamples(of: ScoredFilms) -> Resamples:
    return Resamples.draw(of, rng=np.random.default_rng(5), repeats=200)


def test_figures_are_those_of_a_count_by_hand_and_of_scikit_learn() -> None:
    some = films()
    flagged, told = some.probability >= 0.4, some.probability >= 0.5

    judged = judge(some, resamples(some), threshold=0.4, even=0.5)

    assert (60, 40, 30) == (judged.n_films, judged.n_diseased, judged.n_patients)
    for figure, oracle in (
        (judged.auroc, roc_auc_score(some.diseased, some.logit)),
        (judged.accuracy, (told == some.diseased).mean()),
        (judged.sensitivity, flagged[some.diseased].mean()),
        (judged.specificity, (~flagged[~some.diseased]).mean()),
    ):
        assert isinstance(figure, Interval)
        assert oracle == pytest.approx(figure.estimate)
        assert figure.low < figure.estimate < figure.high


def test_a_mean_among_some_films_and_a_quantile_of_all() -> None:
    some = films()
    values = np.arange(60.0)

    average = mean(values, resamples(some), among=some.diseased)
    most = quantile(values, resamples(some), at=0.95)

    assert isinstance(average, Interval)
    assert isinstance(most, Interval)
    assert values[some.diseased].mean() == pytest.approx(average.estimate)
    assert 56 == most.estimate  # 57 of 60 films are at 0..56
    assert most.low <= 56 <= most.high


def test_a_mean_among_no_film_is_not_defined() -> None:
    some = films()

    figure = mean(np.ones(60), resamples(some), among=np.zeros(60, np.bool_))

    assert isinstance(figure, NotDefined)
