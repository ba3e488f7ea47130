import io

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from scipy import ndimage

from firstread.learning import film_changes

Films = npt.NDArray[np.float32]


@pytest.fixture
def films() -> Films:
    """Two smooth films, (2, 64, 64) in 0..1."""
    rng = np.random.default_rng(3)
    smooth = ndimage.gaussian_filter(rng.uniform(0, 1, (2, 64, 64)), (0, 3, 3))
    smooth = (smooth - smooth.min()) / (smooth.max() - smooth.min())
    return np.asarray(smooth, np.float32)


def affine(films: Films, **changed: float) -> Films:
    drawn = {"rotation_deg": 0.0, "zoom_x": 1.0, "zoom_y": 1.0, "shift_x": 0.0, "shift_y": 0.0} | changed
    mirrored = np.full(len(films), bool(drawn.pop("mirrored", 0)))
    each = {name: np.full(len(films), value, np.float32) for name, value in drawn.items()}
    return np.asarray(film_changes.affine(films, mirrored=mirrored, **each))


def test_nothing_drawn_changes_nothing(films: Films) -> None:
    np.testing.assert_allclose(affine(films), films, atol=1e-5)


def test_a_mirrored_film_is_flipped_left_to_right(films: Films) -> None:
    np.testing.assert_allclose(affine(films, mirrored=1), films[:, :, ::-1], atol=1e-5)


def test_a_shift_moves_to_the_right_and_down(films: Films) -> None:
    """A quarter of 64 is 16 pixels; what comes in from outside is black."""
    moved = affine(films, shift_x=0.25, shift_y=0.125)

    np.testing.assert_allclose(moved[:, 8:, 16:], films[:, :-8, :-16], atol=1e-5)
    assert 0.0 == moved[:, :8].max()


def test_a_quarter_turn_is_numpys(films: Films) -> None:
    turned = affine(films, rotation_deg=90)

    expected = [np.rot90(films, k, axes=(1, 2)) for k in (1, 3)]
    assert any(np.allclose(turned[:, 1:-1, 1:-1], each[:, 1:-1, 1:-1], atol=1e-3) for each in expected)


def test_unequal_zoom_agrees_with_scipy(films: Films) -> None:
    zoomed = affine(films, zoom_x=1.25, zoom_y=0.8)

    centre = 31.5
    matrix = np.array([1 / 0.8, 1 / 1.25])  # rows are down, columns are across
    expected = ndimage.affine_transform(films[0], matrix, offset=centre - matrix * centre, order=1)
    np.testing.assert_allclose(zoomed[0, 12:-12, 4:-4], expected[12:-12, 4:-4], atol=2e-3)


@pytest.mark.parametrize("sigma", [0.5, 1.0, 2.0])
def test_the_blur_is_scipys(films: Films, sigma: float) -> None:
    blurred = np.asarray(film_changes.blur(films, sigma_px=np.full(2, sigma, np.float32)))

    expected = ndimage.gaussian_filter(films, (0, sigma, sigma), truncate=10)
    np.testing.assert_allclose(blurred[:, 16:-16, 16:-16], expected[:, 16:-16, 16:-16], atol=1e-5)


def test_blur_leaves_an_even_film_even_up_to_its_edges() -> None:
    even = np.full((1, 32, 32), 0.6, np.float32)

    np.testing.assert_allclose(film_changes.blur(even, sigma_px=np.ones(1, np.float32)), even, atol=1e-6)


def test_each_film_gets_its_own_blur(films: Films) -> None:
    blurred = np.asarray(film_changes.blur(films, sigma_px=np.array([0.0, 2.0], np.float32)))

    np.testing.assert_allclose(blurred[0], films[0], atol=1e-6)
    assert np.abs(blurred[1] - films[1]).max() > 0.01


@pytest.mark.parametrize("quality", [30, 60, 95])
def test_reencoding_loses_what_libjpeg_loses(films: Films, quality: int) -> None:
    """libjpeg works in whole numbers, so that single grey levels differ; the loss itself is many times that."""
    levels = np.rint(films[0] * 255).astype(np.uint8)
    noisy = np.clip(levels + np.random.default_rng(1).normal(0, 12, levels.shape), 0, 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(noisy).save(file, "JPEG", quality=quality)
    expected = np.asarray(Image.open(file), np.float32)

    reencoded = film_changes.reencode_jpeg(
        noisy[None].astype(np.float32) / 255, quality=np.array([quality], np.float32)
    )

    difference = np.abs(np.asarray(reencoded)[0] * 255 - expected)
    assert difference.mean() < 0.5
    assert difference.mean() < 0.3 * np.abs(noisy - expected).mean()


def test_grey_levels_follow_gamma_then_contrast_then_brightness() -> None:
    """By hand: 0.25² = 0.0625 and 0.75² = 0.5625; mean 0.3125; × 2 about it, + 0.1, cut at 0."""
    film = np.array([[[0.25, 0.75]]], np.float32)

    changed = film_changes.change_grey_levels(
        film, gamma=np.array([2.0]), contrast=np.array([2.0]), brightness=np.array([0.1])
    )

    np.testing.assert_allclose(changed, [[[0.0, 0.9125]]], atol=1e-6)


def test_a_border_covers_the_drawn_sides_only() -> None:
    film = np.full((1, 8, 8), 0.5, np.float32)
    widths = np.array([[0.25, 0.0, 0.125, 0.0]], np.float32)

    painted = np.asarray(film_changes.change_border(film, widths=widths, grey=np.array([1.0], np.float32)))

    expected = film.copy()
    expected[:, :, :2] = 1.0
    expected[:, :1, :] = 1.0
    np.testing.assert_array_equal(painted, expected)


def test_erasing_paints_one_rectangle_and_no_side_of_zero(films: Films) -> None:
    """Of 64 pixels, a quarter about the centre is 24 to 39; the second film is left alone."""
    painted = np.asarray(
        film_changes.erase(
            films,
            centre=np.full((2, 2), 0.5, np.float32),
            sides=np.array([[0.25, 0.5], [0.0, 0.0]], np.float32),
            grey=np.array([1.0, 1.0], np.float32),
        )
    )

    expected = films.copy()
    expected[0, 16:48, 24:40] = 1.0
    np.testing.assert_array_equal(expected, painted)


def test_noise_is_scaled_for_each_film() -> None:
    films = np.full((2, 4, 4), 0.5, np.float32)
    noise = np.ones((2, 4, 4), np.float32)

    noisy = film_changes.add_noise(films, noise=noise, deviation=np.array([0.0, 0.1], np.float32))

    np.testing.assert_allclose(np.asarray(noisy)[:, 0, 0], [0.5, 0.6], atol=1e-6)
