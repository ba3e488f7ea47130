from pathlib import Path

import numpy as np
import pytest

from firstread.data.film_cache import FilmCache
from firstread.learning.batches import FilmBatches, class_weights

DISEASED = np.arange(10) >= 4


@pytest.fixture
def cache(tmp_path: Path) -> FilmCache:
    """Ten films; each is filled with its own number."""
    films = np.broadcast_to(np.arange(10, dtype=np.uint8)[:, None, None], (10, 16, 16))
    np.save(tmp_path / "films.npy", films)
    return FilmCache(tmp_path / "films.npy", tuple(Path(str(i)) for i in range(10)), (10, 16, 16))


def batches(cache: FilmCache, **options: int) -> FilmBatches:
    settings = {"batch_size": 4, "seed": 1} | options
    return FilmBatches(cache, np.arange(10), DISEASED, weights=(1.25, 0.8), **settings)


def epoch(data: FilmBatches) -> list[int]:
    return [int(film) for index in range(len(data)) for film in data[index][0][:, 0, 0, 0]]


def test_both_classes_get_the_same_say() -> None:
    """Four of ten are non-diseased: 10 / (2 · 4) and 10 / (2 · 6)."""
    non_diseased, diseased = class_weights(DISEASED)

    assert pytest.approx((1.25, 10 / 12)) == (non_diseased, diseased)
    assert pytest.approx(4 * non_diseased) == 6 * diseased


def test_each_film_comes_with_its_own_label_and_weight(cache: FilmCache) -> None:
    data = batches(cache)

    for index in range(len(data)):
        films, y_true, weight = data[index]
        diseased = films[:, 0, 0, 0] >= 4
        np.testing.assert_array_equal(y_true[:, 0], diseased.astype(np.float32))
        np.testing.assert_allclose(weight, np.where(diseased, 0.8, 1.25))
        assert (4, 16, 16, 1) == films.shape
        assert np.uint8 == films.dtype


def test_an_epoch_shows_no_film_twice_and_only_whole_batches(cache: FilmCache) -> None:
    shown = epoch(batches(cache))

    assert 8 == len(shown) == len(set(shown))


def test_the_order_changes_with_the_epoch_and_a_resumed_run_sees_the_same(cache: FilmCache) -> None:
    whole = batches(cache)
    first = epoch(whole)
    whole.on_epoch_end()

    assert first != epoch(whole)
    assert epoch(whole) == epoch(batches(cache, first_epoch=1))


def test_fewer_films_than_a_batch_still_make_one(cache: FilmCache) -> None:
    assert 1 == len(batches(cache, batch_size=64))
