"""What a flag means, by Bayes and by counting."""

import numpy as np
import pytest

from firstread.errors import UndefinedMetricError
from firstread.evaluation import prevalence
from firstread.evaluation.intervals import Interval, NotDefined
from firstread.evaluation.prevalence import PredictiveValues


def test_seven_of_ten_flags_are_false_where_one_in_ten_is_ill() -> None:
    """Of 1,000 films 95 of 100 diseased and 216 of 900 others are flagged."""
    ppv = prevalence.positive_predictive_value(0.95, 0.76, prevalence=0.1)
    npv = prevalence.negative_predictive_value(0.95, 0.76, prevalence=0.1)

    assert 95 / (95 + 216) == pytest.approx(float(ppv))
    assert 684 / (684 + 5) == pytest.approx(float(npv))


def test_at_the_prevalence_of_the_films_it_is_what_is_counted_there() -> None:
    rng = np.random.default_rng(0)
    diseased, flagged = rng.random(500) < 0.3, rng.random(500) < 0.6

    found = prevalence.positive_predictive_value(
        flagged[diseased].mean(), (~flagged[~diseased]).mean(), prevalence=diseased.mean()
    )

    assert diseased[flagged].mean() == pytest.approx(float(found))


@pytest.mark.parametrize("common", [0.0, 1.0, -0.1, 1.5, float("nan")])
def test_a_prevalence_outside_0_to_1_is_refused(common: float) -> None:
    expected = rf"A prevalence must be in \(0, 1\).*received {common}"

    with pytest.raises(UndefinedMetricError, match=expected):
        prevalence.positive_predictive_value(0.9, 0.9, prevalence=common)
    with pytest.raises(UndefinedMetricError, match=expected):
        prevalence.negative_predictive_value(0.9, 0.9, prevalence=[0.5, common])


def test_where_nobody_is_flagged_a_flag_means_nothing() -> None:
    assert np.isnan(prevalence.positive_predictive_value(0.0, 1.0, prevalence=[0.1, 0.9])).all()
    assert np.isnan(prevalence.negative_predictive_value(1.0, 0.0, prevalence=[0.1, 0.9])).all()


def test_the_band_is_that_of_both_limits_at_once() -> None:
    found = prevalence.predictive_values(
        Interval(0.9, 0.8, 0.95, 0.95), Interval(1.0, 0.96, 1.0, 0.95), prevalence=[0.01, 0.5]
    )

    assert isinstance(found, PredictiveValues)
    assert [1.0, 1.0] == found.ppv.tolist()
    assert [0.008 / (0.008 + 0.04 * 0.99), 0.8 / 0.84] == pytest.approx(found.ppv_low.tolist())
    assert [0.99 / (0.99 + 0.001), 1 / 1.1] == pytest.approx(found.npv.tolist())
    assert (found.npv_low < found.npv).all()
    assert (found.npv < found.npv_high).all()


def test_without_specificity_there_is_nothing_to_say() -> None:
    none = NotDefined("Specificity needs a non-diseased film; received none.")

    assert none == prevalence.predictive_values(Interval(0.9, 0.8, 0.95, 0.95), none)
    assert none == prevalence.predictive_values(none, Interval(0.9, 0.8, 0.95, 0.95))
