"""One way of training, with one seed, without the films that are held out: trained, then judged on them."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import keras

from firstread.config import Config
from firstread.data.film_cache import FilmCache
from firstread.data.manifest import Manifest
from firstread.evaluation.method_comparison import Judged
from firstread.imaging.harmless_changes import HARMLESS
from firstread.imaging.preprocess import Recipe
from firstread.learning.callbacks import Observer
from firstread.learning.candidates import Candidate
from firstread.learning.devices import require_devices
from firstread.learning.facts import software_versions
from firstread.learning.fit import Films, asked, fit
from firstread.learning.folds import Fold
from firstread.learning.judging import elsewhere, judge
from firstread.learning.kept_network import kept_network
from firstread.learning.run_folder import RunFolder, State
from firstread.learning.score_table import write_trial_scores
from firstread.learning.search_record import RESULT, SCORES, TrialResult

__all__ = ["Decoded", "OtherHospital", "Trial", "run_trial"]

Decoded = Callable[[Manifest, Recipe], FilmCache]
"""Films, as a recipe prepares them."""


@dataclass(frozen=True, slots=True)
class OtherHospital:
    """Films from elsewhere, to see in which direction an AUROC goes.

    Args:
        name: As tables have it.
        manifest: The films.
        hash: SHA-256 of them.
    """

    name: str
    manifest: Manifest
    hash: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What is trained and judged.

    Args:
        candidate: How.
        fold: Without which films.
        seed: Of everything drawn.
    """

    candidate: Candidate
    fold: Fold
    seed: int

    @property
    def config(self) -> Config:
        """The settings, with this seed."""
        return replace(
            self.candidate.config, training=replace(self.candidate.config.training, seed=self.seed)
        )

    @property
    def recipe(self) -> Recipe:
        """How a film becomes what the network sees."""
        side = self.candidate.config.training.side
        return Recipe(height=side, width=side)

    def asked(self, backend: str) -> dict[str, Any]:
        """Return what decides the result, as plain values."""
        deciding = asked(self.config, manifest_hash=self.fold.hash, recipe=self.recipe, backend=backend)
        return deciding | {"fold": self.fold.name, "held_out": self.fold.held_out_hash}


def run_trial(
    trial: Trial,
    run: RunFolder,
    *,
    films: Manifest,
    hospitals: Sequence[OtherHospital],
    decoded: Decoded,
    backend: str,
    observer: Observer,
) -> TrialResult:
    """Train and judge, or go on where it was stopped; one that is finished is read.

    Args:
        trial: What.
        run: Its own folder.
        films: Those of all folds: every fold reads the same cache.
        hospitals: Films from elsewhere to be judged on as well.
        decoded: Gives the cache of some films.
        backend: Keras' engine, already chosen.
        observer: Told of every step.

    Raises:
        FirstreadError: If the folder holds another trial, or training fails; see `fit`.
    """
    run.open(trial.asked(backend))
    known = _known(run)
    if known is not None and _covers(known, hospitals) and (run.path / SCORES).exists():
        return known
    cache, split = decoded(films, trial.recipe), trial.fold.split
    settings = trial.config.training
    require_devices(settings.devices, batch_size=min(settings.batch_size, len(split.training)))
    state = fit(Films(cache, split), run, recipe=trial.recipe, config=trial.config, observer=observer)
    began = time.monotonic()
    network = kept_network(run, state.best_epoch, recipe=trial.recipe, settings=settings)
    answers = judge(network, cache, split)
    write_trial_scores(run.path / SCORES, split, answers)
    judged = Judged(
        candidate=trial.candidate.name,
        fold=trial.fold.name,
        seed=trial.seed,
        figures=answers.figures,
        elsewhere=({} if known is None else dict(known.judged.elsewhere))
        | {
            hospital.name: elsewhere(network, decoded(hospital.manifest, trial.recipe), hospital.manifest)
            for hospital in hospitals
        },
        seconds=sum(row.seconds for row in state.epochs),
    )
    hashes = ({} if known is None else dict(known.hospitals)) | {one.name: one.hash for one in hospitals}
    result = _result(judged, trial, state, hashes, seconds_judging=time.monotonic() - began)
    run.write_json(RESULT, result.as_dict())
    return result


def _known(run: RunFolder) -> TrialResult | None:
    if not (run.path / RESULT).exists():
        return None
    return TrialResult.from_dict(run.read_json(RESULT))


def _covers(known: TrialResult, hospitals: Sequence[OtherHospital]) -> bool:
    """Tell whether a result says all that is asked; a hospital that is asked for later is judged without training."""
    asked_for = {hospital.name: hospital.hash for hospital in hospitals}
    return known.changes == tuple(HARMLESS) and asked_for.items() <= known.hospitals.items()


def _result(
    judged: Judged, trial: Trial, state: State, hospitals: dict[str, str], *, seconds_judging: float
) -> TrialResult:
    split = trial.fold.split
    return TrialResult(
        judged=judged,
        seconds_judging=seconds_judging,
        films_per_second=len(split.training) * state.done / judged.seconds,
        epochs_done=state.done,
        epoch_kept=state.best_epoch,
        films={part.value: len(films) for part, films in split.parts.items()},
        changes=tuple(HARMLESS),
        hospitals=hospitals,
        software=software_versions() | {"backend": keras.backend.backend()},
    )
