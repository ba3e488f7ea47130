"""From a finished run to a bundle, with the proof that both give the same scores, or nothing."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from firstread.config import Augmentation, Config, Training
from firstread.data.film_cache import FilmCache
from firstread.data.splits import contiguous_blocks
from firstread.errors import ExportError, UndefinedMetricError
from firstread.evaluation import frontal, frontal_fit, pictures, shift
from firstread.evaluation.tuning import Tuned, tune
from firstread.evaluation.tuning_scores import TuningScores
from firstread.imaging.preprocess import Recipe
from firstread.inference import bundle as bundles
from firstread.inference import evidence, explain
from firstread.inference.bundle import Bundle, BundleParts, Head
from firstread.inference.session import OnnxSession
from firstread.learning import cues, parity
from firstread.learning.changed_films import changed_logits
from firstread.learning.data_set import DataSet
from firstread.learning.facts import facts_of
from firstread.learning.fit import scores
from firstread.learning.half_precision import round_kernels
from firstread.learning.kept_network import kept_network, middle, trainings
from firstread.learning.onnx_file import write_onnx
from firstread.learning.run_folder import RunFolder, State
from firstread.learning.score_table import write_tuning_scores
from firstread.learning.stored_weights import stored
from firstread.reporting.model_card import model_card

__all__ = ["export"]

_SHIFT_FILMS = 2000
_BATCH = 32


def export(
    run: RunFolder,
    data_set: DataSet,
    *,
    config: Config,
    cache_folder: Path,
    today: date,
    notes: Sequence[str] = (),
) -> Bundle:
    """Write the bundle of a finished run.

    Args:
        run: Finished.
        data_set: What it was trained on.
        config: Sections `read` and `workers` are used; what decides the result is read from the run.
        cache_folder: Of decoded films.
        today: Goes into the facts.
        notes: For the model card, which says that they are stated and not measured.

    Raises:
        ExportError: If the run is not finished, the data set is another one, or the exported model does not give
            the trained model's scores. Nothing is written then.
    """
    finished = _Finished.of(run, data_set)
    network = kept_network(
        finished.run, finished.state.best_epoch, recipe=finished.recipe, settings=finished.settings.training
    )
    cache = FilmCache.build(
        data_set.manifest, finished.recipe, folder=cache_folder, limits=config.read, workers=config.workers
    )
    rounding = _round(network, cache, data_set)
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "model.onnx"
        write_onnx(network, model)
        session = OnnxSession(model)
        answers = _Answers.of(rounding, session, cache, data_set)
        tuned = _tuned(session, answers, cache, finished)
        parts = _bundle_parts(model, network, answers, tuned, finished, today, notes)
        parts = replace(
            parts, evidence=_evidence(session, cache, data_set, parts), frontal=_frontal(cache, finished)
        )
        bundle = bundles.save(run.bundle, parts)
    write_tuning_scores(run.path / "tuning_scores.csv", data_set, answers.tuning_logit, bundle)
    return bundle


@dataclass(frozen=True, slots=True)
class _Finished:
    """A finished run, as its folder tells it; of several trainings where it has several seeds."""

    data_set: DataSet
    run: RunFolder
    state: State
    seeds: dict[int, State]
    settings: Config
    recipe: Recipe
    origin: str
    backend: str
    runs_beside: int

    @classmethod
    def of(cls, run: RunFolder, data_set: DataSet) -> "_Finished":
        asked = run.read_json("config.json")
        runs = trainings(run)
        states = tuple(one.load()[0] for one in runs)
        for one, state in zip(runs, states, strict=True):
            if not state.finished:
                raise ExportError(
                    f"{one.path}: a run must be finished before its export; {state.done} epochs are done. "
                    "Give the training command again to go on."
                )
        if asked["manifest"] != data_set.hash:
            raise ExportError(f"{data_set.folder}: the films must be those of the run; they are others.")
        chosen = middle(states)
        first = asked["training"]["seed"]
        augmentation = asked["augmentation"] | {"jpeg_quality": tuple(asked["augmentation"]["jpeg_quality"])}
        training = Training(**asked["training"] | {"seed": first + chosen})
        settings = Config(training=training, augmentation=Augmentation(**augmentation))
        recipe = Recipe.from_dict(asked["recipe"])
        origin = str(runs[0].read_json("start.json"))
        return cls(
            data_set=data_set,
            run=runs[chosen],
            state=states[chosen],
            seeds=dict(enumerate(states, start=first)),
            settings=settings,
            recipe=recipe,
            origin=origin,
            backend=asked["backend"],
            runs_beside=run.runs_beside(),
        )


@dataclass(frozen=True, slots=True)
class _Rounding:
    """What the trained network says of tuning films with rounded kernels, and how far that moved a probability."""

    tuning_logit: npt.NDArray[np.float64]
    max_difference: float


def _round(network: keras.Model, cache: FilmCache, data_set: DataSet) -> _Rounding:
    """Round the network's large kernels, before anything is fixed on tuning films."""
    tuning = cache.positions(data_set.split.tuning)
    trained = scores(network, cache, tuning)[:, 0].astype(np.float64)
    round_kernels(network)
    rounded = scores(network, cache, tuning)[:, 0].astype(np.float64)
    return _Rounding(rounded, parity.require_small_rounding(trained, rounded))


