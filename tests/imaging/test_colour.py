import numpy as np
import pytest
from PIL import Image

from firstread.imaging.colour import luma_and_tint


def test_grey_has_no_tint() -> None:
    grey = np.repeat(np.arange(256, dtype=np.uint8).reshape(16, 16, 1), 3, axis=2)

    luma, tint = luma_and_tint(Image.fromarray(grey))

    assert np.array_equal(grey[..., 0], luma)
    assert 0.0 == tint


def test_luma_and_tint_of_red_are_those_of_bt_601() -> None:
    """Y = .299·255 = 76; Cb = 128 − .168736·255 = 85; Cr = 128 + .5·255 = 255: distance √(43² + 127²)."""
    red = np.zeros((8, 8, 3), np.uint8)
    red[..., 0] = 255

    luma, tint = luma_and_tint(Image.fromarray(red))

    assert 76 == luma[0, 0]
    assert pytest.approx(np.hypot(43, 127), abs=1) == tint  # Pillow rounds down
