"""How much a figure owes to the way the data was cut: the same models, judged under four splits."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from firstread.appraisal.judged import Judged, judge
from firstread.appraisal.scoring import film_names
from firstread.data import splits
from firstread.data.manifest import Manifest
from firstread.errors import DataError, UndefinedMetricError
from firstread.evaluation import shortcuts
from firstread.evaluation.calibration import Calibration
from firstread.evaluation.clustered_bootstrap import Resamples
from firstread.evaluation.intervals import NotDefined
from firstread.evaluation.operating_point import at_sensitivity
from firstread.evaluation.scored_films import ScoredFilms

__all__ = ["HIDES", "SENSITIVITY", "Cut", "InflationRow", "cuts", "inflation_table", "scored"]

SENSITIVITY = 0.95
"""The threshold is tuned to reach this on tuning films, before the judged films are looked at."""

FEWEST_JUDGED = 10
"""Of each class: what fewer films say of a split is chance."""

_MOST_BLOCKS, _FEWEST_BLOCKS = 8, 3
_WANTED_JUDGED = 20
_ORDER = " Blocks are cut in the order of the patients' numbers: of a manifest.csv, in the order of its rows."
_AS_IT_IS = Calibration(temperature=1.0)

HIDES: Mapping[str, str] = {
    "random by film": "hides that films of one patient, and films made one after the other, lie on both sides.",
    "patient-grouped": "hides that patients of the same weeks, with the same device and settings, lie on both sides.",
    "ID-block": "holds whole stretches of patient numbers out; hides what changes from one place or year to another.",
    "official": "is as the source cut it; hides what another hospital looks like.",
}
"""What a figure under each split does not show its reader."""


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """Rows of the manifest: learned from, tuned on, judged on."""

    training: npt.NDArray[np.intp]
    tuning: npt.NDArray[np.intp]
    judged: npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class InflationRow:
    """One kind of model under one split.

    Args:
        model: What it looks at: thumbnail, rim, file facts, or a bundle's features.
        split: How training, tuning and judged films were cut.
        n_training: Films it learned from.
        known: Judged films that the bundle itself had learned from; None where no bundle is in it.
        judged: What it is worth; or why that cannot be said.
    """

    model: str
    split: str
    n_training: int
    known: int | None
    judged: Judged | NotDefined


def cuts(manifest: Manifest, *, seed: int) -> dict[str, Cut | NotDefined]:
    """Return the four splits, each with a tuning part of its own kind.

    An eighth of the films is judged on and another eighth tuned on; of a small folder more, up to a third, so that
    about 20 of each class are judged. Under the official split the test folder is judged on, and a block of numbers
    tuned on. The ID-block split judges on the lowest numbers, as training tunes on them by default.

    Args:
        manifest: All films; those of the test folder are for the official split alone.
        seed: Of the random ones.
    """
    own = manifest.select(lambda film: film.folder_part != "test")
    diseased = int(own.diseased.sum())
    blocks = min(diseased, len(own) - diseased) // _WANTED_JUDGED
    blocks = min(max(blocks, _FEWEST_BLOCKS), _MOST_BLOCKS)
    makers: dict[str, Callable[[], tuple[Manifest, Manifest, Manifest]]] = {
        "random by film": lambda: _random(own, seed, blocks),
        "patient-grouped": lambda: _grouped(own, seed, blocks),
        "ID-block": lambda: _in_blocks(own, blocks),
        "official": lambda: _official(manifest, blocks),
    }
    found: dict[str, Cut | NotDefined] = {}
    row_of = {path: row for row, path in enumerate(manifest.paths)}
    for name, maker in makers.items():
        try:
            parts = maker()
        except DataError as error:
            found[name] = NotDefined(f"{error}{_ORDER if name == 'ID-block' else ''}")
        else:
            found[name] = Cut(*(np.array([row_of[path] for path in part.paths], np.intp) for part in parts))
    return found


def inflation_table(
    manifest: Manifest,
    columns: Mapping[str, npt.NDArray[np.floating]],
    *,
    cut: Mapping[str, Cut | NotDefined],
    rng: np.random.Generator,
    learned_from: Mapping[str, npt.NDArray[np.bool_]] | None = None,
    on_progress: Callable[[], None] = lambda: None,
) -> tuple[InflationRow, ...]:
    """Return every model under every split.

    Args:
        manifest: The films.
        columns: By model, what it sees of each film, shape (n_films, d).
        cut: From `cuts`.
        rng: Source of chance of the intervals.
        learned_from: By model, which films its columns were themselves learned from, shape (n_films,).
        on_progress: Called once a row.
    """
    known = learned_from or {}
    rows = []
    for split, parts in cut.items():
        resamples = parts if isinstance(parts, NotDefined) else _resamples(manifest, parts, rng)
        for model, values in columns.items():
            learned = known.get(model)
            if isinstance(parts, NotDefined):
                rows.append(InflationRow(model, split, 0, None, parts))
            else:
                n_known = None if learned is None else int(learned[parts.judged].sum())
                judged = (
                    resamples
                    if isinstance(resamples, NotDefined)
                    else _judged(manifest, values, parts, resamples)
                )
                rows.append(InflationRow(model, split, parts.training.size, n_known, judged))
            on_progress()
    return tuple(rows)


def scored(manifest: Manifest, logit: npt.NDArray[np.floating]) -> ScoredFilms:
    """Return the films of a manifest with a score, as evaluation wants them; no temperature is applied."""
    return ScoredFilms(
        name=film_names(manifest),
        diseased=manifest.diseased,
        probability=_AS_IT_IS.probability(logit),
        logit=np.asarray(logit, np.float64),
        patient=tuple(str(patient) for patient in manifest.patients),
        series=tuple(film.series for film in manifest.films),
    )


def _judged(
    manifest: Manifest, columns: npt.NDArray[np.floating], parts: Cut, resamples: Resamples
) -> Judged | NotDefined:
    diseased = manifest.diseased
    try:
        linear = shortcuts.fit(columns[parts.training], diseased[parts.training])
        tuned = at_sensitivity(
            diseased[parts.tuning],
            _AS_IT_IS.probability(linear.logit(columns[parts.tuning])),
            minimum=SENSITIVITY,
        )
    except UndefinedMetricError as error:
        return NotDefined(str(error))
    films = scored(manifest.select(parts.judged), linear.logit(columns[parts.judged]))
    return judge(films, resamples, threshold=tuned.threshold, even=0.5)


def _resamples(manifest: Manifest, parts: Cut, rng: np.random.Generator) -> Resamples | NotDefined:
    try:
        judged = manifest.select(parts.judged)
        diseased = int(judged.diseased.sum())
        if min(diseased, len(judged) - diseased) < FEWEST_JUDGED:
            return NotDefined(
                f"At least {FEWEST_JUDGED} films of each class must be judged; received {diseased} diseased and "
                f"{len(judged) - diseased} non-diseased."
            )
        return Resamples.draw(scored(judged, np.zeros(len(judged))), rng=rng)
    except UndefinedMetricError as error:
        return NotDefined(str(error))


def _random(own: Manifest, seed: int, blocks: int) -> tuple[Manifest, Manifest, Manifest]:
    order = np.random.default_rng(seed).permutation(len(own))
    size = max(1, len(own) // blocks)
    return own.select(order[2 * size :]), own.select(order[size : 2 * size]), own.select(order[:size])


def _grouped(own: Manifest, seed: int, blocks: int) -> tuple[Manifest, Manifest, Manifest]:
    outer = splits.patient_grouped(own, tuning_fraction=1 / blocks, seed=seed)
    inner = splits.patient_grouped(outer.training, tuning_fraction=1 / (blocks - 1), seed=seed + 1)
    return inner.training, inner.tuning, outer.tuning


def _in_blocks(own: Manifest, blocks: int) -> tuple[Manifest, Manifest, Manifest]:
    outer = splits.id_block(own, blocks=blocks)
    inner = splits.id_block(outer.training, blocks=blocks - 1)
    return inner.training, inner.tuning, outer.tuning


def _official(manifest: Manifest, blocks: int) -> tuple[Manifest, Manifest, Manifest]:
    if all(film.folder_part != "test" for film in manifest.films):
        raise DataError("The folder must hold a test part; it holds none.")
    cut = splits.id_block(manifest, blocks=blocks)
    return cut.training, cut.tuning, manifest.select(lambda film: film.folder_part == "test")
