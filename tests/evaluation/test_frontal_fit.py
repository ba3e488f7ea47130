"""What is learned from films alone knows other pictures when it sees them."""

from dataclasses import asdict

import numpy as np
import numpy.typing as npt
import pytest

from firstread.data import eigen_radiographs
from firstread.errors import UndefinedMetricError
from firstread.evaluation import frontal, frontal_fit, pictures
from firstread.evaluation.frontal import FrontalReference
from firstread.terms import Refusal

Films = npt.NDArray[np.float32]


def synthetic_films(n: int, *, seed: int) -> Films:
    """Return chest films that show nobody, shape (n, 112, 112)."""
    rng, model = np.random.default_rng(seed), eigen_radiographs.shipped()
    kinds = list(eigen_radiographs.Kind)
    made = [
        eigen_radiographs.frame(model, eigen_radiographs.draw(rng, model, kind=kinds[row % len(kinds)]))
        for row in range(n)
    ]
    return frontal.coarse(np.clip(120 + 55 * np.stack(made), 0, 255), pictures.SIDE)


@pytest.fixture(scope="module")
def reference() -> FrontalReference:
    return frontal_fit.fit(
        synthetic_films(150, seed=0), synthetic_films(40, seed=1), rng=np.random.default_rng(0)
    )


def test_other_films_are_accepted_and_what_is_made_of_them_is_not(reference: FrontalReference) -> None:
    films = synthetic_films(40, seed=2)
    pieces = pictures.shapes(np.random.default_rng(5), films)

    assert [None] * 40 == list(frontal.reasons(reference, films))
    for changed, code in (
        (255 - films, Refusal.INVERTED),
        (np.rot90(films, axes=(1, 2)), Refusal.ROTATED),
        (films[:, ::-1], Refusal.ROTATED),
        (pieces, Refusal.NOT_FRONTAL_CHEST),
    ):
        found = [reason and reason.code for reason in frontal.reasons(reference, changed)]
        assert found.count(code) >= 0.7 * len(found)
        assert found.count(None) <= 0.15 * len(found)


def test_the_same_draw_learns_the_same() -> None:
    first, second = (
        frontal_fit.fit(
            synthetic_films(20, seed=0), synthetic_films(12, seed=1), rng=np.random.default_rng(0)
        )
        for _ in range(2)
    )

    for name, value in asdict(first).items():
        np.testing.assert_array_equal(value, getattr(second, name))


def test_the_large_kernel_is_such_as_half_precision_holds(reference: FrontalReference) -> None:
    """It was rounded before the threshold was fixed."""
    kernel = reference.hidden_kernel

    assert np.float32 == kernel.dtype
    np.testing.assert_array_equal(kernel.astype(np.float16), kernel)


def test_one_tuning_film_in_a_hundred_lies_above_the_usual(reference: FrontalReference) -> None:
    """The 0.99 quantile of 40 values lies between the two highest."""
    tuning = np.sort(frontal.suspicion(reference, synthetic_films(40, seed=1)))

    assert tuning[-2] <= reference.usual <= tuning[-1]


@pytest.mark.parametrize(("training", "tuning", "which"), [(9, 20, "training"), (20, 9, "tuning")])
def test_too_few_films_are_refused(training: int, tuning: int, which: str) -> None:
    films = np.zeros((20, 112, 112), np.float32)

    with pytest.raises(UndefinedMetricError, match=f"at least 10 {which} films; received 9"):
        frontal_fit.fit(films[:training], films[:tuning], rng=np.random.default_rng(0))
