"""How many films a figure needs."""

import numpy as np
import pytest

from firstread.evaluation.sample_size import films_for_auroc, films_for_share


def test_buderers_formula_by_hand() -> None:
    """1.96² · 0.9 · 0.1 / 0.05² = 138.3; 1.96² · 0.25 / 0.1² = 96.04."""
    assert 139 == films_for_share(0.9, reach=0.05)
    assert 97 == films_for_share(0.5, reach=0.1)


def test_films_for_an_auroc_reach_what_was_asked_in_simulation() -> None:
    """Exponential scores, Hanley and McNeil's own model: AUROC 0.9 is rate 1 against rate 9."""
    films = films_for_auroc(0.9, reach=0.05, diseased_share=0.4)
    rng = np.random.default_rng(1)
    diseased = round(0.4 * films)
    found = []
    for _ in range(2000):
        above, below = rng.exponential(9, diseased), rng.exponential(1, films - diseased)
        found.append((above[:, None] > below).mean())

    assert 0.05 == pytest.approx(1.96 * np.std(found), rel=0.1)


def test_fewer_of_one_class_need_more_films() -> None:
    assert films_for_auroc(0.9, reach=0.02, diseased_share=0.1) > films_for_auroc(
        0.9, reach=0.02, diseased_share=0.5
    )


@pytest.mark.parametrize(("expected", "reach"), [(1.0, 0.1), (0.0, 0.1), (0.9, 0.0)])
def test_a_share_and_its_reach_are_inside_0_and_1(expected: float, reach: float) -> None:
    with pytest.raises(ValueError, match="expected and reach must be in"):
        films_for_share(expected, reach=reach)


def test_an_auroc_of_chance_has_no_such_formula() -> None:
    with pytest.raises(ValueError, match=r"expected must be in \(0\.5, 1\)"):
        films_for_auroc(0.5, reach=0.1, diseased_share=0.5)
