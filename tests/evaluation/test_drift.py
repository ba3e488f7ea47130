"""Films like the tuning films raise no alarm, others do, and of few films nothing is said."""

import numpy as np
import pytest

from firstread.evaluation import drift
from firstread.evaluation.intervals import wilson


def test_films_like_the_tuning_films_do_not_warn() -> None:
    judged = drift.judge(1000, unlike=10, far=500)

    assert not judged.warns
    assert (0.01, 0.5) == (judged.unlike.expected, judged.far.expected)


@pytest.mark.parametrize(("unlike", "far", "which"), [(50, 500, (True, False)), (10, 700, (False, True))])
def test_either_sign_warns_alone(unlike: int, far: int, which: tuple[bool, bool]) -> None:
    judged = drift.judge(1000, unlike=unlike, far=far)

    assert which == (judged.unlike.warns, judged.far.warns)
    assert judged.warns


def test_the_whole_interval_must_lie_above_the_limit() -> None:
    """30 of 1,000 is above 2 %, but chance reaches as far; the oracle is scipy's interval."""
    assert wilson(30, 1000, 0.99).low < 0.02 < 30 / 1000 < 0.04 < 40 / 1000 + 0.001
    assert not drift.judge(1000, unlike=30, far=0).warns
    assert wilson(40, 1000, 0.99).low > 0.02
    assert drift.judge(1000, unlike=40, far=0).warns


def test_the_share_is_stated_with_scipy_s_interval() -> None:
    share = drift.judge(200, unlike=9, far=100).unlike.share
    expected = wilson(9, 200, 0.99)

    assert share is not None
    assert (expected.estimate, expected.low, expected.high) == pytest.approx(
        (share.estimate, share.low, share.high), abs=1e-9
    )


@pytest.mark.parametrize("n", [0, 1, drift.FEWEST - 1])
def test_of_few_films_nothing_is_said(n: int) -> None:
    judged = drift.judge(n, unlike=n, far=n)

    assert (None, None, False) == (judged.unlike.share, judged.far.share, judged.warns)


@pytest.mark.parametrize("n", [20, 50, 200, 2000])
def test_chance_alone_seldom_warns(n: int) -> None:
    """Of 10,000 stretches of films like the tuning films; the interval alone would allow each sign 0.5 %."""
    shift = np.random.default_rng(n)
    unlike, far = shift.binomial(n, 0.01, 10_000), shift.binomial(n, 0.5, 10_000)
    warned = [drift.judge(n, unlike=int(u), far=int(f)).warns for u, f in zip(unlike, far, strict=True)]

    assert np.mean(warned) < 0.005
