import numpy as np

from firstread.imaging.harmless_changes import HARMLESS, UNUSUAL


def test_every_change_gives_a_film_back() -> None:
    film = np.random.default_rng(2).integers(30, 220, (64, 64)).astype(np.uint8)

    for change in (*HARMLESS.values(), *UNUSUAL.values()):
        changed = change(film)
        assert (film.shape, film.dtype) == (changed.shape, changed.dtype)
        assert not np.array_equal(film, changed)
    assert not set(HARMLESS) & set(UNUSUAL)


def test_the_flat_window_raises_black_and_takes_nearly_half_of_the_contrast() -> None:
    """Black becomes .55 / 1.82 and white 1.55 / 1.82 of full scale."""
    film = np.array([[0, 255]], np.uint8)

    assert [[round(255 * 0.55 / 1.82), round(255 * 1.55 / 1.82)]] == HARMLESS["flat window"](film).tolist()
