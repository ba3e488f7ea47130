"""From a folder of films to trained weights in a run folder."""

from dataclasses import dataclass, replace
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from firstread.config import Augmentation, Config, Training, as_dict
from firstread.data.film_cache import FilmCache
from firstread.data.manifest import Manifest
from firstread.data.splits import Split
from firstread.errors import TrainingError
from firstread.evaluation import shortcuts
from firstread.evaluation.shortcut_balance import balanced
from firstread.imaging.preprocess import Recipe
from firstread.learning import estimate, logs
from firstread.learning.augment import Augment
from firstread.learning.backend import has_gpu, quiet
from firstread.learning.batches import FilmBatches, class_weights
from firstread.learning.callbacks import Bookkeeper, Observer, take_averages
from firstread.learning.devices import distribute, in_use, share
from firstread.learning.run_folder import RunFolder, State
from firstread.learning.transfer import Stage, recalibrate_batch_norm, set_trainable
from firstread.learning.weights import Start, start

__all__ = ["Films", "fit", "scores"]

_RECALIBRATION_FILMS = 256


@dataclass(frozen=True, slots=True)
class Films:
    """The decoded films of a split.

    Args:
        cache: Every film.
        split: Which is for what.
    """

    cache: FilmCache
    split: Split

    def rows(self, part: Manifest) -> npt.NDArray[np.intp]:
        """Return where the films of a part are in the cache."""
        return self.cache.positions(part)


def fit(films: Films, run: RunFolder, *, recipe: Recipe, config: Config, observer: Observer) -> State:
    """Train in two stages, or go on where the run was stopped; return how it ended.

    Args:
        films: Decoded films and their split.
        run: Opened by the caller.
        recipe: What the films were prepared with.
        config: Sections `training` and `augmentation` decide.
        observer: Told of every step.

    Raises:
        TrainingError: If the training part is smaller than one batch, or the weights do not fit.
    """
    settings = config.training
    state, variables = run.load()
    if state.finished:
        return state
    _set_up_keras(settings)
    begun = start(settings.weights, recipe=recipe, settings=settings)
    run.write_json("start.json", begun.origin)
    fitting = _Fitting(films, run, settings, config.augmentation, begun, observer)
    if not state.done:
        fitting.prepare_batch_norm()
    left = _stages_left(settings, state, pretrained=begun.pretrained)
    if left:
        observer.estimated(fitting.estimate(state, left))
    for stage, last in left:
        state = fitting.learn(stage, state, last_epoch=last, variables=variables)
        variables = []
    finished = replace(state, finished=True)
    run.save(finished, [])
    return finished


def scores(
    network: keras.Model, cache: FilmCache, rows: npt.NDArray[np.intp], *, batch_size: int = 64
) -> Any:
    """Return what a network says of some films, in their order; memory does not grow with their number.

    Args:
        network: Film (n, height, width, 1) → an array or a dict of arrays.
        cache: The films.
        rows: Which of them, shape (n_films,).
        batch_size: Films in one pass.
    """
    parts = [
        network.predict_on_batch(
            share(cache.rows(rows[first : first + batch_size])[..., None].astype(np.float32))
        )
        for first in range(0, len(rows), batch_size)
    ]
    if isinstance(parts[0], dict):
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return np.concatenate(parts)


def _stages(settings: Training, *, pretrained: bool) -> list[tuple[Stage, int]]:
    """Return (stage, its last epoch); random weights have no features that a head could learn from first."""
    if not pretrained or not settings.head_epochs:
        return [(Stage.BACKBONE, settings.epochs)]
    stages = [(Stage.HEAD, settings.head_epochs)]
    return stages if settings.head_epochs == settings.epochs else [*stages, (Stage.BACKBONE, settings.epochs)]


def _stages_left(settings: Training, state: State, *, pretrained: bool) -> list[tuple[Stage, int]]:
    """Return the stages that are still to do; none when the run was killed after its last epoch."""
    if state.waited(Stage.BACKBONE.value) >= settings.patience:
        return []
    return [(stage, last) for stage, last in _stages(settings, pretrained=pretrained) if state.done < last]


