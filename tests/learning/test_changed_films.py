import numpy as np
import numpy.typing as npt

from firstread.imaging.harmless_changes import HARMLESS
from firstread.learning.changed_films import CHANGES_A_FILM, changed_logits

N_FILMS = 40


def brightness(films: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    return np.asarray(films.reshape(len(films), -1).mean(axis=1))


def test_every_film_is_scored_after_other_changes_none_twice() -> None:
    films = np.random.default_rng(1).integers(0, 255, (N_FILMS, 32, 32), np.uint8)

    found = changed_logits(brightness, lambda rows: films[rows], N_FILMS, rng=np.random.default_rng(2))

    every = np.stack([brightness(np.stack([change(film) for film in films])) for change in HARMLESS.values()])
    assert (N_FILMS, CHANGES_A_FILM) == found.shape
    for film in range(N_FILMS):
        taken = [int(np.argmin(np.abs(every[:, film] - value))) for value in found[film]]
        np.testing.assert_allclose(every[taken, film], found[film])
    assert np.unique(found[:, 0]).size > N_FILMS / 2
    again = changed_logits(brightness, lambda rows: films[rows], N_FILMS, rng=np.random.default_rng(2))
    np.testing.assert_array_equal(found, again)


def test_no_change_comes_twice_to_one_film() -> None:
    """With a score that tells the changes apart: the same film every time, so that equal scores are equal changes."""
    film = np.random.default_rng(3).integers(60, 200, (32, 32), np.uint8)
    films = np.repeat(film[None], N_FILMS, axis=0)

    def told_apart(some: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
        return np.array([float(hash(one.tobytes())) for one in some])

    found = changed_logits(told_apart, lambda rows: films[rows], N_FILMS, rng=np.random.default_rng(4))

    assert all(np.unique(row).size == CHANGES_A_FILM for row in found)
