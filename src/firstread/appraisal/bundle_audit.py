"""A bundle under audit: what it sees of every film, and what becomes of its scores when films are changed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from firstread.appraisal import ledger
from firstread.appraisal.corruptions import STRENGTHS, Corruption, corruptions
from firstread.appraisal.counterfactuals import CHANGES, Counterfactual, counterfactuals
from firstread.appraisal.judged import Judged, judge
from firstread.appraisal.parts import films_of_part, made_from
from firstread.appraisal.scoring import film_names
from firstread.config import Config
from firstread.data.manifest import Film, Manifest
from firstread.errors import DataError, UndefinedMetricError
from firstread.evaluation.clustered_bootstrap import Resamples
from firstread.evaluation.discrimination import require_both_classes
from firstread.evaluation.intervals import NotDefined
from firstread.evaluation.scored_films import ScoredFilms
from firstread.imaging.harmless_changes import Change
from firstread.imaging.preprocess import Recipe
from firstread.inference.bundle import Bundle
from firstread.inference.predictor import Predictor
from firstread.inference.session import OnnxSession
from firstread.terms import Part

__all__ = ["BundleAudit", "Probe"]

GreyFilm = npt.NDArray[np.uint8]
_BATCH = 16
_IN_ONE_GO = 64


@dataclass(frozen=True, slots=True)
class BundleAudit:
    """What a bundle's scores rest on.

    Args:
        name: Of the bundle.
        sha256: Of every part of it.
        chosen: In words, which films were changed and why these.
        threshold: Of the screening point.
        unchanged: What the scores are worth on the films as they are.
        counterfactuals: One row for each change that is no disease.
        corruptions: Five kinds, each from the film as it is to severity 5.
    """

    name: str
    sha256: str
    chosen: str
    threshold: float
    unchanged: Judged
    counterfactuals: tuple[Counterfactual, ...]
    corruptions: tuple[Corruption, ...]


class Probe:
    """A bundle that looks at each film as it is read, and keeps the films that will be changed.

    Args:
        bundle: The model.
        manifest: Of the folder.
        config: How the bundle answers.
        most_films: Films of each class that are changed; 50 kB of memory each at 224 × 224.
    """

    def __init__(self, bundle: Bundle, manifest: Manifest, *, config: Config, most_films: int) -> None:
        self.recipe: Recipe = bundle.recipe
        self.name = "bundle's features"
        self._bundle = bundle
        self._predictor = Predictor(bundle, settings=config.inference)
        self._session = OnnxSession(bundle.model_path)
        self._test = manifest.select(lambda film: film.folder_part == "test")
        unseen, self._chosen, self._learned = _unseen(manifest, bundle)
        self._wanted = {film.path for film in _spread(unseen, most_films).films}
        self._kept: list[tuple[Film, GreyFilm]] = []
        self._waiting: list[GreyFilm] = []
        self._features: list[npt.NDArray[np.float32]] = []

    def record_look(self, folder: Path, now: datetime) -> None:
        """Write down that the bundle's features are judged on the test folder, where there is one."""
        if len(self._test):
            look = ledger.Look.now(
                now,
                part=Part.INTERNAL_TEST,
                bundle=self._bundle.sha256,
                data=self._test.hash(),
                n_films=len(self._test),
            )
            ledger.record(ledger.place(folder), [look])

    def see(self, film: Film, pixels: GreyFilm) -> None:
        """Look at one film, made by the bundle's recipe."""
        self._waiting.append(pixels)
        if film.path in self._wanted:
            self._kept.append((film, pixels))
        if len(self._waiting) == _BATCH:
            self._look()

    def features(self) -> npt.NDArray[np.float64]:
        """Return the features of every film seen, in that order, shape (n_films, d)."""
        self._look()
        return np.concatenate(self._features).astype(np.float64)

    def learned_from(self, manifest: Manifest) -> npt.NDArray[np.bool_]:
        """Return which films the bundle is known to have learned from, shape (n_films,)."""
        return np.array([path in self._learned for path in manifest.paths], np.bool_)

    def judge(self, *, seed: int, on_progress: Callable[[int, int], None]) -> BundleAudit | NotDefined:
        """Change the kept films in every way, score them again, and return what that does."""
        manifest = Manifest(tuple(film for film, _ in self._kept))
        films = [pixels for _, pixels in self._kept]
        total = 1 + len(CHANGES) + sum(map(len, STRENGTHS.values()))
        done = 0

        def score(change: Change | None) -> ScoredFilms:
            nonlocal done
            scores = self._score(manifest, films, change)
            done += 1
            on_progress(done, total)
            return scores

        threshold = self._bundle.operating_points["screening"].threshold
        try:
            require_both_classes(manifest.diseased, np.zeros(len(manifest)))
            unchanged = score(None)
            resamples = Resamples.draw(unchanged, rng=np.random.default_rng([seed, 2]))
        except UndefinedMetricError as error:
            return NotDefined(f"{error} {self._chosen}")
        before = judge(unchanged, resamples, threshold=threshold)
        return BundleAudit(
            name=str(self._bundle.facts.get("name", self._bundle.folder.name)),
            sha256=self._bundle.sha256,
            chosen=self._chosen,
            threshold=threshold,
            unchanged=before,
            counterfactuals=counterfactuals(unchanged, score, threshold=threshold, resamples=resamples),
            corruptions=corruptions(before, score, threshold=threshold, resamples=resamples, seed=seed),
        )

    def _look(self) -> None:
        if self._waiting:
            answer = self._session.run(np.stack(self._waiting), ("features",))
            self._features.append(answer["features"])
            self._waiting = []

    def _score(self, manifest: Manifest, films: Sequence[GreyFilm], change: Change | None) -> ScoredFilms:
        answers = []
        for start in range(0, len(films), _IN_ONE_GO):
            some = films[start : start + _IN_ONE_GO]
            answers.append(
                self._predictor.predict(np.stack([film if change is None else change(film) for film in some]))
            )
        return ScoredFilms(
            name=film_names(manifest),
            diseased=manifest.diseased,
            probability=np.concatenate([answer.probability for answer in answers]),
            logit=np.concatenate([answer.logit for answer in answers]).astype(np.float64),
            patient=tuple(str(patient) for patient in manifest.patients),
            series=tuple(film.series for film in manifest.films),
        )


