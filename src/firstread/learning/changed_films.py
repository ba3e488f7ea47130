"""What a network says of films after changes that change no diagnosis."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from firstread.imaging.harmless_changes import HARMLESS

__all__ = ["CHANGES_A_FILM", "changed_logits"]

CHANGES_A_FILM = 4
"""Of the many in HARMLESS, drawn anew for every film: a thousand films say the same as all changes of each would."""

_BATCH = 32

GreyFilms = npt.NDArray[np.uint8]


def changed_logits(
    score: Callable[[GreyFilms], npt.NDArray[np.float64]],
    rows: Callable[[npt.NDArray[np.intp]], GreyFilms],
    n_films: int,
    *,
    rng: np.random.Generator,
) -> npt.NDArray[np.float64]:
    """Return the logits of every film after a few of the changes, shape (n_films, CHANGES_A_FILM).

    Args:
        score: Films (n, height, width) → logits (n,).
        rows: Which of the films, shape (k,), → films (k, height, width).
        n_films: How many there are.
        rng: Draws the changes, no change twice for one film.
    """
    changes = tuple(HARMLESS.values())
    drawn = rng.permuted(np.tile(np.arange(len(changes)), (n_films, 1)), axis=1)[:, :CHANGES_A_FILM]
    logit = np.empty(drawn.shape, np.float64)
    for first in range(0, n_films, _BATCH):
        which = drawn[first : first + _BATCH]
        films = rows(np.arange(first, first + len(which)))
        for way, chosen in enumerate(which.T):
            changed = np.stack([changes[one](film) for one, film in zip(chosen, films, strict=True)])
            logit[first : first + len(which), way] = score(changed)
    return logit
