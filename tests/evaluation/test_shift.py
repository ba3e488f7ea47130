"""Ordinary films are ordinary, others are far."""

import numpy as np
import numpy.typing as npt
import pytest
from scipy.spatial.distance import mahalanobis
from sklearn.decomposition import PCA

from firstread.errors import UndefinedMetricError
from firstread.evaluation import shift


def features(n: int, seed: int, width: int = 20) -> npt.NDArray[np.float32]:
    """Return features that lie mostly in a few directions, as those of a network do."""
    rng = np.random.default_rng(seed)
    mixing = np.random.default_rng(0).normal(size=(5, width)) * np.array([[5], [4], [3], [2], [1]])
    return np.asarray(rng.normal(size=(n, 5)) @ mixing + rng.normal(0, 0.3, (n, width)), np.float32)


def test_the_distance_is_mahalanobis_under_the_covariance_of_scikit_learn() -> None:
    """scikit-learn's PCA states the covariance of probabilistic principal components."""
    training, tuning = features(500, 1), features(50, 2)
    precision = np.linalg.inv(PCA(5).fit(training.astype(np.float64)).get_covariance())
    centre = training.astype(np.float64).mean(axis=0)

    found = shift.distance(shift.fit(training, tuning, components=5), tuning)

    expected = [mahalanobis(film, centre, precision) for film in tuning.astype(np.float64)]
    np.testing.assert_allclose(expected, found, rtol=1e-4)


def test_ordinary_films_spread_evenly_over_the_percentages() -> None:
    reference = shift.fit(features(2000, 1), features(1000, 2))

    found = shift.percentage(reference, features(1000, 3))

    assert 50 == pytest.approx(found.mean(), abs=4)
    assert 1 == pytest.approx(100 * (found >= shift.WARN_PERCENTAGE).mean(), abs=1)


def test_far_films_are_further_than_every_tuning_film() -> None:
    reference = shift.fit(features(2000, 1), features(300, 2))
    rng = np.random.default_rng(4)

    along = features(5, 5) * 10
    outside = features(5, 6) + rng.normal(0, 3, (5, 20))

    assert [100.0] * 5 == shift.percentage(reference, along).tolist()
    assert [100.0] * 5 == shift.percentage(reference, outside).tolist()


def test_percentages_are_counted_by_hand() -> None:
    reference = shift.ShiftReference(
        mean=np.zeros(2, np.float32),
        components=np.array([[1, 0]], np.float32),
        scale=np.array([2], np.float32),
        residual_scale=1.0,
        tuning_distances=np.array([0.5, 1.0, 1.0, 2.0], np.float32),
    )

    # 4 along the first axis is 2 wide: distance 2; (2, 1): √(1 + 1); the centre: 0.
    found = shift.percentage(reference, np.array([[4, 0], [2, 1], [0, 0], [0, 9]], np.float32))

    assert [75.0, 75.0, 0.0, 100.0] == found.tolist()


def test_a_tuning_film_is_not_further_than_itself() -> None:
    tuning = features(200, 2)
    reference = shift.fit(features(500, 1), tuning)

    found = np.sort(shift.percentage(reference, tuning))

    np.testing.assert_allclose(np.arange(200) / 2, found, atol=1e-9)


def test_more_directions_than_films_still_work() -> None:
    """64 directions cannot be learned from nine films."""
    reference = shift.fit(features(9, 1, 50), features(4, 2, 50))

    assert (3, 50) == reference.components.shape
    assert np.isfinite(shift.percentage(reference, features(3, 3, 50))).all()


def test_a_silent_feature_is_no_alarm_and_its_waking_is() -> None:
    """Many features after a ReLU are zero on every training film."""
    training, tuning, film = features(500, 1), features(100, 2), features(1, 3)
    training[:, 4] = tuning[:, 4] = film[:, 4] = 0
    reference = shift.fit(training, tuning, components=5)
    awake = film.copy()
    awake[:, 4] = 50

    assert shift.percentage(reference, film)[0] < 100
    assert 100.0 == shift.percentage(reference, awake)[0]


def test_no_film_gives_no_percentage() -> None:
    reference = shift.fit(features(100, 1), features(50, 2))

    assert (0,) == shift.percentage(reference, np.zeros((0, 20), np.float32)).shape


@pytest.mark.parametrize(
    ("training", "tuning", "words"),
    [
        (np.zeros((2, 4)), np.zeros((3, 4)), "at least 3 rows"),
        (np.eye(4), np.zeros((0, 4)), "at least 1 rows"),
        (np.ones((9, 4)), np.zeros((3, 4)), "must differ"),
        (np.full((9, 4), np.nan), np.zeros((3, 4)), "finite"),
        (np.eye(4), np.zeros((3, 5)), "4 numbers"),
        (np.zeros(4), np.zeros((3, 4)), r"received shape \(4,\)"),
    ],
)
def test_features_that_cannot_say_what_is_ordinary_are_refused(
    training: npt.NDArray[np.float64], tuning: npt.NDArray[np.float64], words: str
) -> None:
    with pytest.raises(UndefinedMetricError, match=words):
        shift.fit(training, tuning)
