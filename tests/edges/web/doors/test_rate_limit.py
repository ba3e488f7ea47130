"""A bucket of tokens for each caller."""

import pytest

from firstread.edges.web.doors.rate_limit import Buckets, seconds_to_say


def test_a_full_bucket_then_one_at_a_time() -> None:
    buckets = Buckets(per_s=2, burst=3)

    assert [0, 0, 0, 0.5] == [buckets.take("a", now=0) for _ in range(4)]
    assert [0, 0.5] == [buckets.take("a", now=0.5) for _ in range(2)]


def test_a_bucket_never_holds_more_than_a_burst() -> None:
    buckets = Buckets(per_s=2, burst=2)
    buckets.take("a", now=0)

    assert [0, 0, 0.5] == [buckets.take("a", now=1e6) for _ in range(3)]


def test_who_is_refused_does_not_wait_longer_for_asking() -> None:
    buckets = Buckets(per_s=1, burst=1)
    waits = [buckets.take("a", now=now) for now in (0, 0.25, 0.5, 0.75, 1)]

    assert [0, 0.75, 0.5, 0.25, 0] == waits


def test_callers_have_buckets_of_their_own() -> None:
    buckets = Buckets(per_s=1, burst=1)

    assert [0, 0, 1] == [buckets.take(caller, now=0) for caller in ("a", "b", "a")]


def test_looking_takes_nothing() -> None:
    buckets = Buckets(per_s=1, burst=1)

    assert [0, 0, 0] == [buckets.wait_s("a", now=0), buckets.wait_s("a", now=0), buckets.take("a", now=0)]
    assert 1 == buckets.wait_s("a", now=0)


def test_memory_has_an_end() -> None:
    """Who invents callers pushes out those who were quiet for longest."""
    buckets = Buckets(per_s=0.001, burst=1, most_callers=100)
    buckets.take("steady", now=0)
    for n in range(1000):
        buckets.take(f"invented {n}", now=n)
        buckets.take("steady", now=n)

    assert 100 == len(buckets)
    assert buckets.wait_s("steady", now=999) > 0


def test_a_clock_that_is_set_back_takes_nothing_away() -> None:
    buckets = Buckets(per_s=1, burst=2)
    buckets.take("a", now=1000)

    assert 0 == buckets.take("a", now=0)


def test_a_bucket_is_filled_on_demand() -> None:
    buckets = Buckets(per_s=0.001, burst=1)
    buckets.take("a", now=0)
    buckets.forget("a")

    assert 0 == buckets.take("a", now=0)


@pytest.mark.parametrize(("wait_s", "said"), [(0.001, "1"), (1.0, "1"), (1.001, "2"), (59.5, "60")])
def test_a_wait_is_said_in_whole_seconds(wait_s: float, said: str) -> None:
    assert said == seconds_to_say(wait_s)
