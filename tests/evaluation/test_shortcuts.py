import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from firstread.errors import UndefinedMetricError
from firstread.evaluation import shortcuts
from firstread.evaluation.discrimination import auroc
from firstread.records import FilmFacts


def test_a_thumbnail_is_the_mean_of_what_each_pixel_stands_for() -> None:
    """Pillow rounds along rows and again along columns: half a grey level each."""
    film = np.random.default_rng(2).integers(0, 256, (224, 224)).astype(np.uint8)

    means = film.reshape(32, 7, 32, 7).mean(axis=(1, 3))

    assert np.abs(means - shortcuts.thumbnail(film)).max() <= 1.0


def test_the_rim_is_two_pixels_wide() -> None:
    """32² − 28² = 240, and whatever lies inside does not count."""
    thumbnails = np.zeros((2, 32, 32), np.uint8)
    thumbnails[0, 2:-2, 2:-2] = 9
    thumbnails[1, 0, 5] = thumbnails[1, 20, 30] = 7

    rim = shortcuts.rim(thumbnails)

    assert (2, 240) == rim.shape
    assert [0, 14] == rim.sum(axis=1).tolist()


def test_file_facts_are_the_columns_they_say() -> None:
    facts = [FilmFacts("", 5000, 200, 300, jpeg_quality=80), FilmFacts("", 7000, 100, 100)]

    assert [[300, 200, 1.5, 5000, 80], [100, 100, 1, 7000, 0]] == shortcuts.file_facts(facts).tolist()
    assert 5 == len(shortcuts.FILE_FACTS)


def test_the_model_is_scikit_learns_on_standardised_columns() -> None:
    rng = np.random.default_rng(3)
    columns = rng.normal(5, [1, 20, 0.1], (200, 3))
    diseased = columns[:, 0] + rng.normal(size=200) > 5
    standard = (columns - columns.mean(axis=0)) / columns.std(axis=0)

    logit = shortcuts.fit(columns, diseased).logit(columns)

    oracle = LogisticRegression(C=0.01, max_iter=1000).fit(standard, diseased).decision_function(standard)
    assert oracle == pytest.approx(logit, abs=1e-9)


def test_a_column_that_is_the_same_everywhere_counts_nothing() -> None:
    diseased = np.arange(40) % 2 == 0
    columns = np.stack([np.full(40, 224.0), diseased * 1.0], axis=1)

    model = shortcuts.fit(columns, diseased)

    assert 0 == model.kernel[0]
    assert np.array_equal(diseased, model.logit(columns) > 0)


def test_one_class_is_refused() -> None:
    with pytest.raises(UndefinedMetricError, match="received 3 diseased of 3"):
        shortcuts.fit(np.ones((3, 1)), np.ones(3, np.bool_))


def test_a_column_that_is_no_number_is_refused() -> None:
    with pytest.raises(UndefinedMetricError, match="received 1 NaN of 2"):
        shortcuts.fit(np.array([[np.nan], [1.0]]), np.array([True, False]))


def test_a_film_is_judged_by_a_model_that_has_not_seen_its_patient() -> None:
    """A column that is the patient's own number tells nothing of the next patient; learned by heart it would."""
    rng = np.random.default_rng(2)
    patient = np.arange(200) // 2
    diseased = rng.random(100)[patient] < 0.5
    own = (patient[:, None] == np.arange(100)).astype(float)

    by_heart = shortcuts.fit(own, diseased).logit(own)
    look = shortcuts.cross_fit(own, diseased, [str(number) for number in patient], rng=rng)

    assert auroc(diseased, by_heart) > 0.99
    assert auroc(diseased, look) < 0.6


def test_what_generalises_is_seen_in_every_fold() -> None:
    rng = np.random.default_rng(2)
    diseased = np.arange(200) % 2 == 0
    columns = np.where(diseased, 2.0, -2.0)[:, None] + rng.normal(size=(200, 3))

    look = shortcuts.cross_fit(columns, diseased, [str(number) for number in range(200)], rng=rng)

    assert auroc(diseased, look) > 0.99
