"""One film with another's grey levels, counted by hand."""

import numpy as np
import pytest

from firstread.imaging.histogram import cumulative, exchange


def test_the_curve_counts_pixels_at_or_below_a_level() -> None:
    film = np.array([[0, 10], [10, 255]], np.uint8)

    curve = cumulative(film)

    assert (0.25, 0.25, 0.75, 0.75, 1.0) == (curve[0], curve[9], curve[10], curve[254], curve[255])


def test_a_film_takes_on_the_levels_of_another() -> None:
    """Four equally common levels become the four of the other film, in their order."""
    own, other = np.array([[1, 2], [3, 4]], np.uint8), np.array([[10, 50], [90, 200]], np.uint8)

    table = exchange(cumulative(own), cumulative(other), share=1.0)

    assert [[10, 50], [90, 200]] == table[own].tolist()


def test_half_the_way_lies_in_the_middle() -> None:
    own, other = np.array([[1, 3]], np.uint8), np.array([[101, 203]], np.uint8)

    assert [[51, 103]] == exchange(cumulative(own), cumulative(other), share=0.5)[own].tolist()


def test_no_share_changes_nothing() -> None:
    film = np.arange(256, dtype=np.uint8)

    assert (film == exchange(cumulative(film), cumulative(film // 2), share=0.0)).all()


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_levels_stays(seed: int) -> None:
    rng = np.random.default_rng(seed)
    own, other = (rng.normal(mean, 30, 4000).clip(0, 255).astype(np.uint8) for mean in (90, 170))

    table = exchange(cumulative(own), cumulative(other), share=1.0)

    assert (np.diff(table.astype(int)) >= 0).all()
    assert other.mean() == pytest.approx(table[own].mean(), abs=1.0)
    assert other.std() == pytest.approx(table[own].std(), rel=0.03)
