"""Films with their scores, one row each, for whoever wants to look at them."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from firstread.data.splits import Split
from firstread.inference.bundle import Bundle
from firstread.learning.data_set import DataSet
from firstread.learning.judging import Answers
from firstread.terms import Part

__all__ = ["write_trial_scores", "write_tuning_scores"]


def write_tuning_scores(
    file: Path, data_set: DataSet, logit: npt.NDArray[np.float64], bundle: Bundle
) -> None:
    """Write path, patient, reference standard, logit and probability of each tuning film.

    Args:
        file: CSV to write.
        data_set: Its tuning part, in the order of the logits.
        logit: Shape (n_tuning,).
        bundle: Whose calibration makes the probability.
    """
    tuning = data_set.split.tuning
    probability = bundle.calibration.probability(logit)
    rows = (
        (
            film.path.relative_to(data_set.folder),
            film.patient,
            int(diseased),
            f"{raw:.6f}",
            f"{calibrated:.6f}",
        )
        for film, diseased, raw, calibrated in zip(
            tuning.films, tuning.diseased, logit, probability, strict=True
        )
    )
    _write(file, ("path", "patient", "diseased", "logit", "probability"), rows)


def write_trial_scores(file: Path, split: Split, answers: Answers) -> None:
    """Write part, name, series, patient, reference standard and logit of the tuning and the held-out films.

    Args:
        file: CSV to write.
        split: Whose films they are.
        answers: What a network said of them.
    """
    rows = (
        (part.value, film.path.name, film.series, film.patient, int(diseased), f"{logit:.6f}")
        for part, scores in ((Part.TUNING, answers.tuning), (Part.INTERNAL_TEST, answers.held_out))
        for film, diseased, logit in zip(split.parts[part].films, scores.diseased, scores.logit, strict=True)
    )
    _write(file, ("part", "film", "series", "patient", "diseased", "logit"), rows)


def _write(file: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a table, whole or not at all."""
    part = file.with_suffix(".part")
    with part.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        writer.writerows(rows)
    part.replace(file)
