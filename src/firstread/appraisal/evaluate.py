"""The whole account of a bundle on one part of a folder: choose the films, write the look down, score, assess."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from firstread import __version__
from firstread.appraisal import ledger as ledgers
from firstread.appraisal.ledger import Look, Looks
from firstread.appraisal.limits import cannot_say, cautions, rival_caution
from firstread.appraisal.model_facts import model_of
from firstread.appraisal.parts import TEST_PARTS, films_of_part, split_settings
from firstread.appraisal.scoring import film_names, score_films
from firstread.appraisal.worst_errors import worst_errors
from firstread.config import Config
from firstread.data import sources, splits
from firstread.data.manifest import Manifest
from firstread.data.synthetic_file import says_synthetic
from firstread.errors import BundleError, UndefinedMetricError
from firstread.evaluation.assessment import assess
from firstread.evaluation.comparison import compare
from firstread.evaluation.intervals import NotDefined
from firstread.evaluation.precision_recall import PrecisionRecall, precision_recall
from firstread.evaluation.scored_films import ScoredFilms
from firstread.inference.bundle import Bundle
from firstread.inference.predictor import Predictor
from firstread.records import NotScored
from firstread.reporting.account import Account, Films, LookCount, Rival, UnscoredFilm
from firstread.terms import Part

__all__ = ["SEED", "Plan", "evaluate", "plan"]

SEED = 20
_MARKED_BYTES = 4096  # a synthetic film says what it is near its start


@dataclass(frozen=True, slots=True)
class Plan:
    """What is going to be judged on what.

    Args:
        bundle: The bundle.
        manifest: The films of the part.
        films: The same in words.
        same_films: The folder holds the films the bundle was made from; None where that was not asked, or the bundle
            does not say.
        n_synthetic: Films that say they show nobody.
        ledger: Where looks at test films are written down.
    """

    bundle: Bundle
    manifest: Manifest
    films: Films
    same_films: bool | None
    n_synthetic: int
    ledger: Path


def plan(
    bundle: Bundle,
    folder: Path,
    *,
    part: Part,
    split: str | None = None,
    ledger: Path | None = None,
    title: str | None = None,
    reference_standard: str | None = None,
) -> Plan:
    """Choose the films; nothing is scored and nothing written down yet.

    Args:
        bundle: To be judged.
        folder: Of films, in the layout of the Kaggle data or with a manifest.csv.
        part: Which of them.
        split: Instead of the split the bundle states.
        ledger: Instead of the one that belongs to the folder.
        title: Whose films these are; the folder's name where nobody says it.
        reference_standard: How the films came by their labels.

    Raises:
        DataError: If the folder is no data set, has no such part, or a patient would be in two parts.
    """
    everything = sources.read(folder)
    manifest, cut, chosen = films_of_part(everything, part, bundle.facts, split=split)
    return Plan(
        bundle=bundle,
        manifest=manifest,
        films=Films(
            part=part,
            chosen=chosen,
            split=cut,
            n_found=len(manifest),
            series=dict(Counter(str(film.series) for film in manifest.films)),
            hash=manifest.hash(),
            title=title or folder.resolve().name,
            reference_standard=reference_standard or "not stated",
        ),
        same_films=None if part in TEST_PARTS else _same_films(everything, bundle, split),
        n_synthetic=sum(_is_synthetic(film.path) for film in manifest.films),
        ledger=ledger or ledgers.place(folder),
    )


def evaluate(
    planned: Plan,
    *,
    config: Config,
    now: datetime,
    against: Bundle | None = None,
    repeats: int = 2000,
    on_progress: Callable[[], None] = lambda: None,
) -> Account:
    """Return the whole account; a look at test films is written down before the first film is opened.

    Args:
        planned: From `plan`.
        config: Limits, workers and batch size.
        now: Time of the look, in UTC.
        against: A second bundle, compared on the films that both scored.
        repeats: Resamples of patients.
        on_progress: Called once a film and bundle.

    Raises:
        BundleError: If both bundles are one.
        OutputError: If the look cannot be written down.
        DataError: If no film can be scored.
        UndefinedMetricError: If there are too few patients for any interval.
    """
    bundle, part = planned.bundle, planned.films.part
    if against is not None and against.sha256 == bundle.sha256:
        raise BundleError(
            f"{against.folder}: the second bundle must be another one; it is the same as the first."
        )
    predictor = Predictor(bundle, settings=config.inference)
    other = None if against is None else Predictor(against, settings=config.inference)
    looks = _look(planned, against, now)
    films, not_scored = score_films(planned.manifest, predictor, config=config, on_progress=on_progress)
    assessment = assess(
        films, points=bundle.operating_points, rng=np.random.default_rng(SEED), repeats=repeats
    )
    paths = dict(zip(film_names(planned.manifest), planned.manifest.paths, strict=True))
    return Account(
        model=model_of(bundle),
        films=planned.films,
        assessment=assessment,
        precision_recall=_precision_recall(films),
        worst_errors=worst_errors(
            films,
            paths,
            predictor,
            threshold=bundle.operating_points["screening"].threshold,
            config=config,
        ),
        not_scored=_unscored(planned.manifest, not_scored),
        looks=looks,
        rival=None
        if other is None
        else _rival(
            films, planned.manifest, predictor, other, config=config, on_progress=on_progress, repeats=repeats
        ),
        cautions=(
            *cautions(
                part,
                same_films=planned.same_films,
                n_synthetic=planned.n_synthetic,
                n_not_scored=len(not_scored),
                n_found=planned.films.n_found,
            ),
            *(() if against is None else rival_caution(part, bundle.facts, against.facts)),
        ),
        cannot_say=cannot_say(part, films),
        created=now,
        version=__version__,
        seed=SEED,
    )


def _same_films(everything: Manifest, bundle: Bundle, split: str | None) -> bool | None:
    """Return whether the folder's own films are those the bundle names; None where it names none."""
    data: Any = bundle.facts.get("data")
    if not isinstance(data, Mapping) or "hash" not in data:
        return None
    cut = splits.made_by(everything, split_settings(bundle.facts, split=split))
    return bool(data["hash"] == Manifest((*cut.training.films, *cut.tuning.films)).hash())


