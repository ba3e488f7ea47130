import keras
import numpy as np
import pytest
from scipy import ndimage

from firstread.learning.low_pass import LowPass


@pytest.mark.parametrize("sigma", [0.8, 1.5])
def test_it_is_scipys_gaussian_up_to_the_rim(sigma: float) -> None:
    films = np.random.default_rng(1).uniform(0, 255, (2, 48, 40, 1)).astype(np.float32)

    blurred = np.asarray(LowPass(sigma)(films))

    # SciPy's "mirror" is what others call "reflect": the edge pixel is not repeated.
    expected = ndimage.gaussian_filter(
        films, (0, sigma, sigma, 0), mode="mirror", radius=max(1, round(3 * sigma))
    )
    np.testing.assert_allclose(blurred, expected, atol=1e-3)


def test_it_has_nothing_to_learn_and_keeps_the_shape() -> None:
    film = keras.Input((32, 32, 1))

    layer = LowPass(1.5)

    assert (None, 32, 32, 1) == layer(film).shape
    assert [] == layer.weights
