"""What is held out in turn when ways of training are compared, the same films for every one of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from firstread.data import splits
from firstread.data.film_cache import FilmCache
from firstread.data.manifest import Manifest
from firstread.data.splits import Split
from firstread.errors import ConfigError
from firstread.evaluation import shortcuts
from firstread.evaluation.look_alikes import look_alikes
from firstread.evaluation.method_comparison import LOOK_ALIKES

__all__ = ["BLOCKS", "FOLDS", "Fold", "make_folds", "require_folds"]

BLOCKS = 5
"""Contiguous blocks each series is cut into; each in turn is held out."""

FOLDS = (LOOK_ALIKES, *map(str, range(BLOCKS)))
"""What can be held out: the look-alikes, or a block by its number."""

_DISEASED_BLOCKS = (
    8  # with the look-alikes the lowest eighth of the diseased is held out, next to the official test
)
_SEED = 0  # of the draw of look-alikes, the same whatever the seed of a training


@dataclass(frozen=True, slots=True)
class Fold:
    """One way of holding films out.

    Args:
        name: "look-alikes" or "block-0"; fit for a folder.
        split: Its internal test part is what is held out.
        hash: SHA-256 of what is learned from and tuned on.
        held_out_hash: SHA-256 of what is held out.
    """

    name: str
    split: Split
    hash: str
    held_out_hash: str


def require_folds(asked: Sequence[str]) -> None:
    """Refuse folds there are not.

    Raises:
        ConfigError: If one is unknown or comes twice, or there is none.
    """
    wrong = [name for name in asked if name not in FOLDS or asked.count(name) > 1]
    if wrong or not asked:
        raise ConfigError(
            f"--folds must be some of {','.join(FOLDS)}, each once; received {','.join(asked) or 'none'!r}."
        )


def make_folds(asked: Sequence[str], manifest: Manifest, *, cache: FilmCache) -> tuple[Fold, ...]:
    """Return the folds.

    Args:
        asked: Accepted by `require_folds`.
        manifest: Films of training folders.
        cache: These films by the standard recipe: whose thumbnails look alike must not depend on a candidate.

    Raises:
        DataError: If a part would lack a class.
        UndefinedMetricError: If there are too few films to say who looks diseased.
    """
    return tuple(
        _fold(LOOK_ALIKES, _without_look_alikes(manifest, cache))
        if name == LOOK_ALIKES
        else _fold(f"block-{name}", splits.leave_block_out(manifest, blocks=BLOCKS, block=int(name)))
        for name in asked
    )


def _fold(name: str, split: Split) -> Fold:
    learned = Manifest((*split.training.films, *split.tuning.films))
    held_out = split.internal_test
    return Fold(name, split, learned.hash(), "" if held_out is None else held_out.hash())


def _without_look_alikes(manifest: Manifest, cache: FilmCache) -> Split:
    thumbnails = np.stack(
        [shortcuts.thumbnail(cache.rows([row])[0]) for row in cache.positions(manifest)],
    )
    patient = np.array([str(owner) for owner in manifest.patients])
    alike = look_alikes(thumbnails, manifest.diseased, patient.tolist(), rng=np.random.default_rng(_SEED))
    lowest = splits.contiguous_blocks(manifest, blocks=_DISEASED_BLOCKS) == 0
    of_diseased = np.isin(patient, patient[manifest.diseased])
    return splits.held_out(manifest, alike | (lowest & of_diseased), name=LOOK_ALIKES)
