from collections.abc import Callable
from pathlib import Path

import pytest

from firstread.config import ReadLimits, Workers
from firstread.data import sources
from firstread.data.film_cache import FilmCache
from firstread.data.manifest import Manifest
from firstread.errors import ConfigError
from firstread.imaging.preprocess import Recipe
from firstread.learning.folds import Fold, make_folds, require_folds


@pytest.fixture(scope="module")
def films(make_folder: Callable[[int], Path]) -> Manifest:
    return sources.read(make_folder(40))


@pytest.fixture(scope="module")
def folds(films: Manifest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Fold, ...]:
    cache = FilmCache.build(
        films,
        Recipe(),
        folder=tmp_path_factory.mktemp("cache"),
        limits=ReadLimits(),
        workers=Workers(processes=1),
    )
    return make_folds(("look-alikes", "4"), films, cache=cache)


def test_every_film_is_learned_from_tuned_on_or_held_out(films: Manifest, folds: tuple[Fold, ...]) -> None:
    for fold in folds:
        parts = [path for part in fold.split.parts.values() for path in part.paths]
        assert sorted(films.paths) == sorted(parts)


def test_with_the_look_alikes_the_lowest_eighth_of_the_diseased_is_held_out(folds: tuple[Fold, ...]) -> None:
    """40 diseased patients, 300 to 339: an eighth is 300 to 304; .18 of the 40 others are 7."""
    held_out = folds[0].split.internal_test

    assert "look-alikes" == folds[0].name
    assert held_out is not None
    diseased = held_out.select(held_out.diseased)
    assert [300, 301, 302, 303, 304] == sorted(film.patient.number for film in diseased.films)
    assert 7 == len(held_out) - len(diseased)


def test_a_block_is_held_out_by_its_number(folds: tuple[Fold, ...]) -> None:
    """40 patients in 5 blocks: the last has 32 to 39."""
    held_out = folds[1].split.internal_test

    assert "block-4" == folds[1].name
    assert held_out is not None
    numbers = sorted(film.patient.number for film in held_out.films)
    assert [*range(232, 240), *range(332, 340)] == numbers
    assert folds[0].hash != folds[1].hash
    assert folds[0].held_out_hash != folds[1].held_out_hash


@pytest.mark.parametrize("asked", [(), ("5",), ("0", "0"), ("look alikes",)])
def test_folds_there_are_not_are_refused(asked: tuple[str, ...]) -> None:
    with pytest.raises(
        ConfigError, match="--folds must be some of look-alikes,0,1,2,3,4, each once; received"
    ):
        require_folds(asked)
