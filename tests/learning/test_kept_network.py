"""That a run's weights come back is shown by the exports of test_train.py."""

import pytest

from firstread.learning.kept_network import middle
from firstread.learning.run_folder import EpochRow, State


def ended(*losses: float) -> State:
    state = State()
    for epoch, loss in enumerate(losses, start=1):
        state = state.with_epoch(EpochRow(epoch, "backbone", 0.1, loss, 0.9, 0.9, 1e-3, 1.0))
    return state


@pytest.mark.parametrize(
    ("losses", "chosen"), [([0.3], 0), ([0.3, 0.1], 1), ([0.3, 0.1, 0.2], 2), ([0.4, 0.3, 0.1, 0.2], 3)]
)
def test_the_middle_training_is_neither_the_luckiest_nor_the_unluckiest(
    losses: list[float], chosen: int
) -> None:
    assert chosen == middle([ended(loss) for loss in losses])


def test_a_training_counts_with_its_kept_epoch() -> None:
    assert 1 == middle([ended(0.1, 0.9), ended(0.2, 0.3), ended(0.9, 0.5)])
