"""Stretches end with now, and their bins begin at round times of whoever looks."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from firstread.reading.stretch import Stretch, window

NOW = datetime(2026, 3, 1, 14, 7, 30, tzinfo=UTC).timestamp()
LENGTH = {"hour": 1 / 24, "day": 1, "week": 7, "30days": 30, "90days": 90}


@pytest.mark.parametrize("stretch", Stretch)
def test_the_last_bin_is_in_progress(stretch: Stretch) -> None:
    seen = window(stretch, now=NOW)

    assert seen.end - seen.step_s <= NOW < seen.end
    assert LENGTH[stretch] * 86_400 == seen.end - seen.begin


@pytest.mark.parametrize("stretch", Stretch)
def test_a_moment_at_the_edge_lies_in_the_bin_that_begins(stretch: Stretch) -> None:
    edge = window(stretch, now=NOW).end

    assert edge == window(stretch, now=edge).end - window(stretch, now=edge).step_s


def test_hours_begin_at_full_hours() -> None:
    seen = window(Stretch.DAY, now=NOW)

    assert datetime(2026, 2, 28, 15, tzinfo=UTC) == datetime.fromtimestamp(seen.begin, UTC)


@pytest.mark.parametrize("hours", [-8, 0, 5.75, 9])
def test_days_begin_at_midnight_of_whoever_looks(hours: float) -> None:
    zone = timezone(timedelta(hours=hours))
    begin = datetime.fromtimestamp(window(Stretch.DAYS_30, now=NOW, utc_offset_s=hours * 3600).begin, zone)

    assert (0, 0, 0) == (begin.hour, begin.minute, begin.second)
