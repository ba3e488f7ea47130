"""Non-diseased films that a shortcut takes for diseased: held out, they foretell what another part of the data does.

A shortcut tells the classes apart wherever films come from where it was learned, and fails where the non-diseased films
look like the diseased ones in all but disease. The official test of the Kaggle data is such a place: a linear model on
thumbnails tells its normal films from those of the training part, and calls most of them diseased. Its like can be
made of training films: a model that has not learned from a patient says how diseased that patient's thumbnails look,
and those that look so most are held out.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from firstread.evaluation import shortcuts

__all__ = ["FRACTION", "look_alikes"]

FRACTION = 0.18
"""Of the patients without disease: about as many films as a test part has."""

# In standard deviations of the patients' looks. Without chance the held-out films would be told from the others at an
# AUROC of .97; with this much at .91, as the normal films of the official test are (.92, on thumbnails of 16 × 16).
_CHANCE = 0.3


def look_alikes(
    thumbnails: npt.NDArray[np.uint8],
    diseased: npt.NDArray[np.bool_],
    patient: Sequence[str],
    *,
    rng: np.random.Generator,
    fraction: float = FRACTION,
) -> npt.NDArray[np.bool_]:
    """Return which films are of the patients without disease who look most diseased, shape (n_films,).

    Args:
        thumbnails: From `shortcuts.thumbnail`, shape (n_films, 32, 32).
        diseased: Reference standard, shape (n_films,).
        patient: Whose film each is.
        rng: Chance in who is taken.
        fraction: Of the patients without a diseased film, in (0, 1).

    Raises:
        UndefinedMetricError: If too few patients have a class; see `shortcuts.cross_fit`.
    """
    if not 0 < fraction < 1:
        raise ValueError(f"fraction must be in (0, 1); received {fraction}.")
    columns = thumbnails.reshape(len(thumbnails), -1).astype(np.float64)
    look = shortcuts.cross_fit(columns, diseased, patient, rng=rng)
    owner_of = np.unique(np.asarray(patient), return_inverse=True)[1]
    healthy = np.flatnonzero(np.bincount(owner_of, diseased) == 0)
    mean = (np.bincount(owner_of, look) / np.bincount(owner_of))[healthy]
    order = np.argsort(-(mean / (mean.std() or 1.0) + _CHANCE * rng.gumbel(size=healthy.size)))
    return np.isin(owner_of, healthy[order[: max(1, round(fraction * healthy.size))]])
