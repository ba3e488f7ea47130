"""The band holds the curve, and its width at one place is that of the sensitivity there."""

import numpy as np
import pytest

from firstread.evaluation.clustered_bootstrap import Resamples
from firstread.evaluation.ranked_films import RankedFilms
from firstread.evaluation.roc_band import roc_band
from firstread.evaluation.scored_films import ScoredFilms


def test_the_band_holds_the_curve_from_corner_to_corner(clustered_films: ScoredFilms) -> None:
    films = clustered_films
    ranked = RankedFilms.of(films.diseased, films.logit, np.arange(len(films)))
    resamples = Resamples.draw(films, rng=np.random.default_rng(0), repeats=300)

    band = roc_band(ranked, resamples)

    assert (band.low <= band.sensitivity).all()
    assert (band.sensitivity <= band.high).all()
    assert (0.0, 1.0) == (band.false_positive_fraction[0], band.false_positive_fraction[-1])
    assert (1.0, 1.0, 1.0) == (band.low[-1], band.sensitivity[-1], band.high[-1])


def test_the_area_under_it_is_the_auroc(clustered_films: ScoredFilms) -> None:
    films = clustered_films
    ranked = RankedFilms.of(films.diseased, films.logit, np.arange(len(films)))
    resamples = Resamples.draw(films, rng=np.random.default_rng(0), repeats=2)

    band = roc_band(ranked, resamples)

    area = np.trapezoid(band.sensitivity, band.false_positive_fraction)
    assert ranked.auroc(np.ones((1, len(films)))).item() == pytest.approx(area, abs=0.003)
