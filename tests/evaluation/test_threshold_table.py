"""A row of the threshold table is what an operating point there would be."""

import numpy as np

from firstread.evaluation.assessed_point import assess_point
from firstread.evaluation.clustered_bootstrap import Resamples
from firstread.evaluation.intervals import NotDefined
from firstread.evaluation.operating_point import OperatingPoint
from firstread.evaluation.scored_films import ScoredFilms
from firstread.evaluation.threshold_table import threshold_table


def test_each_row_is_an_operating_point(clustered_films: ScoredFilms) -> None:
    resamples = Resamples.draw(clustered_films, rng=np.random.default_rng(0), repeats=50)

    table = threshold_table(clustered_films, resamples)

    for row in table:
        point = assess_point(clustered_films, OperatingPoint("", row.threshold, 1, 1, 1, 1), resamples)
        assert (point.sensitivity, point.specificity) == (row.sensitivity, row.specificity)
        if not isinstance(row.npv, NotDefined):
            assert (point.ppv, point.npv) == (row.ppv, row.npv)
    assert [0.01, 0.05, 0.5, 0.95, 0.99] == [table[place].threshold for place in (0, 1, 10, 19, 20)]
