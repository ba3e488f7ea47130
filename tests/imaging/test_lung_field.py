"""An atlas finds the lungs again where they were put."""

import numpy as np
import numpy.typing as npt
import pytest
from scipy.ndimage import affine_transform, label

from firstread.data import eigen_radiographs
from firstread.data.eigen_radiographs import Kind, develop, draw
from firstread.imaging import lung_field
from firstread.imaging.lung_field import Placement


def synthetic_films(count: int) -> npt.NDArray[np.uint8]:
    """Return films that show no patient, shape (count, 224, 224)."""
    from PIL import Image

    model = eigen_radiographs.shipped()
    rng = np.random.default_rng(7)
    kinds = list(Kind)
    films = [develop(model, draw(rng, model, kind=kinds[row % 3])) for row in range(count)]
    return np.stack(
        [np.asarray(Image.fromarray((255 * film).astype(np.uint8)).resize((224, 224))) for film in films]
    )


def mean_film() -> npt.NDArray[np.float32]:
    """Return the mean of the eigen-radiographs as a film, shape (128, 128)."""
    return np.clip(120 + 45 * eigen_radiographs.shipped().mean, 0, 255).astype(np.float32)


def at(shift: tuple[float, float] = (0, 0), log_scale: tuple[float, float] = (0, 0)) -> Placement:
    return Placement(np.array([shift], float), np.array([log_scale], float), np.ones(1))


@pytest.mark.parametrize("down", [-0.06, 0.0, 0.08])
@pytest.mark.parametrize("log_scale", [-0.12, 0.1])
def test_a_chest_that_was_moved_is_found_where_it_was_put(down: float, log_scale: float) -> None:
    film = mean_film()
    before = lung_field.place(film[np.newaxis], lung_field.shipped())
    # scipy's transform takes output to input: the chest moves the other way.
    scale = np.exp(-log_scale)
    middle = (128 - 1) / 2
    moved = affine_transform(
        film,
        [scale, scale],
        [middle * (1 - scale) - 128 * down * scale, middle * (1 - scale)],
        order=1,
        mode="nearest",
    )

    after = lung_field.place(moved[np.newaxis], lung_field.shipped())

    # A pixel of the comparison is 1/32 of the side; half a pixel, and a scale to 5 %.
    expected_down = np.exp(log_scale) * before.shift[0, 0] + down
    np.testing.assert_allclose(expected_down, after.shift[0, 0], atol=0.016)
    np.testing.assert_allclose(before.log_scale[0] + log_scale, after.log_scale[0], atol=0.05)


def test_every_synthetic_chest_is_found() -> None:
    placement = lung_field.place(synthetic_films(12), lung_field.shipped())

    assert placement.found.all()


def test_a_film_of_one_grey_level_has_no_lungs() -> None:
    placement = lung_field.place(np.full((2, 64, 64), 90, np.uint8), lung_field.shipped())

    np.testing.assert_allclose(0, placement.likeness, atol=0.05)
    assert not placement.found.any()


def test_films_do_not_disturb_each_other() -> None:
    films = synthetic_films(3)

    together = lung_field.place(films, lung_field.shipped())

    for row in range(3):
        alone = lung_field.place(films[row : row + 1], lung_field.shipped())
        np.testing.assert_allclose(alone.shift[0], together.shift[row], atol=1e-4)


def test_no_film_has_no_place() -> None:
    placement = lung_field.place(np.zeros((0, 224, 224), np.uint8), lung_field.shipped())

    assert (0,) == placement.found.shape
    assert (0, 7, 7) == lung_field.coverage(lung_field.shipped().lungs, placement, height=7, width=7).shape


def test_the_upper_half_of_an_atlas_covers_the_upper_half_of_a_map() -> None:
    upper = np.zeros((64, 64), np.float32)
    upper[:32] = 1

    covered = lung_field.coverage(upper, at(), height=4, width=2)

    # Between the rows 31 and 32 the border is interpolated: 1/64 of the side is soft; the rim as well.
    np.testing.assert_allclose([[1, 1], [1, 1], [0, 0], [0, 0]], covered[0], atol=0.04)


def test_a_shift_down_moves_the_mask_down() -> None:
    upper = np.zeros((64, 64), np.float32)
    upper[:32] = 1

    covered = lung_field.coverage(upper, at(shift=(0.25, 0)), height=4, width=1)

    np.testing.assert_allclose([0, 1, 1, 0], covered[0, :, 0], atol=0.04)


def test_a_smaller_chest_has_a_smaller_mask() -> None:
    whole = np.ones((64, 64), np.float32)

    covered = lung_field.coverage(whole, at(log_scale=(np.log(0.5), np.log(0.5))), height=64, width=64)

    assert covered.mean() == pytest.approx(0.25, abs=0.01)


def test_the_shipped_atlas_has_two_lungs_inside_a_thorax() -> None:
    atlas = lung_field.shipped()

    assert 2 == label(atlas.lungs)[1]
    assert 1 == label(atlas.thorax)[1]
    assert (atlas.lungs <= atlas.thorax).all()
    assert 0.15 < atlas.lungs.mean() < 0.25
    assert "training part of the id-block split" in atlas.facts["part"]


def test_what_is_shipped_is_small() -> None:
    """It goes into every installation."""
    from pathlib import Path

    assert Path(lung_field.__file__).with_name("lung_atlas.npz").stat().st_size < 5000
