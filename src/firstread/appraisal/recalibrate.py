"""A site's own films with labels: the acceptance test, and a new bundle with calibration and points of the site."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from firstread.appraisal.acceptance import Acceptance, judge
from firstread.appraisal.parts import made_from
from firstread.appraisal.recalibration_card import extended_card
from firstread.appraisal.scoring import score_films
from firstread.config import Config
from firstread.data.manifest import Manifest
from firstread.data.splits import contiguous_blocks
from firstread.errors import BundleError, DataError, UndefinedMetricError
from firstread.evaluation.scored_films import ScoredFilms
from firstread.evaluation.tuning import Tuned, tune
from firstread.evaluation.tuning_scores import TuningScores
from firstread.inference import bundle as bundles
from firstread.inference.bundle import Bundle, BundleParts
from firstread.inference.predictor import Predictor
from firstread.records import NotScored

__all__ = ["SEED", "Recalibration", "recalibrate"]

SEED = 20


@dataclass(frozen=True, slots=True)
class Recalibration:
    """What became of a recalibration.

    Args:
        acceptance: The test, with its criterion.
        not_scored: Films that could not be scored.
        tuned: What the site's films fixed; None when the test was not passed.
        bundle: The new one; None when the test was not passed, and nothing was written.
    """

    acceptance: Acceptance
    not_scored: tuple[NotScored, ...]
    tuned: Tuned | None = None
    bundle: Bundle | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return what JSON can hold."""
        return {
            "acceptance": self.acceptance.as_dict(),
            "not_scored": [
                {"path": str(film.path), "code": film.reason.code, "reason": film.reason.message}
                for film in self.not_scored
            ],
            "site": None if self.tuned is None else self.tuned.metrics,
            "bundle": None if self.bundle is None else str(self.bundle.folder),
            "sha256": None if self.bundle is None else self.bundle.sha256,
        }


def recalibrate(
    parent: Bundle,
    manifest: Manifest,
    *,
    out: Path,
    minimum_auroc: float,
    config: Config,
    today: date,
    repeats: int = 2000,
    on_progress: Callable[[], None] = lambda: None,
) -> Recalibration:
    """Test a bundle on a site's films and, when it passes, write it anew with the site's calibration and points.

    The network, its weights and what tells unlike films stay as they are.

    Args:
        parent: The bundle as it is.
        manifest: The site's films with labels; those of a test folder are left out, or nothing could be judged there
            any more.
        out: Folder of the new bundle; nothing or an empty folder.
        minimum_auroc: The criterion of `acceptance.judge`.
        config: Limits, workers and batch size.
        today: Goes into the facts.
        repeats: Of every bootstrap.
        on_progress: Called once a film.

    Raises:
        BundleError: If something stands in the place of the new bundle.
        DataError: If no film can be scored, or the films are those the bundle was made from.
        UndefinedMetricError: If there are too few films of a class or too few patients, or an operating point
            cannot be reached.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise BundleError(
            f"{out}: the new bundle needs a place of its own; something stands there. Name another."
        )
    own = manifest.select(lambda film: film.folder_part != "test")
    _require_other_films(parent, own)
    predictor = Predictor(parent, settings=config.inference)
    films, not_scored = score_films(own, predictor, config=config, on_progress=on_progress)
    rng = np.random.default_rng(SEED)
    acceptance = judge(films, parent, minimum_auroc=minimum_auroc, rng=rng, repeats=repeats)
    if not acceptance.accepted:
        return Recalibration(acceptance, not_scored)
    missing = {film.path for film in not_scored}
    scored = own.select(lambda film: film.path not in missing)
    tuned = tune(
        films.diseased,
        films.logit,
        films.patient,
        series=films.series,
        block=contiguous_blocks(scored),
        rng=rng,
        repeats=repeats,
    )
    for reason in tuned.metrics["operating_points_not_defined"].values():
        raise UndefinedMetricError(reason)
    facts = _facts(parent, acceptance, tuned, manifest_hash=scored.hash(), today=today)
    bundle = bundles.save(out, _parts(parent, films, tuned, facts))
    return Recalibration(acceptance, not_scored, tuned, bundle)


def _require_other_films(parent: Bundle, films: Manifest) -> None:
    if films.hash() in made_from(parent.facts):
        raise DataError(
            "The films must be a site's own; received those the bundle was made from, and they would flatter it. "
            "Take films that the network did not learn from."
        )


def _facts(
    parent: Bundle, acceptance: Acceptance, tuned: Tuned, *, manifest_hash: str, today: date
) -> dict[str, Any]:
    """Return the parent's facts, with what was fixed anew in place of what no longer holds."""
    name = str(parent.facts.get("name", parent.folder.name))
    return {
        **parent.facts,
        "name": f"{name.removesuffix('-recalibrated')}-recalibrated",
        "created": today.isoformat(),
        "parent": {
            "name": name,
            "sha256": parent.sha256,
            "created": parent.facts.get("created"),
            "metrics": parent.facts.get("metrics"),
        },
        "recalibration": {
            "films": acceptance.n_films,
            "diseased": acceptance.n_diseased,
            "patients": acceptance.n_patients,
            "hash": manifest_hash,
            "acceptance": acceptance.as_dict(),
        },
        "metrics": {"tuning": tuned.metrics},
        "notes": [
            *_notes(parent.facts),
            f"Calibration and operating points were fixed on {acceptance.n_films} films of a site that the network "
            "did not learn from; figures under metrics.tuning are of those films.",
        ],
    }


def _notes(facts: Mapping[str, Any]) -> list[str]:
    return [str(note) for note in facts.get("notes", ())]


def _parts(parent: Bundle, films: ScoredFilms, tuned: Tuned, facts: dict[str, Any]) -> BundleParts:
    weights = None
    if parent.weights_path is not None:
        with np.load(parent.weights_path, allow_pickle=False) as stored:
            weights = {name: stored[name] for name in stored.files}
    card = (parent.folder / "MODEL_CARD.md").read_text(encoding="utf-8")
    return BundleParts(
        model=parent.model_path,
        recipe=parent.recipe,
        calibration=tuned.calibration,
        operating_points=tuned.points,
        head=parent.head,
        shift=parent.shift,
        facts=facts,
        model_card=extended_card(card, facts),
        weights=weights,
        tuning_scores=TuningScores.of(films.diseased, films.logit),
        evidence=parent.evidence,
        frontal=parent.frontal,
    )
