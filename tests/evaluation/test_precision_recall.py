import numpy as np
import pytest

from firstread.errors import UndefinedMetricError
from firstread.evaluation.precision_recall import precision_recall


def test_each_point_is_counted_by_hand() -> None:
    """Flagging from .9: 1 of 1 right; from .8: 1 of 2; from .7: 2 of 3; everybody: 2 of 4."""
    curve = precision_recall(np.array([True, False, True, False]), np.array([0.9, 0.8, 0.7, 0.1]))

    assert [1.0, 1.0, 0.5, 0.5] == curve.sensitivity.tolist()
    assert [2 / 4, 2 / 3, 1 / 2, 1.0] == curve.ppv.tolist()
    assert 0.5 == curve.prevalence


def test_one_class_has_no_curve() -> None:
    with pytest.raises(
        UndefinedMetricError, match="needs diseased and non-diseased films; received 2 diseased of 2"
    ):
        precision_recall(np.array([True, True]), np.array([0.9, 0.8]))
