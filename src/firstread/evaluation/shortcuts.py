"""What a model gets without looking at lungs: from the thumbnail, from its rim, from the file's own facts.

Any network has to beat these floors on the same split, or it has shown nothing (Zech et al., PLoS Medicine 2018;
DeGrave et al., Nature Machine Intelligence 2021).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from firstread.evaluation.discrimination import require_both_classes
from firstread.records import FilmFacts

__all__ = ["FILE_FACTS", "RIM", "SIDE", "LinearModel", "cross_fit", "file_facts", "fit", "rim", "thumbnail"]

SIDE = 32
"""Rows and columns of a thumbnail: no infiltrate is left to see, only where it is bright."""

RIM = 2
"""Pixels of the thumbnail, from its edge, that count as rim: what lies outside most lungs."""

FILE_FACTS = ("width", "height", "width / height", "file size", "JPEG quality")
"""The columns of `file_facts`, in pixels, pixels, one, bytes and 1..100."""

# On a random draw of the public training films the thumbnail's AUROC is highest here (0.992), and within 0.004 of
# that from 0.001 to 1.
_INVERSE_PENALTY = 0.01

Columns = npt.NDArray[np.floating]


@dataclass(frozen=True, slots=True, eq=False)
class LinearModel:
    """A logistic regression on standardised columns.

    Args:
        mean: Of the training films, shape (d,).
        scale: Standard deviation of the training films, 1 where there is none, shape (d,).
        kernel: Weight of each standardised column, shape (d,).
        bias: Logit of the mean training film.
    """

    mean: npt.NDArray[np.float64]
    scale: npt.NDArray[np.float64]
    kernel: npt.NDArray[np.float64]
    bias: float

    def logit(self, columns: Columns) -> npt.NDArray[np.float64]:
        """Return the log-odds of disease, shape (n_films,), of columns (n_films, d)."""
        return np.asarray((columns - self.mean) / self.scale @ self.kernel + self.bias, np.float64)


def fit(columns: Columns, diseased: npt.NDArray[np.bool_]) -> LinearModel:
    """Return the logistic regression that tells the classes of some films apart.

    Args:
        columns: Anything known of the films, shape (n_films, d).
        diseased: Reference standard, shape (n_films,).

    Raises:
        UndefinedMetricError: If a class is empty, or a column is not a number.
    """
    from sklearn.linear_model import LogisticRegression

    values = np.asarray(columns, np.float64)
    require_both_classes(diseased, values.sum(axis=1))
    mean, scale = values.mean(axis=0), values.std(axis=0)
    scale[scale < 1e-9] = 1.0  # what is the same in all films tells nothing, and must not be divided by
    model = LogisticRegression(C=_INVERSE_PENALTY, max_iter=1000).fit((values - mean) / scale, diseased)
    return LinearModel(mean, scale, np.asarray(model.coef_[0], np.float64), float(model.intercept_[0]))


def cross_fit(
    columns: Columns,
    diseased: npt.NDArray[np.bool_],
    patient: Sequence[str],
    *,
    rng: np.random.Generator,
    folds: int = 5,
) -> npt.NDArray[np.float64]:
    """Return how diseased each film looks to a linear model that has not seen its patient: log-odds, shape (n_films,).

    Args:
        columns: Anything known of the films, shape (n_films, d).
        diseased: Reference standard, shape (n_films,).
        patient: Whose film each is.
        rng: Deals the patients to the folds.
        folds: At least 2.

    Raises:
        UndefinedMetricError: If a class is missing from all but one fold.
    """
    owners, owner_of = np.unique(np.asarray(patient), return_inverse=True)
    fold = rng.permutation(owners.size)[owner_of] % folds
    look = np.empty(diseased.size)
    for one in range(folds):
        look[fold == one] = fit(columns[fold != one], diseased[fold != one]).logit(columns[fold == one])
    return look


def thumbnail(film: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return a film at 32 × 32, each pixel the mean of what it stands for.

    Args:
        film: Grey levels, shape (height, width).
    """
    from PIL import Image

    return np.asarray(Image.fromarray(film).resize((SIDE, SIDE), Image.Resampling.BOX), np.uint8)


def rim(thumbnails: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return the outer 2 pixels of thumbnails (n_films, 32, 32), shape (n_films, 240)."""
    outer = np.ones((SIDE, SIDE), np.bool_)
    outer[RIM:-RIM, RIM:-RIM] = False
    return thumbnails[:, outer]


def file_facts(facts: Sequence[FilmFacts]) -> npt.NDArray[np.float64]:
    """Return what the files say before anything is read in them, shape (n_films, 5), as `FILE_FACTS`.

    The quality of a file that is no JPEG is 0: being another kind of file is a cue as well.
    """
    return np.array(
        [
            (fact.width, fact.height, fact.width / fact.height, fact.file_bytes, fact.jpeg_quality or 0)
            for fact in facts
        ],
        np.float64,
    ).reshape(-1, len(FILE_FACTS))