def _set_up_keras(settings: Training) -> None:
    keras.utils.clear_session()
    distribute(settings.devices)
    with quiet():  # seeding loads TensorFlow, where it is installed, on every backend
        keras.utils.set_random_seed(settings.seed)
    mixed = has_gpu() if settings.mixed_precision is None else settings.mixed_precision
    keras.mixed_precision.set_dtype_policy("mixed_float16" if mixed else "float32")


class _Fitting:
    """One training of one network."""

    def __init__(
        self,
        films: Films,
        run: RunFolder,
        settings: Training,
        ranges: Augmentation,
        begun: Start,
        observer: Observer,
    ) -> None:
        self._run = run
        self._settings = settings
        self._ranges = ranges
        self._observer = observer
        self._network = begun.model
        self._pretrained = begun.pretrained
        self._cache = films.cache
        self._training_rows = films.rows(films.split.training)
        self._diseased = films.split.training.diseased
        self._share = _share(films, settings)
        self._tuning_rows = films.rows(films.split.tuning)
        self._tuning_diseased = films.split.tuning.diseased
        self._trainer = _trainer(self._network, ranges, seed=settings.seed)
        self._steps = len(self._training_rows) // min(settings.batch_size, len(self._training_rows))

    def prepare_batch_norm(self) -> None:
        if self._pretrained and self._settings.batch_norm == "adapt":
            rng = np.random.default_rng(self._settings.seed)
            n = min(_RECALIBRATION_FILMS, len(self._training_rows))
            chosen = np.sort(rng.choice(self._training_rows, n, replace=False))
            recalibrate_batch_norm(self._network, self._cache.rows(chosen))

    def learn(
        self, stage: Stage, state: State, *, last_epoch: int, variables: list[npt.NDArray[Any]]
    ) -> State:
        """Run one stage to its end; variables of a checkpoint go on where it was cut off."""
        if variables and state.epochs[-1].stage != stage.value:
            # The kill fell between two stages: end the one before as it would have ended.
            self._compile(Stage(state.epochs[-1].stage), epochs=1)
            self._restore(variables)
            take_averages(self._trainer)
            variables = []
        first_epoch = next((row.epoch - 1 for row in state.epochs if row.stage == stage.value), state.done)
        self._compile(stage, epochs=last_epoch - first_epoch)
        if variables:
            self._restore(variables)
        bookkeeper = Bookkeeper(
            network=self._network,
            score=lambda network: scores(network, self._cache, self._tuning_rows)[:, 0].astype(np.float64),
            diseased=self._tuning_diseased,
            run=self._run,
            state=state,
            stage=stage.value,
            patience=self._settings.patience if stage is Stage.BACKBONE else None,
            observer=self._observer,
            snapshot=self._snapshot,
            after_epoch=lambda now: logs.write_all(self._run, now),
        )
        self._trainer.fit(
            self._batches(first_epoch=state.done),
            initial_epoch=state.done,
            epochs=last_epoch,
            callbacks=[bookkeeper],
            shuffle=False,  # FilmBatches draws the order itself; Keras' own draw would not survive a kill
            verbose=0,
        )
        # The next stage starts from the averaged weights.
        take_averages(self._trainer)
        return bookkeeper.state

    def estimate(self, state: State, left: list[tuple[Stage, int]]) -> estimate.Estimate:
        """Time a few steps of each stage that is left."""
        batch = self._batches(first_epoch=state.done)[0]
        scored = _seconds_to_score(self._network, self._cache, self._tuning_rows)
        seconds, per_epoch, done = 0.0, 0.0, state.done
        for stage, last in left:
            self._compile(stage, epochs=last)
            per_epoch = self._steps * estimate.seconds_per_step(self._trainer, batch) + scored
            seconds, done = seconds + per_epoch * (last - done), last
        return estimate.Estimate(
            epochs=self._settings.epochs - state.done,
            seconds_per_epoch=per_epoch,
            seconds=seconds,
            memory_bytes=estimate.peak_memory_bytes(),
            films_per_second=len(self._training_rows) / per_epoch,
            devices=in_use(),
        )

    def _batches(self, *, first_epoch: int) -> FilmBatches:
        return FilmBatches(
            self._cache,
            self._training_rows,
            self._diseased,
            # Shares hold each class's half already.
            weights=class_weights(self._diseased) if self._share is None else (1.0, 1.0),
            batch_size=self._settings.batch_size,
            seed=self._settings.seed,
            first_epoch=first_epoch,
            share=self._share,
            histogram=self._ranges.histogram,
        )

    def _compile(self, stage: Stage, *, epochs: int) -> None:
        settings = self._settings
        set_trainable(self._network, stage, settings, pretrained=self._pretrained)
        if (
            in_use()
        ):  # how Keras lays out what a pass returns was fixed by what was trainable when it was first made
            self._network.predict_function = None
        peak = settings.head_learning_rate if stage is Stage.HEAD else settings.learning_rate
        steps = epochs * self._steps
        warm_up = min(self._steps, steps // 4)
        rate = keras.optimizers.schedules.CosineDecay(
            peak / 20, max(steps - warm_up, 1), alpha=0.01, warmup_target=peak, warmup_steps=warm_up
        )
        self._trainer.compile(
            optimizer=keras.optimizers.AdamW(
                rate,
                weight_decay=settings.weight_decay,
                use_ema=settings.ema > 0,
                ema_momentum=settings.ema or 0.99,
            ),
            loss=keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=settings.label_smoothing),
            jit_compile=False if keras.backend.backend() == "tensorflow" and not has_gpu() else "auto",
        )
        self._trainer.optimizer.build(self._trainer.trainable_variables)

    def _variables(self) -> list[Any]:
        return [*self._trainer.variables, *self._trainer.optimizer.variables]

    def _snapshot(self) -> list[npt.NDArray[Any]]:
        return [keras.ops.convert_to_numpy(variable) for variable in self._variables()]

    def _restore(self, variables: list[npt.NDArray[Any]]) -> None:
        wanted = self._variables()
        if [tuple(v.shape) for v in wanted] != [value.shape for value in variables]:
            raise TrainingError(
                f"{self._run.path}: the checkpoint must fit the network; it is of another version. "
                "Choose another --run folder."
            )
        for variable, value in zip(wanted, variables, strict=True):
            variable.assign(value)


