"""Patients drawn once for all figures give each figure the interval that it would have had alone."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from scipy.stats import bootstrap, norm
from sklearn.metrics import average_precision_score, brier_score_loss

from firstread.errors import UndefinedMetricError
from firstread.evaluation.assessed_point import AssessedPoint
from firstread.evaluation.assessment import Assessment, assess
from firstread.evaluation.clustered_bootstrap import Resamples
from firstread.evaluation.discrimination import auroc
from firstread.evaluation.intervals import Interval, NotDefined, wilson, wilson_limits
from firstread.evaluation.operating_point import OperatingPoint
from firstread.evaluation.scored_films import ScoredFilms

Maker = Callable[..., ScoredFilms]
POINT = OperatingPoint("screening", 0.5, 0.95, 0.9, 100, 100)


Statistic = Callable[[npt.NDArray[np.bool_], npt.NDArray[np.float64]], float]


@pytest.fixture
def slow_loop(slow_bootstrap: Callable[..., Interval]) -> Callable[[Statistic, ScoredFilms], Interval]:
    return lambda statistic, films: slow_bootstrap(
        statistic,
        films.diseased,
        films.probability,
        films.patient,
        rng=np.random.default_rng(5),
        repeats=60,
    )


def slope(diseased: npt.NDArray[np.bool_], probability: npt.NDArray[np.float64]) -> float:
    from sklearn.linear_model import LogisticRegression

    stated = np.log(probability / (1 - probability))[:, np.newaxis]
    fit = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-10).fit(stated, diseased)
    return float(fit.coef_.item())


@pytest.mark.parametrize(
    ("statistic", "figure"),
    [
        (auroc, lambda found: found.auroc),
        (average_precision_score, lambda found: found.auprc),
        (brier_score_loss, lambda found: found.brier),
        (slope, lambda found: found.calibration_slope),
    ],
    ids=["auroc", "auprc", "brier", "slope"],
)
def test_every_figure_is_that_of_the_slow_loop_with_the_same_draws(
    clustered_films: ScoredFilms,
    slow_loop: Callable[[Statistic, ScoredFilms], Interval],
    statistic: Statistic,
    figure: Callable[[Assessment], Interval],
) -> None:
    """The loop repeats the films of each resample and asks scikit-learn, one resample after the other."""
    expected = slow_loop(statistic, clustered_films)

    found = figure(assess(clustered_films, points={}, rng=np.random.default_rng(5), repeats=60))

    assert (expected.estimate, expected.low, expected.high) == pytest.approx(
        (found.estimate, found.low, found.high), rel=1e-6
    )


@pytest.mark.parametrize(
    ("asked_and_right", "figure"),
    [
        (lambda truth, flagged: (truth, flagged), lambda point: point.sensitivity),
        (lambda truth, flagged: (~truth, ~flagged), lambda point: point.specificity),
        (lambda truth, flagged: (flagged, truth), lambda point: point.ppv),
        (lambda truth, flagged: (truth | ~truth, flagged == truth), lambda point: point.accuracy),
    ],
    ids=["sensitivity", "specificity", "ppv", "accuracy"],
)
def test_a_fraction_varies_as_in_the_slow_loop(
    clustered_films: ScoredFilms,
    slow_loop: Callable[[Statistic, ScoredFilms], Interval],
    asked_and_right: Callable[..., tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]],
    figure: Callable[[AssessedPoint], Interval],
) -> None:
    """The loop's values and four more patients say how alike films are, that what films are worth, Wilson the rest."""
    values: list[float] = []

    def recorded(truth: npt.NDArray[np.bool_], stated: npt.NDArray[np.float64]) -> float:
        asked, right = asked_and_right(truth, stated >= 0.5)
        values.append(float(right[asked].mean()))
        return values[-1]

    slow_loop(recorded, clustered_films)
    share = values[0]
    asked, right = asked_and_right(clustered_films.diseased, clustered_films.probability >= 0.5)
    owners = np.array(clustered_films.patient)
    wrong, patients, n = len(set(owners[asked & ~right])), len(set(owners[asked])), int(asked.sum())
    shown = max(1.0, float(np.var(values[1:], ddof=1)) * n / (share * (1 - share)))
    expected = wilson_limits(share, n * (wrong + 4) / (wrong * shown + 4 * n / patients))

    account = assess(clustered_films, points={"screening": POINT}, rng=np.random.default_rng(5), repeats=60)

    found = figure(account.points[0])
    assert share > 0.5
    assert (share, *expected) == pytest.approx((found.estimate, found.low, found.high), rel=1e-9)


