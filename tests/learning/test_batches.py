from pathlib import Path
from typing import Any

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


def batches(cache: FilmCache, **options: Any) -> FilmBatches:
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


def test_films_take_on_the_grey_levels_of_other_films(tmp_path: Path) -> None:
    """Films of one level each: a film that took on another's becomes a level between the two."""
    films = np.repeat(np.array([10, 250], np.uint8), 20)[:, None, None] * np.ones((1, 16, 16), np.uint8)
    np.save(tmp_path / "films.npy", films)
    cache = FilmCache(tmp_path / "films.npy", tuple(Path(str(i)) for i in range(40)), (40, 16, 16))

    def shown(probability: float, seed: int = 1) -> set[int]:
        data = FilmBatches(
            cache,
            np.arange(40),
            np.arange(40) < 20,
            weights=(1, 1),
            batch_size=40,
            seed=seed,
            histogram=probability,
        )
        return set(data[0][0].ravel().tolist())

    assert {10, 250} == shown(0.0)
    assert len(shown(1.0)) > 8
    assert all(10 <= level <= 250 for level in shown(1.0))
    assert shown(0.7) == shown(0.7) != shown(0.7, seed=2)


def test_exchanged_levels_leave_the_cache_and_the_order_alone(cache: FilmCache) -> None:
    plain, exchanged = batches(cache), batches(cache, histogram=1.0)

    assert (plain[0][1] == exchanged[0][1]).all()
    exchanged[0]
    assert epoch(plain) == epoch(batches(cache))


def test_films_are_shown_as_often_as_their_share_says(cache: FilmCache) -> None:
    """Nine of ten draws are film 3, the others film 8; a resumed epoch draws the same."""
    share = np.zeros(10)
    share[[3, 8]] = 0.9, 0.1
    data = batches(cache, share=share, batch_size=1)

    shown = []
    for _ in range(30):
        shown += epoch(data)
        data.on_epoch_end()

    assert {3, 8} == set(shown)
    assert 0.9 == pytest.approx(np.mean(np.array(shown) == 3), abs=0.06)
    assert epoch(batches(cache, share=share, first_epoch=2)) == epoch(
        batches(cache, share=share, first_epoch=2)
    )