def _unseen(manifest: Manifest, bundle: Bundle) -> tuple[Manifest, str, frozenset[Path]]:
    """Return films that the bundle did not learn from, in words why, and the paths it did learn from."""
    data = bundle.facts.get("data", {})
    if data.get("hash") == manifest.hash():
        learned, _, _ = films_of_part(manifest, Part.TRAINING, bundle.facts)
        unseen, _, how = films_of_part(manifest, Part.TUNING, bundle.facts)
        return (
            unseen,
            f"Tuning part of the bundle's own data: not learned from, but the threshold was chosen on it. {how}",
            frozenset(learned.paths),
        )
    if manifest.hash() in made_from(bundle.facts):
        raise DataError(
            "A bundle must be audited on films that it did not learn from; it learned from every film of this folder. "
            "Audit the folder without the bundle, or the one that the bundle was tuned on."
        )
    own = manifest.select(lambda film: film.folder_part != "test")
    return (
        own,
        "The bundle's facts name another data set, so every film outside the test folder counts as not learned "
        "from. Where the folder holds films it learned from in another form, these figures flatter.",
        frozenset(),
    )


def _spread(manifest: Manifest, most: int) -> Manifest:
    """Return at most so many films of each class, evenly over the manifest's order."""
    rows: list[int] = []
    for of_class in (manifest.diseased, ~manifest.diseased):
        own = np.flatnonzero(of_class)
        rows.extend(own[np.unique(np.linspace(0, own.size - 1, min(most, own.size)).astype(np.intp))])
    return manifest.select(sorted(rows))
