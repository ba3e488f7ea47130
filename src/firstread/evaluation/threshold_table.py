"""What other thresholds would do."""

from dataclasses import dataclass

import numpy as np

from firstread.evaluation.clustered_bootstrap import Resamples
from firstread.evaluation.intervals import Figure
from firstread.evaluation.scored_films import ScoredFilms

__all__ = ["ThresholdRow", "threshold_table"]

THRESHOLDS = np.concatenate([[0.01], np.arange(1, 20) / 20, [0.99]])


@dataclass(frozen=True, slots=True)
class ThresholdRow:
    """What any threshold would do; for reading, never for choosing one on these films.

    Args:
        threshold: A film is flagged when its probability reaches this.
        flagged: Flagged fraction of the films.
        sensitivity: Flagged fraction of the diseased films.
        specificity: Not flagged fraction of the non-diseased films.
        ppv: Diseased fraction of the flagged films.
        npv: Non-diseased fraction of the other films.
    """

    threshold: float
    flagged: Figure
    sensitivity: Figure
    specificity: Figure
    ppv: Figure
    npv: Figure


def threshold_table(films: ScoredFilms, resamples: Resamples) -> tuple[ThresholdRow, ...]:
    """Return a row for each of 21 thresholds.

    Args:
        films: With their probabilities.
        resamples: Of their patients.
    """
    flagged = films.probability[:, np.newaxis] >= THRESHOLDS
    diseased = films.diseased[:, np.newaxis]
    any_film = np.ones_like(diseased)
    columns = [
        resamples.proportions(flagged, any_film, undefined=""),
        resamples.proportions(
            flagged, diseased, undefined="Sensitivity needs a diseased film; received none."
        ),
        resamples.proportions(
            ~flagged, ~diseased, undefined="Specificity needs a non-diseased film; received none."
        ),
        resamples.proportions(
            diseased, flagged, undefined="PPV needs a flagged film; this threshold flags none."
        ),
        resamples.proportions(
            ~diseased, ~flagged, undefined="NPV needs a film that is not flagged; this threshold flags all."
        ),
    ]
    return tuple(
        ThresholdRow(float(threshold), *row) for threshold, *row in zip(THRESHOLDS, *columns, strict=True)
    )