def _share(films: Films, settings: Training) -> npt.NDArray[np.float64] | None:
    """Return how often each training film is shown; None where all are shown alike."""
    if not settings.balance:
        return None
    training = films.split.training
    return balanced(
        np.stack([shortcuts.thumbnail(films.cache.rows([row])[0]) for row in films.rows(training)]),
        training.diseased,
        [str(patient) for patient in training.patients],
        exponent=settings.balance,
        rng=np.random.default_rng(settings.seed),
    )


def _trainer(network: keras.Model, ranges: Augmentation, *, seed: int) -> keras.Model:
    """Return film → changed film → logit: the network with augmentation before it."""
    film = keras.Input(network.input_shape[1:], name="film")
    return keras.Model(film, network(Augment(ranges, seed=seed, name="augment")(film)), name="trainer")


def _seconds_to_score(network: keras.Model, cache: FilmCache, rows: npt.NDArray[np.intp]) -> float:
    import time

    trial = rows[:128]
    scores(network, cache, trial[:64])
    began = time.perf_counter()
    scores(network, cache, trial)
    return (time.perf_counter() - began) * len(rows) / len(trial)


def asked(config: Config, *, manifest_hash: str, recipe: Recipe, backend: str) -> dict[str, Any]:
    """Return what decides a run's result, as plain values for its config.json."""
    return {
        "manifest": manifest_hash,
        "recipe": recipe.as_dict(),
        "backend": backend,
        "training": config.training.deciding(),
        "augmentation": as_dict(config.augmentation),
    }
