import numpy as np
import pytest

from firstread.imaging.radiograph import Radiograph
from firstread.records import FilmFacts

FACTS = FilmFacts(sha256="", file_bytes=1, height=2, width=2)


@pytest.mark.parametrize(
    "pixels", [np.zeros((2, 2, 3), np.uint8), np.zeros((2, 2), np.float32), np.zeros(4, np.uint8)]
)
def test_pixels_are_grey_and_whole(pixels: np.ndarray) -> None:
    with pytest.raises(ValueError, match="must be \\(height, width\\) of uint8 or uint16; received shape"):
        Radiograph(pixels, 255, FACTS)


@pytest.mark.parametrize("white", [0, 256])
def test_white_is_a_grey_level_of_the_pixels(white: int) -> None:
    with pytest.raises(ValueError, match=f"received {white}"):
        Radiograph(np.zeros((2, 2), np.uint8), white, FACTS)
