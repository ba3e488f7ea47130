"""pydicom's own look-up functions are the oracle."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_modality_lut, apply_windowing

from firstread.imaging.greyscale import (
    LookUpTable,
    Rescale,
    Window,
    inverted,
    modality_values,
    robust_window,
    voi_levels,
    widened,
)

STORED = np.arange(4096, dtype=np.float64)


def dataset(**elements: Any) -> Dataset:
    values = {
        "BitsStored": 12,
        "PixelRepresentation": 0,
        "PhotometricInterpretation": "MONOCHROME2",
    } | elements
    made = Dataset()
    for keyword, value in values.items():
        setattr(made, keyword, value)
    return made


@pytest.mark.parametrize(("slope", "intercept"), [(1, 0), (2.5, -1024), (-1, 4095)])
def test_rescale_is_pydicoms(slope: float, intercept: float) -> None:
    oracle = apply_modality_lut(
        STORED.astype(np.uint16), dataset(RescaleSlope=slope, RescaleIntercept=intercept)
    )

    assert np.allclose(oracle, modality_values(STORED, Rescale(slope, intercept)))


@pytest.mark.filterwarnings("ignore:overflow encountered in exp")  # pydicom's, at a narrow sigmoid
@pytest.mark.parametrize("function", ["LINEAR", "LINEAR_EXACT", "SIGMOID"])
@pytest.mark.parametrize(("centre", "width"), [(2048, 4096), (600, 300), (0, 1500), (3000, 2)])
def test_windows_are_pydicoms(function: str, centre: float, width: float) -> None:
    stated = dataset(WindowCenter=centre, WindowWidth=width, VOILUTFunction=function)
    oracle = apply_windowing(STORED.astype(np.uint16), stated) / 4095

    assert np.allclose(oracle, voi_levels(STORED, Window(centre, width, function)), atol=1e-9)


def test_the_narrowest_linear_window_is_a_step() -> None:
    """PS3.3 C.11.2.1.2.1: width 1 has no slope; x ≤ c − 0.5 is black, the rest white."""
    levels = voi_levels(np.array([99.0, 99.5, 99.6, 101.0]), Window(100, 1))

    assert [0.0, 0.0, 1.0, 1.0] == levels.tolist()


@pytest.mark.parametrize(
    ("width", "function", "expected"),
    [(1, "LINEAR", True), (0.5, "LINEAR", False), (0.5, "SIGMOID", True), (0, "LINEAR_EXACT", False)],
)
def test_the_standard_says_which_windows_exist(width: float, function: str, expected: bool) -> None:
    assert expected is Window(10, width, function).is_valid
    assert not Window(float("nan"), 10).is_valid
    assert not Window(10, float("inf")).is_valid


@pytest.mark.parametrize("window", [Window(2048, 600), Window(50, 30, "LINEAR_EXACT"), Window(7, 2)])
def test_the_ends_of_a_window_are_the_last_black_and_the_first_white(window: Window) -> None:
    low, high = window.ends

    levels = voi_levels(np.array([low, (low + high) / 2, high]), window)
    beyond = voi_levels(np.array([low + 1e-6, high - 1e-6]), window)

    assert window.is_ramp
    assert [0, 0.5, 1] == pytest.approx(levels.tolist(), abs=1e-12)
    assert beyond[0] > 0
    assert beyond[1] < 1


@pytest.mark.parametrize("window", [Window(100, 1), Window(100, 50, "SIGMOID")])
def test_a_step_and_a_sigmoid_are_no_ramps(window: Window) -> None:
    assert not window.is_ramp


def test_a_widened_window_hides_none_of_the_values() -> None:
    """Nor what the window shows beyond them: 2048 − 0.5 − 599 / 2 = 1748, and the brightest value is 3000."""
    wide = widened(Window(2048, 600), np.array([1900.0, 3000.0]))

    assert [1748, 3000] == list(wide.ends)
    assert "LINEAR_EXACT" == wide.function


def test_a_window_that_hides_nothing_stays_as_it_is() -> None:
    window = Window(2048, 4096)

    assert window is widened(window, np.array([1.0, 4000.0]))


def test_one_value_far_away_does_not_take_the_grey_levels_from_the_others() -> None:
    """Of 65,536 levels, at least 256 remain within the window."""
    wide = widened(Window(50, 2, "LINEAR_EXACT"), np.array([40.0, 65535.0]))

    assert [40, 51 + 127 * 2] == list(wide.ends)


def test_values_outside_a_table_get_its_ends() -> None:
    """PS3.3 C.11.1.1.1."""
    table = LookUpTable(-1, np.array([5, 6, 7], np.uint16), 8)

    assert [5, 5, 6, 7, 7] == modality_values(np.array([-9.0, -1, 0, 1, 9]), table).tolist()
    assert 7 / 255 == voi_levels(np.array([9.0]), table)[0]


def test_inversion_exchanges_black_and_white() -> None:
    assert [1.0, 0.75, 0.0] == inverted(np.array([0.0, 0.25, 1.0])).tolist()


@pytest.mark.parametrize("slope", [1.0, -2.0])
def test_a_robust_window_ignores_the_outermost_pixels(slope: float) -> None:
    """1,000 pixels at each of 100 values and 300 at a collimator's value far away: that is left out."""
    counts: npt.NDArray[np.int64] = np.zeros(4096, np.int64)
    counts[1000:1100] = 1000
    counts[4000] = 300
    values = modality_values(STORED, Rescale(slope, 7))

    window = robust_window(values, counts)

    low, high = sorted((7 + slope * 1000, 7 + slope * 1099))
    assert low == pytest.approx(window.centre - window.width / 2, abs=abs(slope))
    assert high == pytest.approx(window.centre + window.width / 2, abs=abs(slope))


def test_a_blank_film_has_a_window_all_the_same() -> None:
    counts = np.zeros(4096, np.int64)
    counts[17] = 100

    assert robust_window(STORED, counts).is_valid
    assert robust_window(STORED, np.zeros(4096, np.int64)).is_valid
