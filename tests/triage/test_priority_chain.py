"""The chain agrees with closed forms where there are some, and with the whole chain where there are none."""

import numpy as np
import pytest
from scipy import sparse
from scipy.sparse.linalg import spsolve

from firstread.triage.priority_chain import mean_waiting_below_interrupting
from firstread.triage.queueing import Stream, delayed_share, one_radiologist


@pytest.mark.parametrize("radiologists", [1, 2, 5])
def test_agrees_with_erlang_where_all_are_read_at_one_speed(radiologists: int) -> None:
    """All films together, and the interrupting alone, are M/M/c queues: the rest is their difference."""

    def number_waiting(rate: float) -> float:
        share = delayed_share(radiologists, rate * 10)
        return rate * share * 10 / (radiologists - rate * 10)

    rate, interrupting = 0.085 * radiologists, 0.03 * radiologists
    expected = (number_waiting(rate) - number_waiting(interrupting)) / (rate - interrupting)

    wait = mean_waiting_below_interrupting(
        radiologists,
        interrupting_per_min=interrupting,
        interrupting_min=10,
        films_per_min=rate - interrupting,
        reading_min=10,
    )

    assert pytest.approx(expected, abs=1e-8) == wait


def test_agrees_with_one_radiologists_closed_form() -> None:
    _, expected = one_radiologist([Stream(0.1, 5, 50), Stream(0.04, 10, 200)], pausing=1)

    wait = mean_waiting_below_interrupting(
        1, interrupting_per_min=0.1, interrupting_min=5, films_per_min=0.04, reading_min=10
    )

    assert pytest.approx(expected.of(10), abs=1e-8) == wait


def test_agrees_with_the_whole_chain_solved_outright() -> None:
    """Two radiologists, two speeds: every state up to 30 × 90 films."""
    interrupting, others = (30, 0.06, 0.2), (90, 0.08, 0.1)
    states = np.arange(30 * 90).reshape(30, 90)
    high, low = np.indices(states.shape)
    moves = [
        (states[:-1], states[1:], np.full_like(high[:-1], interrupting[1], dtype=float)),
        (states[:, :-1], states[:, 1:], np.full_like(low[:, :-1], others[1], dtype=float)),
        (states[1:], states[:-1], np.minimum(high[1:], 2) * interrupting[2]),
        (states[:, 1:], states[:, :-1], np.minimum(low[:, 1:], 2 - np.minimum(high[:, 1:], 2)) * others[2]),
    ]
    before, after, rate = (np.concatenate([part[i].ravel() for part in moves]) for i in range(3))
    rates = sparse.csr_array((rate, (before, after)), shape=(states.size, states.size))
    balance = (rates - sparse.diags_array(rates.sum(axis=1))).T.tolil()
    balance[0] = 1
    wanted = np.zeros(states.size)
    wanted[0] = 1
    probability = spsolve(balance.tocsc(), wanted)

    wait = mean_waiting_below_interrupting(
        2, interrupting_per_min=0.06, interrupting_min=5, films_per_min=0.08, reading_min=10
    )

    assert pytest.approx(probability @ low.ravel() / 0.08 - 10, abs=1e-6) == wait
