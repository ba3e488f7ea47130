"""A film becomes a picture of 256 levels that shows what the film shows."""

import io

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from firstread.edges.web import film_picture
from firstread.imaging.display import Displayed
from firstread.imaging.first_window import FirstWindow
from firstread.imaging.radiograph import GreyPixels


def shown(film: Displayed, max_side: int = 2048) -> npt.NDArray[np.uint8]:
    picture = Image.open(io.BytesIO(film_picture.png(film, max_side=max_side)))
    assert ("PNG", "L") == (picture.format, picture.mode)
    return np.asarray(picture)


def test_a_film_of_8_bits_is_shown_as_it_is() -> None:
    pixels = np.arange(256, dtype=np.uint8).reshape(16, 16)

    assert np.array_equal(pixels, shown(Displayed(pixels, 255, 16, 16)))


@pytest.mark.parametrize("white", [100, 1023, 4095, 65535])
def test_black_is_0_and_white_is_255(white: int) -> None:
    levels = np.linspace(0, white, 16 * 16).reshape(16, 16)
    pixels: GreyPixels = levels.astype(np.uint8) if white < 256 else levels.astype(np.uint16)

    picture = shown(Displayed(pixels, white, 16, 16))

    assert (0, 255) == (picture[0, 0], picture[-1, -1])
    # Each level lies at most half a level of the picture from where it belongs.
    assert np.abs(picture - pixels.astype(float) * 255 / white).max() <= 0.5


def test_what_is_brighter_than_white_is_white() -> None:
    pixels = np.full((16, 16), 5000, np.uint16)

    assert (shown(Displayed(pixels, 4095, 16, 16)) == 255).all()


def test_a_picture_shows_what_the_first_window_shows() -> None:
    """A window of 1,000 around 2,000: black at 1,500, white at 2,500."""
    pixels = np.linspace(0, 65535, 16 * 16).astype(np.uint16).reshape(16, 16)
    pixels[0, :5] = 1500, 1700, 2000, 2500, 2501

    picture = shown(Displayed(pixels, 65535, 16, 16, FirstWindow(2000, 1000)))

    assert [0, 51, 128, 255, 255] == picture[0, :5].tolist()
    assert (picture[1:] == 255).all()


@pytest.mark.parametrize(
    ("shape", "max_side", "expected"),
    [((300, 200), 150, (150, 100)), ((200, 300), 150, (100, 150)), ((100, 80), 150, (100, 80))],
)
def test_a_picture_is_no_larger_than_asked_and_keeps_its_shape(
    shape: tuple[int, int], max_side: int, expected: tuple[int, int]
) -> None:
    film = Displayed(np.zeros(shape, np.uint16), 4095, *shape)

    assert expected == shown(film, max_side).shape


def test_a_smaller_picture_is_as_bright() -> None:
    pixels = np.random.default_rng(1).integers(0, 4096, (400, 400), dtype=np.uint16)

    picture = shown(Displayed(pixels, 4095, 400, 400), 100)

    assert pixels.mean() / 4095 * 255 == pytest.approx(picture.mean(), abs=0.5)
