"""What the options of `firstread simulate` mean."""

from pathlib import Path

import pytest

from firstread.edges.cli import reading_room_options as options
from firstread.errors import BundleError, ConfigError
from firstread.evaluation.between_blocks import PredictionInterval
from firstread.evaluation.operating_point import OperatingPoint
from firstread.inference.bundle import Bundle
from firstread.triage.reading_room import ReadingTime, TimeShape


def test_one_number_stands_for_every_hour() -> None:
    assert (6.5,) * 24 == options.by_hour("--arrivals", "6.5")


def test_spans_fill_the_day_and_may_cross_midnight() -> None:
    hours = options.whole_by_hour("--radiologists", "8-18:3, 18-8:1")

    assert (1,) * 8 + (3,) * 10 + (1,) * 6 == hours


def test_a_span_may_be_the_whole_day() -> None:
    assert (2.0,) * 24 == options.by_hour("--arrivals", "0-24:2")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("many", r"--arrivals must be a number, or spans such as 8-18:10,18-8:2; received 'many'"),
        ("8-18:1.2.3,18-8:2", r"received '8-18:1.2.3'"),
        ("", r"received ''"),
        ("8-18:10", "must name every hour; 0:00 is missing in '8-18:10'"),
        ("8-18:10,17-8:2", "must name each hour once; 17:00 came twice"),
        ("8-8:1", "hours from 0 to 24 and spans that last; received '8-8:1'"),
        ("8-25:1", "hours from 0 to 24"),
    ],
)
def test_refuses_hours_that_make_no_day(text: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        options.by_hour("--arrivals", text)


def test_half_a_radiologist_reads_nothing() -> None:
    with pytest.raises(ConfigError, match=r"--radiologists must be whole numbers; received '1\.5'"):
        options.whole_by_hour("--radiologists", "1.5")


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("10", ReadingTime(10.0)),
        ("exponential:7.5", ReadingTime(7.5)),
        ("constant:4", ReadingTime(4.0, TimeShape.CONSTANT)),
        ("log-normal:8:0.5", ReadingTime(8.0, TimeShape.LOG_NORMAL, 0.5)),
    ],
)
def test_reading_times(text: str, time: ReadingTime) -> None:
    assert time == options.reading_time("--reading-time", text)


@pytest.mark.parametrize(
    "text", ["", "soon", "log-normal:8", "constant:8:0.5", "weibull:3", "log-normal:8:0.5:1"]
)
def test_refuses_what_is_no_reading_time(text: str) -> None:
    with pytest.raises(ConfigError, match="--reading-time must be minutes, exponential:MINUTES"):
        options.reading_time("--reading-time", text)


def test_a_bundle_gives_its_screening_point(tiny_bundle: Bundle) -> None:
    point = options.room_point(None, None, tiny_bundle.folder)

    assert (0.95, 0.9) == (point.sensitivity, point.specificity)
    assert "screening point of tiny, 60 diseased and 40 non-diseased tuning films" == point.origin
    assert "both may be much lower" in point.caution


def test_a_point_with_a_predicted_range_says_it() -> None:
    sensitivity, specificity = (PredictionInterval(0.9, low, 0.98, 0.95, stretches=10) for low in (0.8, 0.7))
    point = OperatingPoint("screening", 0.5, 0.95, 0.9, 60, 40, sensitivity, specificity)

    words = options._to_expect(point)

    assert (
        "another stretch of patients a sensitivity of 0.800–0.980 and a specificity of 0.700–0.980" in words
    )
    assert "10 with diseased films for sensitivity, 10 with non-diseased ones for specificity" in words
    assert "another hospital differs by more" in words


def test_an_operating_point_of_ones_own_has_no_bundle() -> None:
    assert options.RoomPoint(0.8, 0.7, "as asked for") == options.room_point(0.8, 0.7, None)


@pytest.mark.parametrize(("sensitivity", "specificity"), [(0.9, None), (None, 0.9)])
def test_half_an_operating_point_is_refused(sensitivity: float | None, specificity: float | None) -> None:
    with pytest.raises(ConfigError, match="An operating point needs --sensitivity and --specificity"):
        options.room_point(sensitivity, specificity, None)


def test_two_operating_points_are_refused(tiny_bundle: Bundle) -> None:
    with pytest.raises(ConfigError, match="received a part of both"):
        options.room_point(0.9, 0.9, tiny_bundle.folder)


def test_a_folder_without_a_bundle_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=str(tmp_path)):
        options.room_point(None, None, tmp_path)
