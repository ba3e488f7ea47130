"""Ways of training compared: every candidate, on every fold, with every seed; each training is judged once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import Protocol

from firstread.config import Config
from firstread.data import sources
from firstread.data.film_cache import FilmCache
from firstread.data.manifest import Manifest
from firstread.errors import ConfigError, FirstreadError, TrainingError, UndefinedMetricError
from firstread.evaluation.method_comparison import Method
from firstread.imaging.preprocess import Recipe
from firstread.learning.callbacks import Observer
from firstread.learning.candidates import Candidate
from firstread.learning.data_set import some_of_each_class
from firstread.learning.folds import make_folds, require_folds
from firstread.learning.search_record import SearchFolder, TrialResult
from firstread.learning.trial import OtherHospital, Trial, run_trial
from firstread.learning.weights import require_start

__all__ = ["SearchObserver", "Wanted", "search", "seconds_left"]


class SearchObserver(Observer, Protocol):
    """Somebody who watches a comparison."""

    def trial_began(self, trial: Trial, number: int, trials: int, seconds_left: float | None) -> None:
        """One training begins; `number` counts from 1, the time left is unknown before the first result."""

    def trial_ended(self, result: TrialResult) -> None:
        """It is judged and safe on disk, or had been before."""

    def trial_failed(self, trial: Trial, error: FirstreadError) -> None:
        """It has no figures; the others go on."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be compared on what.

    Args:
        candidates: The base first.
        folds: Accepted by `require_folds`.
        seeds: How many; the first is `training.seed` of the candidates.
        elsewhere: Name of another hospital → folder of its films.
    """

    candidates: tuple[Candidate, ...]
    folds: tuple[str, ...]
    seeds: int
    elsewhere: Mapping[str, Path]

    def __post_init__(self) -> None:
        require_folds(self.folds)
        if self.seeds < 1:
            raise ConfigError(f"--seeds must be at least 1; received {self.seeds}.")
        for candidate in self.candidates:
            require_start(candidate.config.training)


def search(
    folder: Path,
    run_folder: Path,
    wanted: Wanted,
    *,
    config: Config,
    backend: str,
    cache_folder: Path,
    observer: SearchObserver,
) -> tuple[Method, ...]:
    """Train and judge whatever is not finished yet, and write the table anew after every training.

    Seeds come in the outermost loop and candidates in the innermost: whenever it is stopped, what is finished can be
    compared.

    Args:
        folder: Of films; its test part, where it has one, is not opened.
        run_folder: Of the comparison.
        wanted: What is compared on what.
        config: Sections `read` and `workers` are used.
        backend: Keras' engine, already chosen.
        cache_folder: Where decoded films are kept.
        observer: Told of every step.

    Raises:
        TrainingError: If a training has no figures, because it diverged say, once all others are finished.
        FirstreadError: If films, weights or settings do not fit; what is finished stays.
    """
    films = _films(folder, wanted)
    hospitals = [_hospital(name, place) for name, place in wanted.elsewhere.items()]
    decoded = partial(_decoded, config=config, cache_folder=cache_folder, observer=observer)
    folds = make_folds(wanted.folds, films, cache=decoded(films, Recipe()))
    place = SearchFolder(run_folder)
    place.keep_candidates({candidate.name: candidate.why for candidate in wanted.candidates})
    first = wanted.candidates[0].config.training.seed
    trials = [
        Trial(candidate, fold, seed)
        for seed in range(first, first + wanted.seeds)
        for fold in folds
        for candidate in wanted.candidates
    ]
    failed = []
    for number, trial in enumerate(trials, start=1):
        observer.trial_began(trial, number, len(trials), seconds_left(trials[number - 1 :], place.results()))
        run = place.run(trial.candidate.name, trial.fold.name, trial.seed)
        try:
            result = run_trial(
                trial,
                run,
                films=films,
                hospitals=hospitals,
                decoded=decoded,
                backend=backend,
                observer=observer,
            )
        except UndefinedMetricError as error:
            failed.append(f"{run.path}: {error}")
            observer.trial_failed(trial, error)
            continue
        place.write_table()
        observer.trial_ended(result)
    if failed:
        raise TrainingError("Every training must give figures; these gave none:\n" + "\n".join(failed))
    return place.write_table()


def seconds_left(trials: Sequence[Trial], known: Sequence[TrialResult]) -> float | None:
    """Return about how long some trials take, by those of the same candidate, or of any; None before the first result.

    Args:
        trials: Some may be finished, and take no time.
        known: The results there are.
    """
    took: dict[str, list[float]] = {}
    for result in known:
        took.setdefault(result.judged.candidate, []).append(result.judged.seconds + result.seconds_judging)
    if not took:
        return None
    usual = fmean(seconds for several in took.values() for seconds in several)
    finished = {(result.judged.candidate, result.judged.fold, result.judged.seed) for result in known}
    return sum(
        fmean(took.get(trial.candidate.name, [usual]))
        for trial in trials
        if (trial.candidate.name, trial.fold.name, trial.seed) not in finished
    )


def _films(folder: Path, wanted: Wanted) -> Manifest:
    films = sources.read(folder).select(lambda film: film.folder_part != "test")
    most = wanted.candidates[0].config.training.max_films
    return films if most is None else some_of_each_class(films, most)


def _hospital(name: str, folder: Path) -> OtherHospital:
    films = sources.read(folder)
    return OtherHospital(name, films, films.hash())


def _decoded(
    films: Manifest, recipe: Recipe, *, config: Config, cache_folder: Path, observer: Observer
) -> FilmCache:
    return FilmCache.build(
        films,
        recipe,
        folder=cache_folder,
        limits=config.read,
        workers=config.workers,
        on_progress=observer.decoded,
    )