def _is_synthetic(path: Path) -> bool:
    with path.open("rb") as stream:
        return says_synthetic(stream.read(_MARKED_BYTES))


def _look(planned: Plan, against: Bundle | None, now: datetime) -> LookCount | None:
    """Write the look of each bundle down, where these are test films."""
    films = planned.films
    if films.part not in TEST_PARTS:
        return None
    bundles = [planned.bundle] if against is None else [planned.bundle, against]
    looks = [
        Look.now(now, part=films.part.value, bundle=bundle.sha256, data=films.hash, n_films=films.n_found)
        for bundle in bundles
    ]
    return _counted(ledgers.record(planned.ledger, looks)[0])


def _counted(looks: Looks) -> LookCount:
    return LookCount(
        ledger=looks.ledger.name,
        by_this_bundle=looks.by_this_bundle,
        by_any_bundle=looks.by_any_bundle,
        in_ledger=looks.in_ledger,
        first=looks.first,
        altered=looks.altered,
    )


def _rival(
    films: ScoredFilms,
    manifest: Manifest,
    predictor: Predictor,
    other: Predictor,
    *,
    config: Config,
    repeats: int,
    on_progress: Callable[[], None],
) -> Rival:
    """Score the same films with a second bundle and compare."""
    theirs, _ = score_films(manifest, other, config=config, on_progress=on_progress)
    mine, second = predictor.bundle.operating_points, other.bundle.operating_points
    rng = np.random.default_rng(SEED)
    return Rival(
        model=model_of(other.bundle),
        auroc=assess(theirs, points={}, rng=rng, repeats=repeats).auroc,
        comparison=compare(
            films,
            theirs,
            points={name: (point, second[name]) for name, point in mine.items() if name in second},
            rng=rng,
            repeats=repeats,
        ),
    )


def _precision_recall(films: ScoredFilms) -> PrecisionRecall | NotDefined:
    try:
        return precision_recall(films.diseased, films.logit)
    except UndefinedMetricError as error:
        return NotDefined(str(error))


def _unscored(manifest: Manifest, not_scored: tuple[NotScored, ...]) -> tuple[UnscoredFilm, ...]:
    named = dict(zip(manifest.paths, zip(film_names(manifest), manifest.diseased, strict=True), strict=True))
    return tuple(
        UnscoredFilm(
            name=named[one.path][0],
            diseased=bool(named[one.path][1]),
            code=one.reason.code.value,
            reason=one.reason.message,
        )
        for one in not_scored
    )
