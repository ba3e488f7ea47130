"""The lungs of a mean film are its two dark places."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from firstread.data import lung_atlas_fit
from firstread.data.eigen_fit import Placement
from firstread.errors import DataError
from firstread.imaging import lung_field


def chest(*, lungs: int = 2) -> npt.NDArray[np.float32]:
    """Return a bright body on a dark ground with dark ellipses in it, mean about 0."""
    down, across = np.indices((128, 128)) / 127 - 0.5
    film = np.where(np.abs(across) < 0.42, 1.0, -2.0)
    for middle in (-0.18, 0.18)[:lungs]:
        film[(down / 0.3) ** 2 + ((across - middle) / 0.11) ** 2 < 1] = -0.5
    return film.astype(np.float32)


def test_the_lungs_are_the_dark_places_off_the_rim() -> None:
    lungs = lung_atlas_fit.draw_lungs(chest())

    # Two ellipses of 0.3 × 0.11 sides: π·0.3·0.11·2 = 20.7 % of the film, and one 64th all around.
    assert (64, 64) == lungs.shape
    assert 0.207 < lungs.mean() < 0.26
    assert lungs[32, 20]
    assert lungs[32, 43]
    assert not lungs[32, 32]
    assert not lungs[32, 1]


def test_a_mean_film_with_one_lung_is_refused() -> None:
    with pytest.raises(DataError, match="two dark lungs apart from its rim"):
        lung_atlas_fit.draw_lungs(chest(lungs=1))


def test_the_thorax_holds_the_lungs_and_what_lies_between_them() -> None:
    lungs = lung_atlas_fit.draw_lungs(chest())

    thorax = lung_atlas_fit.draw_thorax(lungs)

    assert (lungs <= thorax).all()
    assert thorax[32, 32]
    assert not thorax[2, 32]
    assert not thorax[32, 1]


def test_an_atlas_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    films = np.stack([chest(), chest(), chest() + 0.1])
    nowhere = Placement(np.zeros((3, 2)), np.zeros((3, 2)))
    atlas = lung_atlas_fit.fit(films, nowhere, np.array([True, False, False]), facts={"films": 3})

    lung_atlas_fit.save(atlas, tmp_path / "atlas.npz")

    again = lung_field.load(tmp_path / "atlas.npz")
    np.testing.assert_allclose(atlas.template, again.template, atol=2e-3)
    np.testing.assert_array_equal(atlas.lungs, again.lungs)
    np.testing.assert_array_equal(atlas.thorax, again.thorax)
    assert {"films": 3} == again.facts
