"""Films in, probabilities, shift and heat maps out."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from scipy.special import expit

from firstread.config import Inference
from firstread.errors import BundleError
from firstread.evaluation import shift
from firstread.inference import bundle as bundles
from firstread.inference.bundle import Bundle
from firstread.inference.predictor import Predictor
from firstread.inference.session import Films


def grey_films(*levels: int) -> npt.NDArray[np.uint8]:
    return np.stack([np.full((224, 224), level, np.uint8) for level in levels])


class StatedSession:
    """A network whose answer is stated: one feature, worth `score` on every film."""

    def __init__(self, score: float, of_map: float | None = None) -> None:
        self.score = score
        self.of_map = score if of_map is None else of_map
        self.passes: list[tuple[int, tuple[str, ...]]] = []

    def run(self, films: Films, outputs: Sequence[str] = ("logit",)) -> dict[str, npt.NDArray[np.float32]]:
        n = len(films)
        self.passes.append((n, tuple(outputs)))
        answers = {
            "logit": np.full(n, self.score, np.float32),
            "features": np.full((n, 1), self.score, np.float32),
            "feature_map": np.full((n, 7, 7, 1), self.of_map, np.float32),
        }
        return {name: answers[name] for name in outputs}


@pytest.fixture(scope="module")
def predictor(tiny_bundle: Bundle) -> Predictor:
    return Predictor(tiny_bundle, settings=Inference(batch_size=2, threads=1))


@pytest.fixture
def stated_bundle(tiny_bundle: Bundle) -> Bundle:
    """Return a bundle for `StatedSession`."""
    return replace(tiny_bundle, head=bundles.Head(np.ones(1, np.float32), 0.0), shift=None)


def test_probability_is_that_of_the_closed_form(predictor: Predictor) -> None:
    levels = [0, 40, 127, 128, 255]

    predictions = predictor.predict(grey_films(*levels))

    # A sum of 1,024 float32 products is right to about 1e-5.
    expected = 12 * (np.array(levels) / 255 - 0.5)
    np.testing.assert_allclose(expected, predictions.logit, atol=1e-4)
    np.testing.assert_allclose(expit(expected / 1.25), predictions.probability, atol=2e-5)
    assert predictions.heat_map is None


def test_the_batch_size_does_not_change_an_answer(tiny_bundle: Bundle) -> None:
    films = np.random.default_rng(1).integers(0, 256, (7, 224, 224), np.uint8)
    one, *others = [
        Predictor(tiny_bundle, settings=Inference(size, 1)).predict(films, heat_maps=True)
        for size in (1, 3, 7)
    ]

    for other in others:
        np.testing.assert_allclose(one.logit, other.logit, atol=1e-5)
        assert one.heat_map is not None
        assert other.heat_map is not None
        np.testing.assert_allclose(one.heat_map, other.heat_map, atol=1e-5)


def test_passes_side_by_side_keep_the_order_of_the_films(predictor: Predictor, tiny_bundle: Bundle) -> None:
    films = grey_films(*range(20, 220, 8))
    together = Predictor(tiny_bundle, settings=Inference(batch_size=2, threads=4))

    expected, found = predictor.predict(films, heat_maps=True), together.predict(films, heat_maps=True)

    assert (1, 4) == (predictor.passes, together.passes)
    np.testing.assert_array_equal(expected.logit, found.logit)
    np.testing.assert_array_equal(expected.heat_map, found.heat_map)


def test_films_go_through_the_network_once_and_in_batches(stated_bundle: Bundle) -> None:
    session = StatedSession(2.0)
    predictor = Predictor(stated_bundle, settings=Inference(batch_size=4), session=session)
    session.passes.clear()

    predictor.predict(np.zeros((10, 224, 224), np.uint8), heat_maps=True)

    assert [(size, ("logit", "feature_map")) for size in (4, 4, 2)] == session.passes


def test_what_nobody_asked_for_is_not_computed(stated_bundle: Bundle) -> None:
    session = StatedSession(2.0)
    predictor = Predictor(stated_bundle, settings=Inference(), session=session)
    session.passes.clear()

    predictions = predictor.predict(np.zeros((1, 224, 224), np.uint8))

    assert [(1, ("logit",))] == session.passes
    assert predictions.shift is None


def test_no_film_gets_no_answer(predictor: Predictor) -> None:
    predictions = predictor.predict(np.zeros((0, 224, 224), np.uint8), heat_maps=True)

    assert predictions.heat_map is not None
    assert predictions.shift is not None
    assert [(0,), (0,), (0,), (0, 7, 7)] == [
        answer.shape
        for answer in (predictions.logit, predictions.probability, predictions.shift, predictions.heat_map)
    ]


def test_shift_is_that_of_the_bundles_reference(predictor: Predictor, tiny_bundle: Bundle) -> None:
    predictions = predictor.predict(grey_films(0, 127))

    assert tiny_bundle.shift is not None
    features = np.array([[level / 255, 0, 0, 0] for level in (0, 127)], np.float32)
    assert predictions.shift is not None
    np.testing.assert_allclose(shift.percentage(tiny_bundle.shift, features), predictions.shift, atol=1.1)


def test_the_heat_map_points_to_the_bright_place(predictor: Predictor) -> None:
    film = np.full((1, 224, 224), 120, np.uint8)
    film[0, 64:96, 160:192] = 255  # place (2, 5) of the 7 × 7

    predictions = predictor.predict(film, heat_maps=True)

    assert predictions.heat_map is not None
    assert (2, 5) == np.unravel_index(predictions.heat_map[0].argmax(), (7, 7))
    # 0.5 is the screening threshold of the tiny bundle, where the warmest place has heat 0.5.
    assert predictions.probability[0] == pytest.approx(predictions.heat_map.max(), abs=1e-5)


def test_a_black_film_has_no_heat(predictor: Predictor) -> None:
    predictions = predictor.predict(grey_films(0), heat_maps=True)

    assert predictions.heat_map is not None
    assert 0 == predictions.heat_map.max()


@pytest.mark.parametrize("changes", [{"bias": -5.9}, {"kernel": np.array([8, 12, 8, 0], np.float32)}])
def test_a_head_of_another_network_is_refused(tiny_bundle: Bundle, changes: dict[str, object]) -> None:
    """Its heat maps would point anywhere, and nobody would see it."""
    values = {"kernel": tiny_bundle.head.kernel, "bias": tiny_bundle.head.bias, **changes}
    other = replace(tiny_bundle, head=bundles.Head(**values))  # type: ignore[arg-type]  # values of two types

    with pytest.raises(BundleError, match=r"tiny: head\.npz must give the network's logit"):
        Predictor(other, settings=Inference(threads=1))


def test_a_feature_map_of_another_layer_is_refused(stated_bundle: Bundle) -> None:
    session = StatedSession(2.0, of_map=2.1)

    with pytest.raises(
        BundleError, match=r"the network's logit, 2\.00000, from its feature_map; received 2\.1"
    ):
        Predictor(stated_bundle, settings=Inference(), session=session)


def test_a_network_that_answers_nan_is_refused(stated_bundle: Bundle) -> None:
    with pytest.raises(BundleError, match="received nan"):
        Predictor(stated_bundle, settings=Inference(), session=StatedSession(float("nan")))


def test_a_network_that_comes_to_answer_nan_gives_no_score(stated_bundle: Bundle) -> None:
    session = StatedSession(1.0)
    predictor = Predictor(stated_bundle, settings=Inference(), session=session)
    session.score = float("inf")

    with pytest.raises(BundleError, match="every score must be a number"):
        predictor.predict(np.zeros((1, 224, 224), np.uint8))
