"""How often training films should be shown, so that a shortcut tells less of disease among what is shown."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from firstread.evaluation import shortcuts

__all__ = ["balanced"]

# A film that the shortcut is quite sure of is still shown this often, next to one that it is quite wrong about.
_LEAST = 0.03


def balanced(
    thumbnails: npt.NDArray[np.uint8],
    diseased: npt.NDArray[np.bool_],
    patient: Sequence[str],
    *,
    exponent: float,
    rng: np.random.Generator,
) -> npt.NDArray[np.float64]:
    """Return each film's share of what is shown, shape (n_films,), 1 in all and one half for each class.

    Within a class, films whose thumbnails look like the other class are shown more often: a film's share goes with the
    probability that a linear model on thumbnails, which has not seen its patient, gives to the wrong class (after Nam
    et al., NeurIPS 2020, and Liu et al., ICML 2021, who let a network that fails say which examples count).

    Args:
        thumbnails: From `shortcuts.thumbnail`, shape (n_films, 32, 32).
        diseased: Reference standard, shape (n_films,).
        patient: Whose film each is.
        exponent: Of that probability: 0 shows all films of a class alike, 1 in proportion.
        rng: Deals the patients to the folds of the linear model.

    Raises:
        UndefinedMetricError: If too few patients have a class; see `shortcuts.cross_fit`.
    """
    if not exponent >= 0:
        raise ValueError(f"exponent must not be negative; received {exponent}.")
    columns = thumbnails.reshape(len(thumbnails), -1).astype(np.float64)
    look = shortcuts.cross_fit(columns, diseased, patient, rng=rng)
    towards_truth = np.where(diseased, look, -look)
    wrong = np.exp(-np.logaddexp(0.0, towards_truth))
    share = np.maximum(wrong, _LEAST) ** exponent
    for of_class in (diseased, ~diseased):
        share[of_class] /= 2 * share[of_class].sum()
    return share
