"""Films from the cache as Keras batches; nothing is decoded and nothing grows with the number of films."""

import keras
import numpy as np
import numpy.typing as npt

from firstread.data.film_cache import FilmCache
from firstread.imaging import histogram as histograms

__all__ = ["FilmBatches", "class_weights"]

Batch = tuple[npt.NDArray[np.uint8], npt.NDArray[np.float32], npt.NDArray[np.float32]]


def class_weights(diseased: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """Return the weights of (non-diseased, diseased) films that give both classes the same say.

    Args:
        diseased: Reference standard of the training part, shape (n_films,), with both classes.
    """
    n_diseased = int(diseased.sum())
    return diseased.size / (2 * (diseased.size - n_diseased)), diseased.size / (2 * n_diseased)


class FilmBatches(keras.utils.PyDataset):
    """Batches of (film uint8 (n, height, width, 1), y_true (n, 1), sample weight (n,)).

    The order of an epoch depends on the seed and the epoch's number alone, so that a run which was killed goes
    on with the films it would have seen.

    Args:
        cache: The films.
        rows: Which of them, shape (n_films,).
        diseased: Reference standard of these rows, shape (n_films,).
        weights: Of (non-diseased, diseased) films.
        batch_size: Films in a batch; an incomplete last batch is left to the next epoch's order.
        seed: Of the order and of what is exchanged.
        first_epoch: Number of the epoch that comes first.
        share: How often each film is shown, 1 in all, shape (n_films,); an epoch is then as many draws as there are
            films. None shows every film once.
        histogram: Probability that a film takes on grey levels of another film of these rows, by a share that is drawn.
    """

    def __init__(
        self,
        cache: FilmCache,
        rows: npt.NDArray[np.intp],
        diseased: npt.NDArray[np.bool_],
        *,
        weights: tuple[float, float],
        batch_size: int,
        seed: int,
        first_epoch: int = 0,
        share: npt.NDArray[np.float64] | None = None,
        histogram: float = 0.0,
    ) -> None:
        super().__init__(workers=1, max_queue_size=4)
        self._cache = cache
        self._rows = rows
        self._y_true = diseased.astype(np.float32)[:, None]
        self._weight = np.where(diseased, weights[1], weights[0]).astype(np.float32)
        self._batch_size = min(batch_size, len(rows))
        self._seed = seed
        self._epoch = first_epoch
        self._share = share
        self._histogram = histogram
        self._order = self._draw_order()

    def __len__(self) -> int:
        return len(self._rows) // self._batch_size

    def __getitem__(self, index: int) -> Batch:
        chosen = self._order[index * self._batch_size : (index + 1) * self._batch_size]
        films = self._cache.rows(self._rows[chosen])
        if self._histogram:
            films = self._with_other_levels(
                films, rng=np.random.default_rng((self._seed, self._epoch, index))
            )
        return films[..., None], self._y_true[chosen], self._weight[chosen]

    def _with_other_levels(
        self, films: npt.NDArray[np.uint8], *, rng: np.random.Generator
    ) -> npt.NDArray[np.uint8]:
        """Exchange grey levels with films of either class, so that a window tells nothing of disease."""
        happens = np.flatnonzero(rng.random(len(films)) < self._histogram)
        others = self._cache.rows(rng.choice(self._rows, happens.size))
        changed = films.copy()
        for row, other, share in zip(happens, others, rng.random(happens.size), strict=True):
            table = histograms.exchange(
                histograms.cumulative(films[row]), histograms.cumulative(other), share=float(share)
            )
            changed[row] = table[films[row]]
        return changed

    def on_epoch_end(self) -> None:
        """Draw the next epoch's order; Keras calls this."""
        self._epoch += 1
        self._order = self._draw_order()

    def _draw_order(self) -> npt.NDArray[np.intp]:
        rng, films = np.random.default_rng((self._seed, self._epoch)), len(self._rows)
        if self._share is None:
            return rng.permutation(films)
        return rng.choice(films, films, p=self._share)
