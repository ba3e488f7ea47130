"""The figures of many films' maps: means by hand, intervals by patient."""

import numpy as np
import numpy.typing as npt
import pytest

from firstread.errors import UndefinedMetricError
from firstread.evaluation import explained_films
from firstread.evaluation.explained_films import CURVES, MEASURES, ORDERS, ExplainedFilms, ExplanationAccount
from firstread.evaluation.intervals import Interval, NotDefined
from firstread.evaluation.scored_films import ScoredFilms

NAN = float("nan")


def explained(n: int = 8, **answers: list[float]) -> ExplainedFilms:
    """Return n films, every second diseased and flagged, two films a patient."""
    diseased = np.arange(n) % 2 == 1
    nothing = np.full((n, 4), NAN)
    nothing[diseased] = [0.9, 0.6, 0.3, 0.0]
    steeper = np.where(np.isfinite(nothing), np.array([0.9, 0.3, 0.0, 0.0]), NAN)
    return ExplainedFilms(
        films=ScoredFilms(
            name=tuple(f"{row}.png" for row in range(n)),
            diseased=diseased,
            probability=np.where(diseased, 0.9, 0.1),
            logit=np.where(diseased, 2.0, -2.0),
            patient=tuple(f"p{row // 4}-{row % 2}" for row in range(n)),
            series=tuple("virus" if ill else "IM" for ill in diseased),
        ),
        flagged=diseased,
        found=np.ones(n, np.bool_),
        heat_map=np.ones((n, 7, 7), np.float32) * diseased[:, None, None],
        lungs=np.zeros((28, 28), np.float32),
        answers={name: np.array(answers.get(name, [NAN] * n)) for name in MEASURES},
        curves={
            (curve, order): nothing if order == "random" else steeper for curve in CURVES for order in ORDERS
        },
    )


def account(films: ExplainedFilms) -> ExplanationAccount:
    return explained_films.account_of(films, rng=np.random.default_rng(0), repeats=200)


def figures(made: ExplanationAccount) -> dict[tuple[str, str], Interval | NotDefined]:
    return {(row.name, row.group): row.figure for row in made.rows}


def test_a_figure_is_the_mean_of_the_films_that_have_it() -> None:
    made = account(explained(agreement=[0.1, 0.5, NAN, 0.9, 0.3, 0.1, NAN, NAN]))

    found = figures(made)
    ill, well = found["agreement", "diseased"], found["agreement", "non-diseased"]
    assert isinstance(ill, Interval)
    assert isinstance(well, Interval)
    assert pytest.approx([0.5, 0.2]) == [ill.estimate, well.estimate]
    assert ill.low < ill.estimate < ill.high
    (row,) = [row for row in made.rows if (row.name, row.group) == ("agreement", "diseased")]
    assert (3, 2) == (row.n_films, row.n_patients)


def test_one_patient_has_no_interval() -> None:
    found = figures(account(explained(overlap=[NAN, 0.2, NAN, 0.4, NAN, NAN, NAN, NAN])))

    assert NotDefined("An interval needs at least two patients; received 1.") == found["overlap", "diseased"]


def test_what_nobody_was_asked_is_left_out() -> None:
    assert ("in_lungs", "diseased") not in figures(account(explained()))


def test_areas_and_gains_are_those_of_the_hand_count() -> None:
    found = figures(account(explained()))

    # Trapezoids of width 1/3: (0.45 + 0.6 + 0.3 + 0) / 3 and (0.45 + 0.3) / 3.
    expected: npt.NDArray[np.float64] = np.array([0.45, 0.25, 0.2, -0.2])
    names = (
        "deletion_area_random",
        "deletion_area_heat_map",
        "deletion_gain_heat_map",
        "insertion_gain_occlusion",
    )
    estimates = [figure.estimate for name in names if isinstance(figure := found[name, "flagged"], Interval)]
    np.testing.assert_allclose(expected, estimates)


def test_curves_are_means_over_the_films_that_have_one() -> None:
    band = account(explained()).curves["deletion", "random"]

    np.testing.assert_allclose([0.9, 0.6, 0.3, 0.0], band.mean)
    assert (band.low <= band.mean).all()


def test_each_series_is_a_group_where_there_are_several() -> None:
    assert {"diseased", "non-diseased", "flagged", "virus", "IM"} == set(explained().groups)


def test_a_column_of_another_length_is_refused() -> None:
    with pytest.raises(UndefinedMetricError, match=r"must have 8 films; received \{'agreement': 1\}"):
        explained(agreement=[0.1])
