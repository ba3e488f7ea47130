"""Films shown so that thumbnails tell less."""

import numpy as np
import numpy.typing as npt
import pytest

from firstread.evaluation import shortcuts
from firstread.evaluation.shortcut_balance import balanced

Films = tuple[npt.NDArray[np.uint8], npt.NDArray[np.bool_], list[str]]


@pytest.fixture
def films() -> Films:
    """300 films, one of each patient, a third healthy; diseased ones are bright, but for one in ten either way."""
    rng = np.random.default_rng(6)
    diseased = np.arange(300) % 3 > 0
    unusual = np.arange(300) % 10 == 0
    level = np.where(diseased != unusual, 150, 110)[:, None, None]
    thumbnails = np.clip(level + rng.normal(0, 6, (300, shortcuts.SIDE, shortcuts.SIDE)), 0, 255)
    return thumbnails.astype(np.uint8), diseased, [f"p{number}" for number in range(300)]


def test_both_classes_are_shown_as_often(films: Films) -> None:
    share = balanced(*films, exponent=0.7, rng=np.random.default_rng(0))

    assert 0.5 == pytest.approx(share[films[1]].sum())
    assert 0.5 == pytest.approx(share[~films[1]].sum())


def test_without_an_exponent_films_of_a_class_are_shown_alike(films: Films) -> None:
    share = balanced(*films, exponent=0.0, rng=np.random.default_rng(0))

    assert share[films[1]] == pytest.approx(1 / 400)
    assert share[~films[1]] == pytest.approx(1 / 200)


def test_a_shortcut_tells_less_of_what_is_shown(films: Films) -> None:
    """Brightness is right in 9 of 10 films; of what is shown, in far fewer."""
    thumbnails, diseased, patient = films
    right = (thumbnails.mean(axis=(1, 2)) > 130) == diseased

    share = balanced(thumbnails, diseased, patient, exponent=1.0, rng=np.random.default_rng(0))

    assert 0.9 == pytest.approx(right.mean())
    assert share[right].sum() < 0.6
    assert share.min() > 0


def test_a_negative_exponent_is_refused(films: Films) -> None:
    with pytest.raises(ValueError, match="exponent must not be negative; received -1"):
        balanced(*films, exponent=-1, rng=np.random.default_rng(0))
