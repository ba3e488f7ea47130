from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from scipy.ndimage import rotate

from firstread.imaging import alterations as alter

GreyFilm = npt.NDArray[np.uint8]


@pytest.fixture
def film() -> GreyFilm:
    """Return a bright square left of the middle of a grey ramp, 64 rows of 80 columns."""
    ramp = np.linspace(40, 200, 80)[np.newaxis, :].repeat(64, axis=0)
    ramp[20:36, 10:26] = 250
    return np.rint(ramp).astype(np.uint8)


@pytest.mark.parametrize(
    "change",
    [
        lambda film: alter.reencoded(film, quality=50),
        lambda film: alter.bordered(film, fraction=0.1, grey=255),
        lambda film: alter.cropped(film, fraction=0.1),
        alter.inverted,
        alter.mirrored,
        lambda film: alter.rotated(film, degrees=5),
        lambda film: alter.resampled(film, factor=0.5),
        lambda film: alter.stretched(film, across=1.2),
        lambda film: alter.windowed(film, low=0.1, high=0.9),
        lambda film: alter.with_gamma(film, gamma=1.4),
        lambda film: alter.with_contrast(film, factor=0.3),
        lambda film: alter.brightened(film, added=0.2),
        lambda film: alter.blurred(film, sigma_px=2),
        lambda film: alter.noisy(film, np.ones(film.shape), deviation=0.1),
    ],
)
def test_every_change_gives_another_film_of_the_same_kind(
    film: GreyFilm, change: Callable[[GreyFilm], GreyFilm]
) -> None:
    before = film.copy()

    changed = change(film)

    assert (film.shape, film.dtype) == (changed.shape, changed.dtype)
    assert not np.array_equal(film, changed)
    assert np.array_equal(before, film)


def test_stronger_compression_loses_more(film: GreyFilm) -> None:
    loss = [np.abs(alter.reencoded(film, quality=q).astype(int) - film).mean() for q in (95, 50, 10)]

    assert loss[0] < loss[1] < loss[2]


def test_a_border_covers_its_fraction_of_each_side_and_nothing_else(film: GreyFilm) -> None:
    """A tenth of 64 rows is 6, of 80 columns 8."""
    bordered = alter.bordered(film, fraction=0.1, grey=255)

    assert np.array_equal(film[6:-6, 8:-8], bordered[6:-6, 8:-8])
    assert 64 * 80 - 52 * 64 == (bordered == 255).sum()


def test_twice_inverted_or_mirrored_is_the_film(film: GreyFilm) -> None:
    assert np.array_equal(film, alter.inverted(alter.inverted(film)))
    assert np.array_equal(film, alter.mirrored(alter.mirrored(film)))
    assert film[0, 0] == alter.mirrored(film)[0, -1]


def test_a_right_angle_is_exact_and_five_degrees_agree_with_scipy() -> None:
    square = np.random.default_rng(1).integers(0, 255, (8, 8)).astype(np.uint8).repeat(8, 0).repeat(8, 1)
    disc = np.hypot(*(np.indices((64, 64)) - 31.5)) < 26

    turned = alter.rotated(square, degrees=5).astype(float)
    oracle = rotate(square.astype(float), 5, reshape=False, order=1)

    assert np.array_equal(np.rot90(square), alter.rotated(square, degrees=90))
    assert np.abs(turned - oracle)[disc].mean() < 1.5  # grey levels; the two round positions differently


def test_a_stretched_film_is_wider_and_lower_about_its_middle() -> None:
    """A square of 40 × 40 becomes 40·√1.44 = 48 wide and 40/1.2 = 33 high, to a pixel."""
    film = np.zeros((100, 100), np.uint8)
    film[30:70, 30:70] = 255

    rows, columns = np.nonzero(alter.stretched(film, across=1.44) > 127)

    assert [33, 48] == pytest.approx([np.ptp(rows) + 1, np.ptp(columns) + 1], abs=1)
    assert [49.5, 49.5] == pytest.approx([rows.mean(), columns.mean()], abs=0.6)


def test_a_crop_enlarges_what_is_left() -> None:
    """Of 100 pixels 80 are left, so a square of 20 becomes 25, to a pixel."""
    film = np.zeros((100, 100), np.uint8)
    film[40:60, 40:60] = 255

    rows, columns = np.nonzero(alter.cropped(film, fraction=0.1) > 127)

    assert [25, 25] == pytest.approx([np.ptp(rows) + 1, np.ptp(columns) + 1], abs=1)


def test_grey_levels_by_hand() -> None:
    """51 and 204 are 0.2 and 0.8 of full scale; their mean is 0.5."""
    film = np.array([[51, 204]], np.uint8)

    assert [[0, 255]] == alter.windowed(film, low=0.2, high=0.8).tolist()
    assert [[10, 163]] == alter.with_gamma(film, gamma=2).tolist()
    assert [[89, 166]] == alter.with_contrast(film, factor=0.5).tolist()
    assert [[128, 255]] == alter.brightened(film, added=0.3).tolist()
    assert [[77, 204]] == alter.noisy(film, np.array([[1.0, 0.0]]), deviation=0.1).tolist()


def test_blur_and_resampling_take_fine_detail_away() -> None:
    board = (np.indices((32, 32)).sum(axis=0) % 2 * 255).astype(np.uint8)

    assert alter.blurred(board, sigma_px=3).std() < 2
    assert alter.resampled(board, factor=0.5).std() < 30
