"""A film is refused for what it is not, and told which way is up."""

import numpy as np
import numpy.typing as npt
import pytest

from firstread.errors import UndefinedMetricError
from firstread.evaluation import frontal
from firstread.evaluation.frontal import SIDE, FrontalReference
from firstread.terms import Refusal

THUMBNAIL = 32 * 32


def pattern() -> npt.NDArray[np.float32]:
    """Return a film of 7 × 7 random patches: no turn of it, and no negative, is like it."""
    patches = np.random.default_rng(3).uniform(20, 235, (1, 7, 7)).astype(np.float32)
    return patches.repeat(8, axis=1).repeat(8, axis=2)


def one_that_knows(film: npt.NDArray[np.float32]) -> FrontalReference:
    """Return a network whose suspicion is minus the correlation of a film's thumbnail with this one's."""
    wanted = frontal.outline(film)[0].copy()
    wanted[THUMBNAIL:] = 0
    wanted /= THUMBNAIL
    return FrontalReference(
        hidden_kernel=np.stack([wanted, -wanted], axis=1),
        hidden_bias=np.zeros(2, np.float32),
        kernel=np.array([-1, 1], np.float32),
        bias=0.0,
        threshold=-0.8,
        usual=-0.95,
    )


def test_a_coarse_film_holds_the_mean_of_each_area() -> None:
    films = np.random.default_rng(0).integers(0, 256, (2, 112, 168), dtype=np.uint8)

    found = frontal.coarse(films)

    expected = films.reshape(2, SIDE, 2, SIDE, 3).mean(axis=(2, 4))
    np.testing.assert_allclose(expected, found, rtol=1e-5)


def test_areas_that_cut_through_pixels_lose_no_light() -> None:
    film = np.random.default_rng(0).uniform(0, 255, (1, 61, 45)).astype(np.float32)

    assert pytest.approx(float(film.mean()), rel=1e-5) == float(frontal.coarse(film).mean())


def test_an_outline_does_not_change_with_brightness_and_contrast() -> None:
    film = pattern()

    difference = np.abs(frontal.outline(film) - frontal.outline(film * 0.5 + 60)).max()

    assert difference < 0.02


def test_an_edge_counts_for_its_direction_alone() -> None:
    """Dark on the left and bright on the right: the grey levels rise to the right, which is direction 0 of 8."""
    film = np.zeros((1, SIDE, SIDE), np.float32)
    film[:, :, 28:] = 200

    edges = frontal.outline(film)[0, THUMBNAIL:].reshape(7, 7, 8)

    assert 0 == edges[..., 1:].max()
    # Column 28 starts in the fourth of seven cells, which reach over eight pixels each.
    np.testing.assert_array_equal([False, False, False, True, False, False, False], edges[0, :, 0] > 0)


def test_suspicion_is_minus_the_correlation() -> None:
    film, other = pattern(), pattern()[:, ::-1]
    thumbnails = [frontal.coarse(one, 32).ravel() for one in (film, other)]
    correlation = float(np.asarray(np.corrcoef(np.stack(thumbnails)))[0, 1])

    found = frontal.suspicion(one_that_knows(film), np.concatenate([film, other]))

    assert pytest.approx([-1, -correlation], abs=1e-3) == list(found)


@pytest.mark.parametrize(
    ("turns", "invert", "code", "words"),
    [
        (0, True, Refusal.INVERTED, "seems inverted: what should be white is black"),
        (1, False, Refusal.ROTATED, "seems rotated by 90° to the left"),
        (2, False, Refusal.ROTATED, "seems upside down"),
        (3, False, Refusal.ROTATED, "seems rotated by 90° to the right"),
        (2, True, Refusal.ROTATED, "seems upside down and inverted"),
    ],
)
def test_a_film_that_can_be_set_right_is_told_how(
    turns: int, invert: bool, code: Refusal, words: str
) -> None:
    """One counter-clockwise quarter turn, as np.rot90 makes it, leaves the head on the left."""
    film = pattern()
    shown = np.rot90(255 - film if invert else film, turns, axes=(1, 2))

    (reason,) = frontal.reasons(one_that_knows(film), shown)

    assert reason is not None
    assert code is reason.code
    assert words in reason.message
    assert "Set it right and screen it again." in reason.message


def test_only_what_is_no_chest_film_either_way_up_is_called_so() -> None:
    known, stranger = pattern(), np.random.default_rng(9).uniform(0, 255, (1, SIDE, SIDE)).astype(np.float32)

    first, second = frontal.reasons(one_that_knows(known), np.concatenate([known, stranger]))

    assert first is None
    assert second is not None
    assert Refusal.NOT_FRONTAL_CHEST is second.code
    assert "does not look like a frontal chest radiograph" in second.message


def test_a_film_further_than_every_tuning_film_needs_less_suspicion() -> None:
    """Half noise: suspicion lies between the usual -0.95 and the threshold of -0.8."""
    film = pattern()
    noise = np.random.default_rng(4).normal(0, 35, (1, 14, 14)).repeat(4, axis=1).repeat(4, axis=2)
    doubtful = np.clip(film + noise, 0, 255).astype(np.float32)
    reference = one_that_knows(film)
    assert -0.95 < frontal.suspicion(reference, doubtful)[0] < -0.8

    found = [frontal.reasons(reference, doubtful, shift=np.array([shift]))[0] for shift in (99.9, 100.0)]

    assert found[0] is None
    assert found[1] is not None
    assert frontal.reasons(reference, doubtful) == (None,)


def test_no_film_gets_no_reason() -> None:
    assert () == frontal.reasons(one_that_knows(pattern()), np.empty((0, 224, 224), np.uint8))


def test_a_grey_level_that_is_no_number_is_refused() -> None:
    film = pattern()
    film[0, 0, 0] = np.nan

    with pytest.raises(UndefinedMetricError, match="Every grey level must be a finite number"):
        frontal.suspicion(one_that_knows(pattern()), film)
