"""One network is fitted, stage by stage."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from firstread.config import Config
from firstread.data.film_cache import FilmCache
from firstread.imaging.preprocess import Recipe
from firstread.learning import data_set
from firstread.learning.callbacks import Silent
from firstread.learning.fit import Films, asked, fit
from firstread.learning.run_folder import RunFolder, State
from firstread.learning.weights import start

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(make_folder: Callable[[int], Path]) -> Path:
    return make_folder(32)


def recipe_of(config: Config) -> Recipe:
    return Recipe(height=config.training.side, width=config.training.side)


def learn(folder: Path, run: Path, config: Config, observer: Silent | None = None) -> State:
    recipe = recipe_of(config)
    films = data_set.read(folder, config.training)
    cache = FilmCache.build(
        films.manifest,
        recipe,
        folder=run.parent / "cache",
        limits=config.read,
        workers=config.workers,
    )
    opened = RunFolder(run)
    opened.open(asked(config, manifest_hash=films.hash, recipe=recipe, backend="tensorflow"))
    return fit(Films(cache, films.split), opened, recipe=recipe, config=config, observer=observer or Silent())


def losses(state: State) -> list[tuple[str, float, float]]:
    return [(row.stage, row.loss, row.tuning_loss) for row in state.epochs]


def test_a_run_goes_on_as_if_it_had_never_stopped(
    folder: Path, tmp_path: Path, tiny_config: Config, cut_after: Callable[[int], Silent]
) -> None:
    """Cut off inside a stage, between two stages and after the last epoch: the same losses to the last digit."""
    network = start("none", recipe=recipe_of(tiny_config), settings=tiny_config.training).model
    network.save_weights(tmp_path / "start.weights.h5")
    training = replace(
        tiny_config.training, weights=str(tmp_path / "start.weights.h5"), head_epochs=1, epochs=3
    )
    config = replace(tiny_config, training=training)
    whole = learn(folder, tmp_path / "whole", config)

    for epoch in (1, 2, 3):
        cut = tmp_path / f"cut-{epoch}"
        with pytest.raises(KeyboardInterrupt):
            learn(folder, cut, config, cut_after(epoch))

        assert losses(whole) == losses(learn(folder, cut, config))
