"""Pictures that are made to learn from are what they say, and the same for the same draw."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from firstread.evaluation import pictures
from firstread.evaluation.pictures import SIDE

Floats = npt.NDArray[np.float32]


def films(n: int = 6) -> Floats:
    """Return films that are dark above and bright below."""
    return np.tile(np.linspace(0, 255, SIDE, dtype=np.float32)[None, :, None], (n, 1, SIDE))


@pytest.mark.parametrize(
    "change",
    [
        pictures.elsewhere,
        pictures.turned,
        pictures.inverted,
        pictures.cut_out,
        pictures.shapes,
        pictures.textures,
    ],
)
def test_pictures_stay_films_and_follow_the_draw(
    change: Callable[[np.random.Generator, Floats], Floats],
) -> None:
    first, second = (change(np.random.default_rng(1), films()) for _ in range(2))

    np.testing.assert_array_equal(first, second)
    assert films().shape == first.shape
    assert 0 <= first.min()
    assert 255 >= first.max()
    assert (first.std(axis=(1, 2)) > 0).all()


def test_a_film_of_another_hospital_is_still_the_right_way_up() -> None:
    made = pictures.elsewhere(np.random.default_rng(0), films(50))

    upright = made[:, 70:, 30:80].mean(axis=(1, 2)) > made[:, :42, 30:80].mean(axis=(1, 2))

    assert upright.all()


def test_an_inverted_film_is_bright_where_it_was_dark() -> None:
    """Seven of ten are not turned as well."""
    made = pictures.inverted(np.random.default_rng(0), films(60))

    darker_below = (made[:, 70:, 30:80].mean(axis=(1, 2)) < made[:, :42, 30:80].mean(axis=(1, 2))).mean()

    assert 0.65 < darker_below < 0.9
