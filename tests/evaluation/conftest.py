"""Scores to judge."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from scipy.special import expit

from firstread.evaluation.scored_films import ScoredFilms


@pytest.fixture(scope="session")
def scored_films() -> Callable[..., ScoredFilms]:
    """Return a maker of films from a reference standard and logits; each of its own patient unless told."""

    def make(
        diseased: Sequence[bool],
        logit: Sequence[float],
        patient: Sequence[object] | None = None,
        series: Sequence[str] | None = None,
    ) -> ScoredFilms:
        n = len(diseased)
        return ScoredFilms(
            name=tuple(f"film-{row}" for row in range(n)),
            diseased=np.array(diseased, np.bool_),
            probability=expit(np.array(logit, np.float64)),
            logit=np.array(logit, np.float64),
            patient=tuple(str(key) for key in (range(n) if patient is None else patient)),
            series=("all",) * n if series is None else tuple(series),
        )

    return make


@pytest.fixture(scope="session")
def clustered_films(scored_films: Callable[..., ScoredFilms]) -> ScoredFilms:
    """Return 300 films of about 100 patients, alike within a patient, with equal scores among them."""
    rng = np.random.default_rng(41)
    patient = rng.integers(110, size=300)
    diseased = patient % 3 > 0
    logit = (rng.normal(size=300) + rng.normal(size=110)[patient] + 2 * diseased - 0.7).round(1)
    series = np.where(diseased, np.where(patient % 2, "virus", "bacteria"), "IM")
    return scored_films(diseased, logit, patient, series)