@dataclass(frozen=True, slots=True)
class _Answers:
    """What the exported model says, and how far it is from the trained one with its kernels rounded."""

    tuning_logit: npt.NDArray[np.float64]
    tuning_features: npt.NDArray[np.float32]
    training_features: npt.NDArray[np.float32]
    parity: dict[str, Any]

    @classmethod
    def of(cls, rounding: _Rounding, session: OnnxSession, cache: FilmCache, data_set: DataSet) -> "_Answers":
        tuning = cache.positions(data_set.split.tuning)
        exported = _run(session, cache, tuning, ("logit", "features"))
        logit = exported["logit"].astype(np.float64)
        compared = {
            "max_difference": parity.require_parity(rounding.tuning_logit, logit),
            "n_films": logit.size,
            "limit": parity.LIMIT,
            "rounding_max_difference": rounding.max_difference,
            "rounding_limit": parity.ROUNDING_LIMIT,
        }
        training = cache.positions(data_set.split.training)
        every = max(1, -(-len(training) // _SHIFT_FILMS))
        features = _run(session, cache, training[::every], ("features",))["features"]
        return cls(logit, exported["features"], features, compared)


def _run(
    session: OnnxSession, cache: FilmCache, rows: npt.NDArray[np.intp], outputs: tuple[str, ...]
) -> dict[str, npt.NDArray[np.float32]]:
    parts = [
        session.run(cache.rows(rows[first : first + _BATCH]), outputs)
        for first in range(0, len(rows), _BATCH)
    ]
    return {name: np.concatenate([part[name] for part in parts]) for name in outputs}


def _tuned(session: OnnxSession, answers: _Answers, cache: FilmCache, finished: _Finished) -> Tuned:
    """Fix what is fixed on tuning films, and measure what the exported model promises there."""
    tuning = finished.data_set.split.tuning
    positions = cache.positions(tuning)
    patient = [str(patient) for patient in tuning.patients]

    def rng() -> np.random.Generator:
        return np.random.default_rng(finished.settings.training.seed)

    def score(films: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
        return session.run(films)["logit"].astype(np.float64)

    def rows(chosen: npt.NDArray[np.intp]) -> npt.NDArray[np.uint8]:
        return cache.rows(positions[chosen])

    tuned = tune(
        tuning.diseased,
        answers.tuning_logit,
        patient,
        series=[film.series for film in tuning.films],
        block=contiguous_blocks(tuning),
        rng=rng(),
        changed=changed_logits(score, rows, len(tuning), rng=rng()),
    )
    found = cues.measure(
        score,
        rows,
        tuning.diseased,
        patient=patient,
        calibration=tuned.calibration,
        point=tuned.points["screening"],
        rng=rng(),
    )
    return replace(tuned, metrics=tuned.metrics | {"cues": found})


def _evidence(
    session: OnnxSession, cache: FilmCache, data_set: DataSet, parts: BundleParts
) -> evidence.EvidenceReference | None:
    """Fix how much heat inside the thorax is ordinary; None where too few tuning films are flagged."""
    rows = cache.positions(data_set.split.tuning)
    threshold = parts.operating_points["screening"].threshold
    shares = []
    for first in range(0, len(rows), _BATCH):
        films = cache.rows(rows[first : first + _BATCH])
        answer = session.run(films, ("logit", "feature_map"))
        flagged = parts.calibration.probability(answer["logit"]) >= threshold
        activation = explain.class_activation(answer["feature_map"], parts.head)
        heat = explain.heat(activation, calibration=parts.calibration, threshold=threshold)
        shares.append(evidence.share_in_thorax(films[flagged], heat[flagged]))
    try:
        return evidence.fit(np.concatenate(shares))
    except UndefinedMetricError:
        return None


def _frontal(cache: FilmCache, finished: _Finished) -> frontal.FrontalReference | None:
    """Learn what a frontal chest film is; None where there are too few films."""
    split = finished.data_set.split
    training, tuning = (
        np.concatenate(
            [
                frontal.coarse(cache.rows(rows[first : first + _BATCH]), pictures.SIDE)
                for first in range(0, len(rows), _BATCH)
            ]
        )
        for rows in (cache.positions(split.training), cache.positions(split.tuning))
    )
    try:
        return frontal_fit.fit(training, tuning, rng=np.random.default_rng(finished.settings.training.seed))
    except UndefinedMetricError:
        return None


def _bundle_parts(
    model: Path,
    network: keras.Model,
    answers: _Answers,
    tuned: Tuned,
    finished: _Finished,
    today: date,
    notes: Sequence[str],
) -> BundleParts:
    facts = facts_of(
        config=finished.settings,
        data_set=finished.data_set,
        state=finished.state,
        seeds=finished.seeds,
        origin=finished.origin,
        backend=finished.backend,
        runs_beside=finished.runs_beside,
        metrics=tuned.metrics,
        parity=answers.parity,
        created=today,
        notes=notes,
    )
    kernel, bias = network.get_layer("logit").get_weights()
    return BundleParts(
        model=model,
        recipe=finished.recipe,
        calibration=tuned.calibration,
        operating_points=tuned.points,
        head=Head(
            kernel=kernel[:, 0],
            bias=float(bias[0]),
            margin=finished.settings.training.margin_px / finished.recipe.height,
        ),
        shift=shift.fit(answers.training_features, answers.tuning_features),
        facts=facts,
        model_card=model_card(facts),
        weights=stored(network, model),
        tuning_scores=TuningScores.of(finished.data_set.split.tuning.diseased, answers.tuning_logit),
    )