@pytest.mark.parametrize("films_of_each", [1, 3])
def test_a_mistake_never_looks_better_than_none(scored_films: Maker, films_of_each: int) -> None:
    """840 of 840 right and 839 of 840: the resamples of the first vary by nothing, which must not count against it."""
    patient = np.repeat(range(840 // films_of_each), films_of_each)
    films = scored_films([True] * 840, range(840), patient)
    resamples = Resamples.draw(films, rng=np.random.default_rng(1), repeats=400)

    limits = [
        resamples.proportion(np.arange(840) >= wrong, films.diseased, undefined="") for wrong in range(12)
    ]

    lows = [figure.low for figure in limits if isinstance(figure, Interval)]
    assert 12 == len(lows)
    assert sorted(lows, reverse=True) == lows


def test_alike_films_of_a_patient_are_worth_one(scored_films: Maker) -> None:
    """Nine equal films a patient: Wilson's limits of 60 of 100 patients, not of 540 of 900 films."""
    logit = np.repeat(np.where(np.arange(100) < 60, 1.0, -1.0), 9)
    films = scored_films([True] * 900, logit, np.repeat(range(100), 9))
    resamples = Resamples.draw(films, rng=np.random.default_rng(1), repeats=4000)

    found = resamples.proportion(films.logit > 0, films.diseased, undefined="")

    assert isinstance(found, Interval)
    assert (wilson(60, 100).low, wilson(60, 100).high) == pytest.approx((found.low, found.high), abs=0.004)


def test_the_lower_limit_of_a_high_sensitivity_does_not_flatter(scored_films: Maker) -> None:
    """In 300 simulated rooms with a true sensitivity of .98, the truth is below the limit about 2.5 times of 100."""
    rng = np.random.default_rng(0)
    flattering = 0
    for _ in range(300):
        patient = np.repeat(np.arange(120), np.minimum(rng.geometric(0.43, 120), 9))
        found = rng.random(patient.size) < rng.beta(3 * 0.98, 3 * 0.02, 120)[patient]
        films = scored_films([True] * patient.size, np.where(found, 1.0, -1.0), patient)
        figure = Resamples.draw(films, rng=rng, repeats=100).proportion(found, films.diseased, undefined="")
        flattering += isinstance(figure, Interval) and figure.low > 0.98

    assert flattering <= 15  # the percentile interval: about 30


def test_patients_are_added_up_with_all_their_films(scored_films: Maker) -> None:
    films = scored_films([True, False, True], [0, 0, 0], ["a", "b", "a"])
    resamples = Resamples(np.array([[1, 1], [2, 0], [0, 2]], np.uint16), films.patient_row, 0, 0.95)

    assert [111, 202, 20] == resamples.sums([1, 10, 100]).tolist()
    assert [[2, 1], [4, 0], [0, 2]] == resamples.sums(
        np.column_stack([films.diseased, ~films.diseased])
    ).tolist()


def test_a_statistic_sees_how_often_each_film_counts_in_the_order_it_asked_for(scored_films: Maker) -> None:
    films = scored_films([True, False, True], [0, 0, 0], ["a", "b", "a"])
    resamples = Resamples(np.array([[1, 1], [2, 0]], np.uint16), films.patient_row, 0, 0.95)

    assert [[1, 1], [0, 2]] == resamples.each(lambda times: times, np.array([1, 2])).tolist()


def test_the_first_row_is_the_films_as_they_are(clustered_films: ScoredFilms) -> None:
    resamples = Resamples.draw(clustered_films, rng=np.random.default_rng(0), repeats=30)

    assert (resamples.times[0] == 1).all()
    assert (resamples.times.sum(axis=1) == clustered_films.n_patients).all()


def test_a_resample_without_a_class_is_drawn_again_and_counted(scored_films: Maker) -> None:
    """Of six patients one is diseased: (5/6)^6 = 1/3 of the draws miss that one."""
    films = scored_films([True] + [False] * 5, range(6))

    resamples = Resamples.draw(films, rng=np.random.default_rng(2), repeats=600)

    assert 300 == pytest.approx(resamples.redrawn, abs=60)
    assert (resamples.sums(films.diseased) > 0).all()


def test_films_of_one_class_are_not_drawn_again(scored_films: Maker) -> None:
    films = scored_films([True] * 5, range(5))

    assert 0 == Resamples.draw(films, rng=np.random.default_rng(0), repeats=50).redrawn


def test_a_resample_without_the_number_is_left_out_and_counted(scored_films: Maker) -> None:
    """One film of six is flagged; a third of the resamples have no PPV."""
    films = scored_films([True, False] * 3, range(6))
    flagged = films.logit > 4.5
    resamples = Resamples.draw(films, rng=np.random.default_rng(2), repeats=900)

    values = resamples.sums(films.logit * flagged) / np.where(
        resamples.sums(flagged) > 0, resamples.sums(flagged), np.nan
    )
    figure = resamples.figure(values, undefined="")

    assert isinstance(figure, Interval)
    assert 300 == pytest.approx(figure.redrawn - resamples.redrawn, abs=60)


def test_a_number_that_few_resamples_have_is_not_defined(scored_films: Maker) -> None:
    films = scored_films([True, False, True], range(3))
    resamples = Resamples.draw(films, rng=np.random.default_rng(2), repeats=4)

    assert NotDefined("None flagged.") == resamples.figure(
        np.array([np.nan, 1, 1, 1, 1]), undefined="None flagged."
    )
    assert NotDefined("None flagged. So it is on 3 of 4 resamples of the patients.") == resamples.figure(
        np.array([1, 1, np.nan, np.nan, np.nan]), undefined="None flagged."
    )


def test_none_missed_is_wilson_with_each_patient_counted_once(scored_films: Maker) -> None:
    """Ten films of three patients: every resample says 10 of 10, which three patients cannot promise."""
    films = scored_films([True] * 10 + [False] * 4, [2.0] * 14, [0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 4, 5, 6])
    resamples = Resamples.draw(films, rng=np.random.default_rng(0), repeats=20)

    all_found = resamples.proportion(films.logit > 0, films.diseased, undefined="")
    none_spared = resamples.proportion(films.logit < 0, ~films.diseased, undefined="")

    assert isinstance(all_found, Interval)
    assert isinstance(none_spared, Interval)
    assert wilson(3, 3).low == pytest.approx(all_found.low)
    assert wilson(0, 4).high == pytest.approx(none_spared.high)
    assert (1.0, 0.0) == (all_found.high, none_spared.low)


def test_a_fraction_of_no_films_is_not_defined(scored_films: Maker) -> None:
    films = scored_films([True] * 4, range(4))
    resamples = Resamples.draw(films, rng=np.random.default_rng(0), repeats=20)

    assert NotDefined("No healthy film.") == resamples.proportion(
        films.logit > 0, ~films.diseased, undefined="No healthy film."
    )


def test_the_interval_of_a_mean_is_the_normal_one_of_patients(scored_films: Maker) -> None:
    """Nine equal films a patient are one film: the standard error is s / √patients, not / √films."""
    of_patient = np.random.default_rng(12).normal(size=100)
    films = scored_films(np.repeat(of_patient > 0, 9), np.repeat(of_patient, 9), np.repeat(range(100), 9))
    resamples = Resamples.draw(films, rng=np.random.default_rng(3))

    figure = resamples.figure(resamples.sums(films.logit) / resamples.sums(np.ones(900)), undefined="")

    assert isinstance(figure, Interval)
    assert norm.ppf(0.975) * of_patient.std() / 10 == pytest.approx((figure.high - figure.low) / 2, rel=0.08)


def test_one_patient_has_no_interval(scored_films: Maker) -> None:
    with pytest.raises(UndefinedMetricError, match="at least two patients; received 1"):
        Resamples.draw(scored_films([True, False], [0, 1], ["a", "a"]), rng=np.random.default_rng(0))


def test_two_patients_are_too_few(scored_films: Maker) -> None:
    films = scored_films([True] + [False] * 39, range(40), ["a"] + ["b"] * 39)

    with pytest.raises(UndefinedMetricError, match="received 2 patients, 1 diseased of 40 films"):
        Resamples.draw(films, rng=np.random.default_rng(3), repeats=51)


@pytest.mark.parametrize(("repeats", "level"), [(0, 0.95), (10, 1.0), (10, 95.0)])
def test_what_is_no_interval_is_refused(clustered_films: ScoredFilms, repeats: int, level: float) -> None:
    with pytest.raises(ValueError, match=f"received {repeats}, {level}"):
        Resamples.draw(clustered_films, rng=np.random.default_rng(0), repeats=repeats, level=level)


def test_with_one_film_a_patient_it_is_the_bootstrap_of_scipy(scored_films: Maker) -> None:
    rng = np.random.default_rng(11)
    diseased = rng.random(300) < 0.6
    score = rng.normal(size=300) + diseased
    expected = bootstrap(
        (diseased, score),
        lambda truth, scores: auroc(truth > 0, scores),
        paired=True,
        vectorized=False,
        method="percentile",
        n_resamples=1000,
        rng=rng,
    ).confidence_interval
    films = scored_films(diseased, score)

    found = assess(films, points={}, rng=rng, repeats=1000).auroc

    # Each limit is a quantile of 1,000 draws, with a standard error of about 0.002 here.
    assert isinstance(found, Interval)
    assert (expected.low, expected.high) == pytest.approx((found.low, found.high), abs=0.008)
