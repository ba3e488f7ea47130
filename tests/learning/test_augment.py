from dataclasses import fields

import keras
import numpy as np
import pytest

from firstread.config import Augmentation, Config, with_changes
from firstread.learning import augment

SHAPE = (6, 32, 32)


@pytest.fixture
def films() -> np.ndarray:
    return np.random.default_rng(5).uniform(0.2, 0.8, SHAPE).astype(np.float32)


def numbers(drawn: dict[str, object]) -> dict[str, np.ndarray]:
    return {name: np.asarray(value) for name, value in drawn.items()}


def test_everything_off_draws_nothing_and_changes_nothing(
    films: np.ndarray, no_augmentation: Augmentation
) -> None:
    drawn = augment.draw(no_augmentation, SHAPE, seed=1)

    assert {} == drawn
    np.testing.assert_array_equal(augment.apply(films, drawn), films)


@pytest.mark.parametrize(
    "operation",
    [
        f.name
        for f in fields(Augmentation)
        # How far, not whether; and what needs other films is done where batches are made.
        if f.name not in ("jpeg_quality", "border_width", "histogram")
    ],
)
def test_each_operation_is_on_by_its_own_setting(
    films: np.ndarray, no_augmentation: Augmentation, operation: str
) -> None:
    off_by_default = {"smaller": 0.1}
    probability = operation in ("flip", "jpeg", "border", "erase")
    value = 1.0 if probability else off_by_default.get(operation, getattr(Augmentation(), operation))
    only = with_changes(Config(augmentation=no_augmentation), "augmentation", {operation: value})
    ranges = only.augmentation

    changed = np.asarray(augment.apply(films, augment.draw(ranges, SHAPE, seed=7)))

    assert np.abs(changed - films).max() > 1e-3


def test_what_was_drawn_can_be_replayed(films: np.ndarray) -> None:
    drawn = numbers(augment.draw(Augmentation(), SHAPE, seed=9))

    np.testing.assert_array_equal(augment.apply(films, drawn), augment.apply(films, drawn))


def test_draws_stay_inside_their_ranges() -> None:
    ranges = Augmentation()

    drawn = numbers(augment.draw(ranges, (2000, 8, 8), seed=11))

    assert np.abs(drawn["rotation_deg"]).max() <= ranges.rotation_deg
    ratio = drawn["zoom_x"] / drawn["zoom_y"]
    assert (1 - ranges.unequal_scale - 1e-5 <= ratio).all()
    assert (ratio <= 1 + ranges.unequal_scale + 1e-5).all()
    assert (0 <= drawn["blur_px"]).all()
    assert (drawn["blur_px"] <= ranges.blur).all()
    assert {30, 95} == {int(drawn["jpeg_quality"].min()), int(drawn["jpeg_quality"].max())}
    assert ranges.border_width >= drawn["border_widths"].max()
    # Of the films that get a rim, one in sixteen draws no width on any of its four sides.
    rims = (drawn["border_widths"].max(axis=1) > 0).mean()
    assert pytest.approx(ranges.border * (1 - 0.5**4), abs=0.05) == rims
    assert 0.45 < drawn["mirrored"].mean() < 0.55


def test_a_part_of_the_films_loses_a_rectangle_of_at_most_a_third() -> None:
    ranges = Augmentation(erase=0.4)

    drawn = numbers(augment.draw(ranges, (2000, 8, 8), seed=12))

    erased = drawn["erased_sides"].max(axis=1) > 0
    assert pytest.approx(0.4, abs=0.05) == erased.mean()
    assert drawn["erased_sides"][erased].min() >= 1 / 8
    assert drawn["erased_sides"].max() <= 1 / 3


def test_films_are_smaller_in_training_by_a_tenth_on_average() -> None:
    drawn = numbers(augment.draw(Augmentation(smaller=0.1), (4000, 8, 8), seed=13))

    area = drawn["zoom_x"] * drawn["zoom_y"]
    assert pytest.approx(0.9, abs=0.01) == np.sqrt(area).mean()


def test_each_film_of_a_batch_is_changed_in_its_own_way() -> None:
    same = np.repeat(np.random.default_rng(2).uniform(0, 1, (1, 32, 32)), 4, axis=0).astype(np.float32)

    changed = np.asarray(augment.apply(same, augment.draw(Augmentation(), same.shape, seed=3)))

    assert all(np.abs(changed[0] - other).mean() > 1e-3 for other in changed[1:])


def test_the_layer_leaves_films_alone_outside_training() -> None:
    layer = augment.Augment(Augmentation(), seed=1)
    films = np.random.default_rng(1).integers(0, 256, (2, 32, 32, 1), dtype=np.uint8)

    np.testing.assert_array_equal(layer(films, training=False), films)


def test_the_layer_keeps_grey_levels_in_range_and_goes_on_drawing() -> None:
    layer = augment.Augment(Augmentation(), seed=1)
    films = np.random.default_rng(1).integers(0, 256, (4, 32, 32, 1), dtype=np.uint8)

    first, second = (np.asarray(layer(films, training=True)) for _ in range(2))

    assert 0 <= min(first.min(), second.min())
    assert max(first.max(), second.max()) <= 255
    assert np.abs(first - second).mean() > 1


def test_the_seed_decides_the_draws() -> None:
    films = np.random.default_rng(1).integers(0, 256, (4, 32, 32, 1), dtype=np.uint8)

    once, again = (
        np.asarray(augment.Augment(Augmentation(), seed=4)(films, training=True)) for _ in range(2)
    )

    np.testing.assert_array_equal(once, again)


def test_the_layer_keeps_the_shape_of_its_input() -> None:
    symbolic = augment.Augment(Augmentation(), seed=1)(keras.Input((32, 32, 1)))

    assert (None, 32, 32, 1) == symbolic.shape
