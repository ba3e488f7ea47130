"""Which non-diseased films are taken for diseased by one who sees no lung."""

import numpy as np
import numpy.typing as npt
import pytest

from firstread.evaluation import shortcuts
from firstread.evaluation.discrimination import auroc
from firstread.evaluation.look_alikes import look_alikes

Films = tuple[npt.NDArray[np.uint8], npt.NDArray[np.bool_], list[str]]


@pytest.fixture
def films() -> Films:
    """400 films, two of each patient; diseased ones are brighter, and so are 30 of the 100 healthy patients."""
    rng = np.random.default_rng(4)
    patient = np.arange(400) // 2
    diseased = patient >= 100
    bright = diseased | (patient < 30)
    level = np.where(bright, 150, 100)[:, None, None] + rng.normal(0, 12, (400, 1, 1))
    noise = rng.normal(0, 8, (400, shortcuts.SIDE, shortcuts.SIDE))
    return np.clip(level + noise, 0, 255).astype(np.uint8), diseased, [f"p{number}" for number in patient]


def test_those_that_look_diseased_are_found(films: Films) -> None:
    thumbnails, diseased, patient = films

    found = look_alikes(thumbnails, diseased, patient, rng=np.random.default_rng(0), fraction=0.2)

    assert 40 == found.sum()
    assert not (found & diseased).any()
    assert found[:60].sum() >= 36, "the 30 bright healthy patients have the first 60 films"


def test_a_patient_is_taken_with_all_films(films: Films) -> None:
    thumbnails, diseased, patient = films

    found = look_alikes(thumbnails, diseased, patient, rng=np.random.default_rng(1))

    assert (found[::2] == found[1::2]).all()
    assert 2 * round(0.18 * 100) == found.sum()


def test_a_shortcut_fails_on_them(films: Films) -> None:
    """What was learned on the others tells the others apart, and these not."""
    thumbnails, diseased, patient = films
    found = look_alikes(thumbnails, diseased, patient, rng=np.random.default_rng(0))
    columns = thumbnails.reshape(400, -1).astype(np.float64)
    learned = shortcuts.fit(columns[~found], diseased[~found])

    assert auroc(diseased[~found], learned.logit(columns[~found])) > 0.9
    assert auroc(diseased[found | diseased], learned.logit(columns[found | diseased])) < 0.7


def test_the_same_seed_takes_the_same_films(films: Films) -> None:
    first, second = (look_alikes(*films, rng=np.random.default_rng(7)) for _ in range(2))

    assert (first == second).all()


def test_a_fraction_out_of_range_is_refused(films: Films) -> None:
    with pytest.raises(ValueError, match=r"fraction must be in \(0, 1\); received 1"):
        look_alikes(*films, rng=np.random.default_rng(0), fraction=1)
