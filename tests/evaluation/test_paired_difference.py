"""Two models that part on few films."""

from collections.abc import Callable

import numpy as np
import pytest

from firstread.errors import UndefinedMetricError
from firstread.evaluation.clustered_bootstrap import Resamples
from firstread.evaluation.intervals import Interval, NotDefined, wilson
from firstread.evaluation.paired_difference import paired_difference, score_limits
from firstread.evaluation.scored_films import ScoredFilms

Maker = Callable[..., ScoredFilms]


def difference(
    films: ScoredFilms, only_first: int, only_second: int, repeats: int = 2000
) -> Interval | NotDefined:
    """Return the difference when the first films are told right by the first alone, the next by the second alone."""
    row = np.arange(len(films))
    first_wrong = (row >= only_first) & (row < only_first + only_second)
    return paired_difference(
        ~first_wrong,
        row >= only_first,
        among=films.diseased,
        resamples=Resamples.draw(films, rng=np.random.default_rng(0), repeats=repeats),
    )


@pytest.mark.parametrize(
    ("counts", "expected"),
    [((6, 16, 161), (-0.1240, -0.0054)), ((1, 7, 21), (-0.517, -0.026))],
    ids=["Cavo 2012", "Bentur 2009"],
)
def test_limits_are_those_of_worked_examples(
    counts: tuple[int, int, int], expected: tuple[float, float]
) -> None:
    """Fagerland, Lydersen and Laake, Statistical Analysis of Contingency Tables, chapter 8, and its R package."""
    assert expected == pytest.approx(score_limits(*counts), abs=6e-4 if counts[2] == 21 else 5e-5)


def test_models_that_never_part_may_do_so_on_the_next_films() -> None:
    """Tango's limit with no discordant pair is Wilson's for 0 of n, to either side."""
    reach = wilson(0, 100).high

    assert (-reach, reach) == pytest.approx(score_limits(0, 0, 100))


def test_limits_mirror_when_the_models_change_places() -> None:
    low, high = score_limits(40, 20, 160)

    assert (-high, -low) == pytest.approx(score_limits(20, 40, 160))


def test_the_largest_difference_has_one_limit() -> None:
    low, high = score_limits(5, 0, 5)

    assert 1.0 == high
    assert 0 < low < 1


def test_limits_need_a_film_and_a_level() -> None:
    with pytest.raises(UndefinedMetricError, match="at least one film; received 0"):
        score_limits(0, 0, 0)
    with pytest.raises(ValueError, match=r"level must be in \(0, 1\); received 1"):
        score_limits(1, 0, 2, level=1)


def test_single_films_of_a_patient_are_worth_themselves(scored_films: Maker) -> None:
    """Nobody has two films, so nothing makes the interval wider than Tango's for the films as counted."""
    films = scored_films([True] * 200, np.zeros(200), range(200))

    found = difference(films, 20, 10)

    assert isinstance(found, Interval)
    assert 0.05 == pytest.approx(found.estimate)
    assert score_limits(20, 10, 200) == pytest.approx((found.low, found.high), abs=2e-3)


def test_copies_of_films_tell_no_more_than_one(scored_films: Maker) -> None:
    films = scored_films([True] * 800, np.zeros(800), np.repeat(range(200), 4))

    found = difference(films, 80, 40)

    assert isinstance(found, Interval)
    assert score_limits(20, 10, 200) == pytest.approx((found.low, found.high), abs=4e-3)


def test_one_film_apart_is_no_surer_than_none(scored_films: Maker) -> None:
    films = scored_films([True] * 300, np.zeros(300), np.repeat(range(100), 3))

    none, one = difference(films, 0, 0), difference(films, 0, 1)

    assert isinstance(none, Interval)
    assert isinstance(one, Interval)
    assert none.high == pytest.approx(wilson(0, 100).high)
    assert one.low < none.low
    assert one.high > 0


def test_no_film_of_the_class_has_no_difference(scored_films: Maker) -> None:
    films = scored_films([False] * 4, np.zeros(4), range(4))

    assert NotDefined("A difference needs films of this class; received none.") == difference(films, 1, 0)
