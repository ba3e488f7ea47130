"""Words on paper are those of the page."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from firstread.edges.web import words


@pytest.mark.parametrize(
    ("probability", "said"),
    [
        (0.0, "< 1 %"),
        (0.0049, "< 1 %"),
        (0.005, "< 1 %"),
        (0.0051, "1 %"),
        (0.5, "50 %"),
        (0.9949, "99 %"),
        (0.995, "> 99 %"),
        (1.0, "> 99 %"),
    ],
)
def test_a_percentage_claims_no_certainty(probability: float, said: str) -> None:
    assert said == words.percent(probability)


def test_an_interval_whose_ends_read_alike_is_said_once() -> None:
    assert ("60 % to 85 %", "> 99 % throughout") == (words.interval(0.6, 0.85), words.interval(0.996, 0.9999))


def test_a_threshold_has_one_decimal() -> None:
    assert ("50.0 %", "94.1 %") == (words.threshold(0.5), words.threshold(0.9408))


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(-5, "< 1 min"), (0.9, "< 1 min"), (1, "1 min"), (99.9, "99 min"), (100, "1 h"), (2879, "47 h"),
     (2880, "2 d"), (1_440_000, "1,000 d")],
)  # fmt: skip
def test_a_wait_is_said_in_a_few_letters(minutes: float, said: str) -> None:
    assert said == words.wait(timedelta(minutes=minutes))


def test_things_are_counted() -> None:
    said = [words.counted(0, "film"), words.counted(1, "film"), words.counted(1234, "film")]

    assert ["0 films", "1 film", "1,234 films"] == said
    assert "2 copies" == words.counted(2, "copy", "copies")


def test_a_moment_says_its_zone() -> None:
    berlin = datetime(2026, 3, 1, 13, 5, tzinfo=timezone(timedelta(hours=1)))

    assert "2026-03-01 12:05 UTC" == words.moment(berlin) == words.moment(berlin.astimezone(UTC))


@pytest.mark.parametrize(
    ("n_bytes", "said"),
    [(1, "1 byte"), (999, "999 bytes"), (1000, "1 kB"), (999_499, "999 kB"), (1_250_000, "1.2 MB")],
)
def test_a_size_has_a_unit(n_bytes: int, said: str) -> None:
    assert said == words.size(n_bytes)
