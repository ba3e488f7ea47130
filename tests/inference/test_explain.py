"""The heat map says where, as strongly as the film is suspicious."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit

from firstread.evaluation.calibration import Calibration
from firstread.inference import explain
from firstread.inference.parts import Head


def test_the_mean_over_the_places_is_the_logit_of_the_film() -> None:
    rng = np.random.default_rng(0)
    feature_map = rng.random((3, 7, 7, 20), np.float32)
    kernel = rng.normal(size=20).astype(np.float32)

    activation = explain.class_activation(feature_map, Head(kernel, -0.5))

    expected = feature_map.mean(axis=(1, 2)) @ kernel - 0.5
    np.testing.assert_allclose(expected, activation.mean(axis=(1, 2)), rtol=1e-5)


def test_what_was_seen_inside_a_margin_lies_where_it_is_on_the_film() -> None:
    """By hand: places of 2 on a film of 10 with 1 cut off each edge, or of 1.6; the second begins at 2.6.

    So the first place of the film, 0 to 2, saw 1 of the first (1 to 2.6); the second, 2 to 4, saw .6 of the first and
    1.4 of the second.
    """
    feature_map = np.zeros((1, 5, 5, 1), np.float32)
    feature_map[0, 0, 0] = 1

    activation = explain.class_activation(feature_map, Head(np.ones(1, np.float32), 0.0, margin=0.1))

    inner = activation[0] - activation[0, 4, 4]
    np.testing.assert_allclose([[1.0, 0.3, 0.0], [0.3, 0.09, 0.0], [0.0, 0.0, 0.0]], inner[:3, :3], atol=1e-6)
    assert feature_map.mean() == pytest.approx(activation.mean())


@given(st.floats(-30, 30), st.floats(0.05, 0.95), st.floats(0.3, 3))
def test_the_warmest_place_is_as_warm_as_the_film_is_suspicious(
    film_logit: float, threshold: float, temperature: float
) -> None:
    """0 at probability 0, 0.5 at the operating point, 1 at probability 1, straight between."""
    pattern = np.array([[-60.0, 60.0], [0.0, 0.0]])
    activation = (film_logit + pattern)[np.newaxis].astype(np.float32)

    warmest = explain.heat(activation, calibration=Calibration(temperature), threshold=threshold).max()

    stated = expit(np.float64(activation.mean()) / temperature)
    assert np.interp(stated, [0, threshold, 1], [0, 0.5, 1]) == pytest.approx(warmest, abs=1e-4)


@given(st.floats(0, 20), st.floats(0.05, 0.95))
def test_a_flagged_film_always_shows_where(above: float, threshold: float) -> None:
    pattern = np.array([[-1.0, 1.0], [-0.5, 0.5]])
    activation = (logit(threshold) + above + 1e-3 + pattern)[np.newaxis].astype(np.float32)

    assert explain.heat(activation, calibration=Calibration(1.0), threshold=threshold).max() >= 0.5


def test_noise_on_an_ordinary_film_stays_pale() -> None:
    activation = (-6 + np.random.default_rng(0).normal(size=(1, 7, 7))).astype(np.float32)

    assert 0 == explain.heat(activation, calibration=Calibration(1.0), threshold=0.5).max()


def test_the_same_place_is_warm_whatever_else_is_in_the_batch() -> None:
    activation = np.random.default_rng(0).normal(2, 3, (4, 7, 7)).astype(np.float32)

    together = explain.heat(activation, calibration=Calibration(1.5), threshold=0.3)

    for one, alone in zip(together, activation, strict=True):
        np.testing.assert_array_equal(
            one, explain.heat(alone[np.newaxis], calibration=Calibration(1.5), threshold=0.3)[0]
        )


def test_a_place_below_the_operating_point_is_cold_and_the_rest_in_proportion() -> None:
    """By hand: the edge is 0; evidence 0, 0, 2 and 4 of a film with logit 1, probability 0.731."""
    activation = np.array([[[-2, 0], [2, 4]]], np.float32)

    heat = explain.heat(activation, calibration=Calibration(1.0), threshold=0.5)

    peak = 0.5 + 0.5 * (expit(1.0) - 0.5) / 0.5
    np.testing.assert_allclose([[[0, 0], [peak / 2, peak]]], heat, rtol=1e-6)


def test_an_enlarged_map_keeps_its_range_and_its_warmest_place() -> None:
    heat_map = np.zeros((7, 7), np.float32)
    heat_map[1, 5] = 1

    enlarged = explain.enlarge(heat_map, 448, 320)

    assert (448, 320) == enlarged.shape
    assert 0 <= enlarged.min()
    assert enlarged.max() <= 1
    row, column = np.unravel_index(enlarged.argmax(), enlarged.shape)
    assert (1, 5) == (int(row) * 7 // 448, int(column) * 7 // 320)


def test_without_heat_the_film_is_unchanged() -> None:
    film = np.arange(256, dtype=np.uint8).reshape(16, 16)

    picture = explain.overlay(film, np.zeros((7, 7), np.float32))

    np.testing.assert_array_equal(np.stack([film] * 3, axis=-1), picture)


def test_heat_has_the_colour_of_the_legend() -> None:
    film = np.full((2, 2), 100, np.uint8)

    picture = explain.overlay(film, np.ones((2, 2), np.float32))

    expected = np.rint(100 * 0.4 + explain.COLOURS[-1] * 0.6)
    np.testing.assert_array_equal(np.broadcast_to(expected, (2, 2, 3)), picture)
    assert np.uint8 == picture.dtype


def luminance(colour: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Return relative luminance (ITU-R BT.709; sRGB decoded as IEC 61966-2-1 says)."""
    part = np.asarray(colour, np.float64) / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ [0.2126, 0.7152, 0.0722])


def test_warmer_is_lighter_so_the_map_reads_without_colour_vision() -> None:
    steps = np.linspace(0, 1, 21)
    colours = np.stack(
        [np.interp(steps, np.linspace(0, 1, len(explain.COLOURS)), c) for c in explain.COLOURS.T], axis=-1
    )

    assert (np.diff(luminance(colours.astype(np.float32))) > 0).all()
