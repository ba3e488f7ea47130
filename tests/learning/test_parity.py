import numpy as np
import pytest

from firstread.errors import ExportError
from firstread.learning import parity

LOGIT = np.array([-4.0, 0.0, 4.0])


def test_the_largest_difference_is_in_probability() -> None:
    """At logit 0 the sigmoid's slope is 1/4, at ±4 it is 0.018: the same step counts by what it does to a reader."""
    difference = parity.require_parity(LOGIT, LOGIT + 1e-5)

    assert pytest.approx(2.5e-6, rel=1e-3) == difference


def test_a_model_that_scores_otherwise_is_refused() -> None:
    with pytest.raises(ExportError, match=r"within 0\.0001; they differ by 2\.50e-03 on 3 films\. No bundle"):
        parity.require_parity(LOGIT, LOGIT + np.array([0.0, 0.01, 0.0]))


def test_a_score_that_is_no_number_is_refused() -> None:
    with pytest.raises(ExportError, match="differ by nan"):
        parity.require_parity(LOGIT, np.array([0.0, np.nan, 0.0]))


def test_rounding_may_move_a_probability_a_little() -> None:
    assert pytest.approx(2.5e-3, rel=1e-2) == parity.require_small_rounding(LOGIT, LOGIT + 0.01)


@pytest.mark.parametrize(("moved", "by"), [(0.1, r"2\.50e-02"), (np.nan, "nan")])
def test_a_network_that_half_precision_cannot_hold_is_refused(moved: float, by: str) -> None:
    with pytest.raises(ExportError, match=rf"by 0\.01; it moves one of 3 films by {by}\. No bundle"):
        parity.require_small_rounding(LOGIT, LOGIT + np.array([0.0, moved, 0.0]))
