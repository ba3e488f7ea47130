"""How far the files of the two classes differ before anything is read in them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from firstread.appraisal.inflation import scored
from firstread.data.manifest import Manifest
from firstread.evaluation import discrimination, shortcuts
from firstread.evaluation.clustered_bootstrap import Resamples
from firstread.evaluation.intervals import Figure
from firstread.evaluation.ranked_films import RankedFilms

__all__ = ["FactDifference", "file_differences"]


@dataclass(frozen=True, slots=True)
class FactDifference:
    """How far one fact of the file tells the classes apart, before anything is read in it.

    Args:
        fact: One of `shortcuts.FILE_FACTS`.
        median_diseased: Median of the diseased films.
        median_non_diseased: Median of the non-diseased films.
        larger_in: The class whose films rather have the larger values: "diseased", "non-diseased" or "neither".
        auroc: Of the fact alone, in the direction in which it is above one half.
    """

    fact: str
    median_diseased: float
    median_non_diseased: float
    larger_in: str
    auroc: Figure


def file_differences(
    manifest: Manifest, facts: npt.NDArray[np.floating], *, rng: np.random.Generator
) -> tuple[FactDifference, ...]:
    """Return one row for each fact of a file.

    Args:
        manifest: The films, of both classes.
        facts: From `shortcuts.file_facts`, shape (n_films, 5).
        rng: Source of chance of the intervals.

    Raises:
        UndefinedMetricError: If there are too few patients for an interval.
    """
    resamples = Resamples.draw(scored(manifest, np.zeros(len(manifest))), rng=rng)
    return tuple(
        _difference(fact, values, manifest.diseased, resamples)
        for fact, values in zip(shortcuts.FILE_FACTS, facts.T, strict=True)
    )


def _difference(
    fact: str, values: npt.NDArray[np.floating], diseased: npt.NDArray[np.bool_], resamples: Resamples
) -> FactDifference:
    upwards = discrimination.auroc(diseased, values)
    ranked = RankedFilms.of(diseased, values if upwards >= 0.5 else -values, np.arange(values.size))
    return FactDifference(
        fact=fact,
        median_diseased=float(np.median(values[diseased])),
        median_non_diseased=float(np.median(values[~diseased])),
        larger_in="neither" if upwards == 0.5 else "diseased" if upwards > 0.5 else "non-diseased",
        auroc=resamples.figure(
            resamples.each(ranked.auroc, ranked.order), undefined="Both classes must have films."
        ),
    )
