"""Net benefit, counted by hand."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.special import logit

from firstread.evaluation.clustered_bootstrap import Resamples
from firstread.evaluation.decision_curve import decision_curve, net_benefit
from firstread.evaluation.scored_films import ScoredFilms

Maker = Callable[..., ScoredFilms]


def draw(films: ScoredFilms) -> Resamples:
    return Resamples.draw(films, rng=np.random.default_rng(0), repeats=100)


def test_ten_films_by_hand(scored_films: Maker) -> None:
    """At 0.2: 4 of 10 found, 2 of 10 false alarms at a quarter each; at 0.6: 3 found, 1 at one and a half."""
    stated = [0.9, 0.8, 0.7, 0.3, 0.1, 0.75, 0.25, 0.15, 0.1, 0.05]
    films = scored_films([True] * 5 + [False] * 5, logit(stated))

    curve = decision_curve(films, draw(films))

    assert 0.4 - 0.2 / 4 == pytest.approx(curve.model[19])
    assert 0.3 - 0.1 * 1.5 == pytest.approx(curve.model[59])
    assert 0.5 - 0.5 / 4 == pytest.approx(curve.flag_all[19])
    assert (0.2, 0.6) == (curve.threshold_probability[19], curve.threshold_probability[59])


def test_flagging_everybody_breaks_even_at_the_prevalence(clustered_films: ScoredFilms) -> None:
    curve = decision_curve(clustered_films, draw(clustered_films))

    crossing = np.interp(0, -curve.flag_all, curve.threshold_probability)

    assert clustered_films.diseased.mean() == pytest.approx(crossing, abs=0.01)


def test_the_band_holds_the_curve(clustered_films: ScoredFilms) -> None:
    curve = decision_curve(clustered_films, draw(clustered_films))

    assert (curve.model_low <= curve.model).all()
    assert (curve.model <= curve.model_high).all()


@pytest.mark.parametrize("risk", [0.0, 1.0, np.nan])
def test_a_risk_outside_0_to_1_is_refused(risk: float) -> None:
    with pytest.raises(ValueError, match=r"threshold_probability must be in \(0, 1\)"):
        net_benefit(np.array([0.1]), np.array([0.1]), np.array([risk]))
