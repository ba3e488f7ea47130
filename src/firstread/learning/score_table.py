"""The tuning films with their scores, for whoever wants to look at each one."""

import csv
from pathlib import Path

import numpy as np
import numpy.typing as npt

from firstread.inference.bundle import Bundle
from firstread.learning.data_set import DataSet

__all__ = ["write_tuning_scores"]


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
    probability = bundle.calibration.probability(logit)
    part = file.with_suffix(".part")
    with part.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("path", "patient", "diseased", "logit", "probability"))
        films = data_set.split.tuning.films
        for film, diseased, raw, calibrated in zip(
            films, data_set.split.tuning.diseased, logit, probability, strict=True
        ):
            name = film.path.relative_to(data_set.folder)
            writer.writerow((name, film.patient, int(diseased), f"{raw:.6f}", f"{calibrated:.6f}"))
    part.replace(file)
