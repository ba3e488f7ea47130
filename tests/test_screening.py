"""The one workflow loses no film, holds few, and scores each content once."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from threadpoolctl import threadpool_info

from firstread import screening
from firstread.config import Config, Inference, Workers
from firstread.data import synthetic
from firstread.evaluation.frontal import OUTLINE_SIZE, FrontalReference
from firstread.evaluation.operating_point import OperatingPoint
from firstread.evaluation.shift import WARN_PERCENTAGE
from firstread.imaging.film_pool import FilmPool
from firstread.inference.bundle import Bundle
from firstread.inference.evidence import EvidenceReference
from firstread.inference.predictor import Predictor
from firstread.inference.session import Films, OnnxSession
from firstread.records import NotScored, Outcome, Scored
from firstread.terms import Band, Refusal

CONFIG = Config(workers=Workers(processes=2), inference=Inference(batch_size=4, threads=1))


class CountingSession:
    """Counts the films that the network is given."""

    def __init__(self, bundle: Bundle) -> None:
        self._session = OnnxSession(bundle.model_path, threads=1)
        self.batches: list[int] = []

    def run(self, films: Films, outputs: Sequence[str] = ("logit",)) -> dict[str, npt.NDArray[np.float32]]:
        self.batches.append(len(films))
        return self._session.run(films, outputs)


@pytest.fixture
def session(tiny_bundle: Bundle) -> CountingSession:
    return CountingSession(tiny_bundle)


@pytest.fixture
def predictor(tiny_bundle: Bundle, session: CountingSession) -> Predictor:
    made = Predictor(tiny_bundle, settings=CONFIG.inference, session=session)
    session.batches.clear()  # construction checks the bundle with one film
    return made


@pytest.fixture(scope="module")
def pool(tiny_bundle: Bundle) -> Iterator[FilmPool]:
    """Keep one pool for the whole module: its processes take a third of a second to start."""
    with FilmPool(tiny_bundle.recipe, limits=CONFIG.read, workers=CONFIG.workers) as open_pool:
        yield open_pool


@pytest.fixture
def outcomes(predictor: Predictor, pool: FilmPool) -> Callable[..., list[Outcome]]:
    def run(*paths: Path) -> list[Outcome]:
        return [one.outcome for one in screening.screen(paths, predictor, config=CONFIG, pool=pool)]

    return run


def write(path: Path, brightness: int, seed: int = 0) -> Path:
    """Write a film whose score is its brightness (the tiny bundle's meaning of disease)."""
    rng = np.random.default_rng(seed)
    pixels = np.linspace(-40, 40, 224)[np.newaxis, :] + rng.normal(brightness, 3, (224, 224))
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(path)
    return path


def test_every_path_has_exactly_one_outcome_in_order(
    tmp_path: Path, outcomes: Callable[..., list[Outcome]]
) -> None:
    """Good films, files that are none and a missing one, across several batches."""
    (tmp_path / "note.txt").write_text("no film")
    paths = [write(tmp_path / f"{i}.png", 60 + 10 * i, seed=i) for i in range(10)]
    paths[3:3] = [tmp_path / "note.txt", tmp_path / "gone.png"]
    paths.append(tmp_path / "note.txt")

    found = outcomes(*paths)

    assert paths == [outcome.path for outcome in found]
    refused = [
        (outcome.path.name, outcome.reason.code) for outcome in found if isinstance(outcome, NotScored)
    ]
    assert [
        ("note.txt", Refusal.NOT_AN_IMAGE),
        ("gone.png", Refusal.NOT_FOUND),
        ("note.txt", Refusal.NOT_AN_IMAGE),
    ] == refused


def test_the_score_is_the_predictor_s(
    tmp_path: Path, predictor: Predictor, outcomes: Callable[..., list[Outcome]]
) -> None:
    paths = [write(tmp_path / f"{i}.png", 90 + 20 * i) for i in range(3)]
    films = np.stack([np.asarray(Image.open(path)) for path in paths])

    expected = predictor.predict(films)

    scored = [outcome for outcome in outcomes(*paths) if isinstance(outcome, Scored)]
    np.testing.assert_allclose(expected.logit, [film.logit for film in scored], atol=1e-5)
    np.testing.assert_allclose(expected.probability, [film.probability for film in scored], atol=1e-6)
    assert expected.shift is not None
    assert pytest.approx(expected.shift.tolist()) == [film.shift for film in scored]


def test_the_bands_are_cut_at_the_operating_points(
    tmp_path: Path, outcomes: Callable[..., list[Outcome]]
) -> None:
    """Screening at 0.5 and rule-out at 0.2: brightness 180, 115 and 60 lie on either side."""
    bands = [
        (film.band, film.flagged)
        for film in outcomes(*(write(tmp_path / f"{b}.png", b) for b in (180, 115, 60)))
        if isinstance(film, Scored)
    ]

    assert [(Band.URGENT, True), (Band.REVIEW, False), (Band.ROUTINE, False)] == bands


def test_without_a_rule_out_point_nothing_scored_is_review(
    tmp_path: Path, tiny_bundle: Bundle, pool: FilmPool
) -> None:
    points = {"screening": tiny_bundle.operating_points["screening"]}
    predictor = Predictor(replace(tiny_bundle, operating_points=points), settings=CONFIG.inference)

    found = list(screening.screen([write(tmp_path / "a.png", 115)], predictor, config=CONFIG, pool=pool))

    assert isinstance(found[0].outcome, Scored)
    assert Band.ROUTINE is found[0].outcome.band


def test_a_flagged_film_below_urgent_says_so(tmp_path: Path, tiny_bundle: Bundle, pool: FilmPool) -> None:
    """Between screening at 0.5 and urgent at 0.9 the points disagree; above both and below both they do not."""
    points = {**tiny_bundle.operating_points, "urgent": OperatingPoint("urgent", 0.9, 0.8, 0.95, 60, 40)}
    predictor = Predictor(replace(tiny_bundle, operating_points=points), settings=CONFIG.inference)
    films = [write(tmp_path / f"{b}.png", b) for b in (135, 200, 60)]

    outcomes = [one.outcome for one in screening.screen(films, predictor, config=CONFIG, pool=pool)]

    found = [outcome for outcome in outcomes if isinstance(outcome, Scored)]
    assert [Band.URGENT, Band.URGENT, Band.ROUTINE] == [film.band for film in found]
    assert ["between the operating points: flagged, but below 'urgent' (0.900)"] == [
        warning for film in found for warning in film.warnings if warning.startswith("between")
    ]
    assert found[0].warnings[-1].startswith("between")


def test_the_same_content_is_scored_once(
    tmp_path: Path, session: CountingSession, outcomes: Callable[..., list[Outcome]]
) -> None:
    """A copy in the same batch, one in a later batch, and one of the same name."""
    first = write(tmp_path / "a.png", 150)
    others = [write(tmp_path / f"{i}.png", 100 + i, seed=i) for i in range(5)]
    copies = [tmp_path / "b.png", tmp_path / "c.png", tmp_path / "sub/a.png"]
    (tmp_path / "sub").mkdir()
    for copy in copies:
        shutil.copy(first, copy)

    found = outcomes(first, copies[0], *others, copies[1], copies[2])

    scored = {film.path: film for film in found if isinstance(film, Scored)}
    assert 6 == sum(session.batches)
    assert 1 == len({scored[path].logit for path in (first, *copies)})
    assert [(), ("same film as a.png",), ("same film as a.png",), (f"same film as {first}",)] == [
        scored[path].warnings[:1] if path == first else scored[path].warnings[-1:]
        for path in (first, *copies)
    ]


def test_passes_side_by_side_change_no_outcome(
    tmp_path: Path, tiny_bundle: Bundle, predictor: Predictor, pool: FilmPool
) -> None:
    """Copies of a film that is still in the network, and reasons between films on their way."""
    (tmp_path / "note.txt").write_text("no film")
    films = [write(tmp_path / f"{i}.png", 60 + 6 * i, seed=i) for i in range(18)]
    copy = tmp_path / "copy.png"
    shutil.copy(films[0], copy)
    paths = [films[0], copy, *films[1:9], tmp_path / "note.txt", *films[9:], films[3], tmp_path / "note.txt"]
    three = Predictor(tiny_bundle, settings=Inference(batch_size=4, threads=3))

    expected = [one.outcome for one in screening.screen(paths, predictor, config=CONFIG, pool=pool)]

    assert 3 == three.passes
    assert expected == [one.outcome for one in screening.screen(paths, three, config=CONFIG, pool=pool)]


def test_an_unusual_film_carries_a_warning(tmp_path: Path, outcomes: Callable[..., list[Outcome]]) -> None:
    """Strong texture: nothing the tiny bundle was tuned on is like it."""
    texture = np.where(np.indices((224, 224)).sum(axis=0) % 2, 60, -60)
    pixels = np.linspace(70, 180, 224)[np.newaxis, :] + texture
    Image.fromarray(pixels.astype(np.uint8)).save(tmp_path / "a.png")

    (film,) = outcomes(tmp_path / "a.png")

    assert isinstance(film, Scored)
    assert film.shift is not None
    assert film.shift >= WARN_PERCENTAGE
    assert any(warning.startswith("unlike the films this model was tuned on") for warning in film.warnings)


def test_pictures_come_with_the_scored_only(tmp_path: Path, predictor: Predictor, pool: FilmPool) -> None:
    film = write(tmp_path / "a.png", 180)
    shutil.copy(film, tmp_path / "copy.png")
    (tmp_path / "b.png").touch()

    paths = [film, tmp_path / "copy.png", tmp_path / "b.png"]
    first, copy, refused = screening.screen(paths, predictor, config=CONFIG, pictures=True, pool=pool)

    assert first.picture is not None
    assert copy.picture is not None
    assert refused.picture is None
    np.testing.assert_array_equal(np.asarray(Image.open(film)), first.picture.film)
    assert first.picture.heat_map is not None
    assert copy.picture.heat_map is not None
    np.testing.assert_array_equal(first.picture.heat_map, copy.picture.heat_map)


def test_no_pictures_are_kept_when_nobody_asks(tmp_path: Path, predictor: Predictor, pool: FilmPool) -> None:
    (one,) = screening.screen([write(tmp_path / "a.png", 99)], predictor, config=CONFIG, pool=pool)

    assert one.picture is None


def test_paths_are_drawn_as_they_are_needed(tmp_path: Path, predictor: Predictor, pool: FilmPool) -> None:
    """However many the films are, a slow reader holds back the reading."""
    film = write(tmp_path / "a.png", 99)
    drawn = 0

    def endless() -> Iterator[Path]:
        nonlocal drawn
        while True:
            drawn += 1
            yield film

    results = screening.screen(endless(), predictor, config=CONFIG, pool=pool)
    for _ in range(30):
        next(results)
    results.close()  # type: ignore[attr-defined]  # it is a generator

    assert drawn < 200


def test_no_paths_are_no_outcomes(predictor: Predictor) -> None:
    """And a pool of its own is started and ended."""
    assert [] == list(screening.screen([], predictor, config=CONFIG))


def test_a_flagged_film_whose_evidence_lies_elsewhere_says_so(
    tmp_path: Path, tiny_bundle: Bundle, pool: FilmPool
) -> None:
    """The tiny network's evidence is brightness and texture, wherever it is: here, outside any chest's lungs."""
    synthetic.generate(2, tmp_path, seed=1, diseased_fraction=1)
    paths = sorted(tmp_path.rglob("*.jpeg"))
    point = OperatingPoint("screening", 0.02, 0.95, 0.9, 60, 40)
    points = {"screening": point, "rule_out": replace(point, name="rule_out", threshold=0.01)}

    def warnings(least_share: float) -> list[tuple[str, ...]]:
        ordinary = EvidenceReference(least_share, 1.0, 200)
        bundle = replace(tiny_bundle, operating_points=points, evidence=ordinary)
        predictor = Predictor(bundle, settings=CONFIG.inference)
        return [one.outcome.warnings for one in screening.screen(paths, predictor, config=CONFIG, pool=pool)]

    assert all("the evidence lies outside the lungs" in " ".join(film) for film in warnings(1.0))
    assert not any("evidence" in " ".join(film) for film in warnings(0.0))


def test_what_is_no_frontal_chest_film_is_not_scored_and_says_how_unusual_it_is(
    tmp_path: Path, tiny_bundle: Bundle, pool: FilmPool
) -> None:
    """A detector without weights gives its bias for every film: above its threshold here, for every way up."""
    zeros = np.zeros(OUTLINE_SIZE, np.float32)
    detector = FrontalReference(
        hidden_kernel=zeros[:, None],
        hidden_bias=zeros[:1],
        kernel=zeros[:1],
        bias=1.0,
        threshold=0.5,
        usual=0.0,
    )
    predictor = Predictor(replace(tiny_bundle, frontal=detector), settings=CONFIG.inference)
    first = write(tmp_path / "a.png", 100)
    copy = Path(shutil.copy(first, tmp_path / "b.png"))

    found = [one.outcome for one in screening.screen([first, copy], predictor, config=CONFIG, pool=pool)]

    for outcome in found:
        assert isinstance(outcome, NotScored)
        assert Refusal.NOT_FRONTAL_CHEST is outcome.reason.code
        assert outcome.shift is not None
        assert outcome.facts is not None
    assert [first, copy] == [outcome.path for outcome in found]
    assert ("same film as a.png",) == found[1].warnings[-1:]


def test_a_frontal_chest_film_is_scored(tmp_path: Path, tiny_bundle: Bundle, pool: FilmPool) -> None:
    zeros = np.zeros(OUTLINE_SIZE, np.float32)
    detector = FrontalReference(zeros[:, None], zeros[:1], zeros[:1], -1.0, 0.5, 0.0)
    predictor = Predictor(replace(tiny_bundle, frontal=detector), settings=CONFIG.inference)

    (found,) = screening.screen([write(tmp_path / "a.png", 100)], predictor, config=CONFIG, pool=pool)

    assert isinstance(found.outcome, Scored)


def test_linear_algebra_keeps_to_one_thread_while_films_are_screened(
    tmp_path: Path, tiny_bundle: Bundle, pool: FilmPool
) -> None:
    """Its threads wait by spinning, beside one pass for each processor; afterwards they are the caller's again."""
    before = blas_threads()
    predictor = Predictor(tiny_bundle, settings=CONFIG.inference)
    screened = screening.screen([write(tmp_path / "a.png", 100)], predictor, config=CONFIG, pool=pool)

    next(screened)
    during = blas_threads()
    screened.close()  # type: ignore[attr-defined]  # it is a generator

    assert {1} == set(during)
    assert before == blas_threads()


def blas_threads() -> list[int]:
    return [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]
