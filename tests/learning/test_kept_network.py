"""That the mean is taken of real trainings is shown in test_train.py; here what is refused."""

import numpy as np
import pytest

from firstread.config import Training
from firstread.errors import ConfigError, ExportError
from firstread.learning.kept_network import require_averaging, require_mean_as_good
from firstread.learning.run_folder import EpochRow, State

DISEASED = np.arange(40) < 20
RIGHT = np.where(DISEASED, 1.0, -1.0)


def ended(auroc: float) -> State:
    return State().with_epoch(EpochRow(1, "backbone", 0.1, 0.1, auroc, 0.9, 1e-3, 1.0))


def test_a_mean_that_is_no_network_of_their_kind_is_refused() -> None:
    require_mean_as_good(DISEASED, RIGHT, [ended(0.999), ended(0.98)])
    with pytest.raises(ExportError, match=r"its AUROC is 0\.0000, theirs at least 0\.9800"):
        require_mean_as_good(DISEASED, -RIGHT, [ended(0.999), ended(0.98)])


def test_one_training_is_its_own_mean() -> None:
    require_mean_as_good(DISEASED, -RIGHT, [ended(0.999)])


def test_trainings_without_a_common_beginning_are_not_averaged() -> None:
    require_averaging(Training(weights="none"), 1)
    require_averaging(Training(), 5)
    with pytest.raises(ConfigError, match="weights none"):
        require_averaging(Training(weights="none"), 2)
    with pytest.raises(ConfigError, match="batch_norm adapt"):
        require_averaging(Training(batch_norm="adapt"), 2)
    with pytest.raises(ConfigError, match="--seeds must be at least 1; received 0"):
        require_averaging(Training(), 0)
