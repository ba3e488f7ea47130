from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from firstread.appraisal.file_differences import file_differences
from firstread.data.manifest import Film, Manifest, PatientKey
from firstread.evaluation.intervals import Interval
from firstread.terms import LabelState


def test_each_fact_alone_tells_the_classes_apart_as_far_as_it_does() -> None:
    """Width is larger in diseased films, height the same everywhere, file size smaller in diseased films."""
    rng = np.random.default_rng(6)
    diseased = np.arange(80) % 2 == 0
    films = Manifest(
        tuple(
            Film(
                Path(f"{row}.png"),
                PatientKey("all", row),
                LabelState.PRESENT if ill else LabelState.ABSENT,
                "train",
            )
            for row, ill in enumerate(diseased)
        )
    )
    width = rng.normal(1000, 50, 80) + 60 * diseased
    size = rng.normal(90_000, 100, 80) - 2_000 * diseased
    facts = np.stack([width, np.full(80, 800.0), width / 800, size, np.full(80, 90.0)], axis=1)

    found = file_differences(films, facts, rng=np.random.default_rng(7))

    assert ["diseased", "neither", "diseased", "non-diseased", "neither"] == [row.larger_in for row in found]
    aurocs = [row.auroc for row in found]
    assert all(isinstance(figure, Interval) for figure in aurocs)
    oracle = roc_auc_score(diseased, width)
    assert [oracle, 0.5, oracle, 1.0, 0.5] == pytest.approx(
        [figure.estimate for figure in aurocs if isinstance(figure, Interval)]
    )
    assert np.median(size[diseased]) == found[3].median_diseased
