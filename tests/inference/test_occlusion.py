"""Covering a place costs the score what the place was worth."""

import numpy as np
import pytest

from firstread.config import Inference
from firstread.inference import occlusion
from firstread.inference.bundle import Bundle
from firstread.inference.predictor import Predictor


@pytest.fixture(scope="module")
def predictor(tiny_bundle: Bundle) -> Predictor:
    return Predictor(tiny_bundle, settings=Inference(threads=1))


def with_texture() -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Return a grey film with a chequered place (2, 5) of the 7 × 7: the tiny network's texture."""
    film = np.full((224, 224), 120, np.uint8)
    film[64:96, 160:192] = 120 + 60 * (np.indices((32, 32)).sum(axis=0) % 2 * 2 - 1)
    return film


def test_the_place_with_the_texture_costs_what_its_texture_is_worth(predictor: Predictor) -> None:
    drop = occlusion.occlusion(predictor, with_texture(), patch=1.0)

    # 8 for each unit of texture, 60 / 255 of a unit in one of 49 places; the mean grey stays.
    expected = np.zeros((7, 7))
    expected[2, 5] = 8 * 60 / 255 / 49
    np.testing.assert_allclose(expected, drop, atol=1e-5)


def test_patches_that_overlap_reach_their_neighbours(predictor: Predictor) -> None:
    drop = occlusion.occlusion(predictor, with_texture(), patch=3.0)

    assert drop[1, 4] == pytest.approx(drop[2, 5], abs=1e-3)
    assert drop[5, 5] == pytest.approx(0, abs=1e-5)


def test_a_covered_place_is_its_own_mean_and_the_rest_stays() -> None:
    film = np.arange(16, dtype=np.uint8).reshape(4, 4)

    films = occlusion.covered(film, places=2, patch=1.0)

    assert (4, 4, 4) == films.shape
    assert (films[1, :2, 2:] == np.mean([2, 3, 6, 7])).all()
    np.testing.assert_array_equal(film[2:], films[1, 2:])


def test_deletion_takes_the_places_in_order() -> None:
    film = np.array([[10, 20], [30, 40]], np.uint8)

    films = occlusion.deleted(film, np.array([3, 0, 1, 2]), places=2, steps=5)

    assert [[10, 20, 30, 40], [10, 20, 30, 25], [25, 20, 30, 25], [25, 25, 30, 25], [25] * 4] == [
        one.ravel().tolist() for one in films
    ]


def test_insertion_ends_with_the_film_and_starts_without_its_detail() -> None:
    film = with_texture()

    films = occlusion.inserted(film, np.arange(49), places=7, steps=3)

    np.testing.assert_array_equal(film, films[-1])
    assert films[0].std() < film.std() / 2


def test_the_same_film_gets_the_same_map(predictor: Predictor) -> None:
    one, other = (occlusion.occlusion(predictor, with_texture()) for _ in range(2))

    np.testing.assert_array_equal(one, other)


def test_no_place_is_refused() -> None:
    with pytest.raises(ValueError, match="Places must be 1 to the film's side"):
        occlusion.covered(np.zeros((8, 8), np.uint8), places=0, patch=1.0)
