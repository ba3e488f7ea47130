"""What a data set lets a model cheat with, and how far a bundle's scores rest on it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from firstread import __version__
from firstread.appraisal import inflation
from firstread.appraisal.bundle_audit import BundleAudit, Probe
from firstread.appraisal.file_differences import FactDifference, file_differences
from firstread.appraisal.inflation import InflationRow
from firstread.appraisal.patient_keys import PatientKeys, patient_keys
from firstread.config import Config
from firstread.data.check import FolderCheck, check_manifest
from firstread.data.manifest import Film, Manifest
from firstread.errors import DataError
from firstread.evaluation import shortcuts
from firstread.evaluation.assessment import plain
from firstread.evaluation.intervals import NotDefined
from firstread.imaging.prepare import Prepared
from firstread.imaging.preprocess import Recipe
from firstread.records import FilmFacts

__all__ = ["FEWEST_FILMS", "Audit", "audit"]

FEWEST_FILMS = 20
"""Of each class: with fewer, any difference between the classes may be chance."""

Observer = Callable[[str, int, int], None]
Columns = dict[str, npt.NDArray[np.floating]]


@dataclass(frozen=True, slots=True)
class Audit:
    """Everything an audit found.

    Args:
        folder: Of the films.
        check: Counts, copies, the map of patient numbers, leaks.
        patients: What the typed patient key is worth.
        differences: Facts of the files, by class.
        inflation: Models that look at no lung, and the bundle's features, under four splits.
        bundle: What changes and corruptions do to a bundle's scores; why not; None where no bundle was given.
        cautions: What a reader must know before the figures.
        seed: Of everything drawn.
        created: When.
        version: Of firstread.
    """

    folder: str
    check: FolderCheck
    patients: PatientKeys
    differences: tuple[FactDifference, ...]
    inflation: tuple[InflationRow, ...]
    bundle: BundleAudit | NotDefined | None
    cautions: tuple[str, ...]
    seed: int
    created: datetime
    version: str

    def as_dict(self) -> dict[str, Any]:
        """Return what JSON can hold; a figure that does not exist is {"not_defined": reason}."""
        return {
            "folder": self.folder,
            "check": self.check.as_dict(),
            "patients": plain(self.patients),
            "differences": plain(self.differences),
            "splits_hide": dict(inflation.HIDES),
            "inflation": plain(self.inflation),
            "bundle": plain(self.bundle),
            "cautions": list(self.cautions),
            "seed": self.seed,
            "created": self.created.isoformat(timespec="seconds"),
            "version": self.version,
        }

    def as_json(self) -> bytes:
        """Return the audit as a JSON file."""
        return (json.dumps(self.as_dict(), indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()


def audit(
    manifest: Manifest,
    folder: Path,
    *,
    config: Config,
    probe: Probe | None = None,
    seed: int,
    now: datetime,
    observer: Observer = lambda _doing, _done, _total: None,
) -> Audit:
    """Open every film once and return what the data set lets a model cheat with.

    Args:
        manifest: The films.
        folder: Where they lie, for the reader.
        config: Limits and workers.
        probe: A bundle that is to be audited too.
        seed: Of random splits, resamples and noise.
        now: Printed on the page.
        observer: Called with (what is being done, how many done, how many in all).

    Raises:
        DataError: If a class has fewer than 20 films that can be read.
    """
    _require_enough(manifest, folder, "")
    if probe is not None:
        probe.record_look(folder, now)
    check, readable, columns = _read(manifest, config, probe, observer)
    _require_enough(readable, folder, " that can be read")
    learned_from = {}
    if probe is not None:
        columns[probe.name] = probe.features()
        learned_from[probe.name] = probe.learned_from(readable)
    differences = file_differences(readable, columns["file facts"], rng=np.random.default_rng([seed, 0]))
    table = _inflation(readable, columns, learned_from, seed, observer)
    return Audit(
        folder=str(folder),
        check=check,
        patients=patient_keys(manifest),
        differences=differences,
        inflation=table,
        bundle=None
        if probe is None
        else probe.judge(seed=seed, on_progress=lambda done, total: observer("Changing films", done, total)),
        cautions=_cautions(check),
        seed=seed,
        created=now,
        version=__version__,
    )


def _read(
    manifest: Manifest, config: Config, probe: Probe | None, observer: Observer
) -> tuple[FolderCheck, Manifest, Columns]:
    """Open every film once; return what was found, the films that can be read, and what each model sees of them."""
    seen: list[Film] = []
    facts: list[FilmFacts] = []
    thumbnails: list[npt.NDArray[np.uint8]] = []

    def keep(film: Film, prepared: Prepared) -> None:
        seen.append(film)
        facts.append(prepared.facts)
        thumbnails.append(shortcuts.thumbnail(prepared.pixels))
        if probe is not None:
            probe.see(film, prepared.pixels)

    check = check_manifest(
        manifest,
        Recipe() if probe is None else probe.recipe,
        limits=config.read,
        workers=config.workers,
        on_progress=lambda done, total: observer("Reading films", done, total),
        on_film=keep,
    )
    small = np.array(thumbnails, np.uint8).reshape(-1, shortcuts.SIDE, shortcuts.SIDE)
    columns: Columns = {
        "thumbnail": small.reshape(len(small), -1).astype(np.float64),
        "rim": shortcuts.rim(small).astype(np.float64),
        "file facts": shortcuts.file_facts(facts),
    }
    return check, Manifest(tuple(seen)), columns


def _require_enough(manifest: Manifest, folder: Path, which: str) -> None:
    diseased = int(manifest.diseased.sum())
    if min(diseased, len(manifest) - diseased) < FEWEST_FILMS:
        raise DataError(
            f"{folder}: an audit needs at least {FEWEST_FILMS} films of each class{which}; received "
            f"{diseased} diseased and {len(manifest) - diseased} non-diseased. With fewer, any difference "
            "between the classes may be chance."
        )


def _inflation(
    manifest: Manifest,
    columns: Columns,
    learned_from: dict[str, npt.NDArray[np.bool_]],
    seed: int,
    observer: Observer,
) -> tuple[InflationRow, ...]:
    cut = inflation.cuts(manifest, seed=seed)
    total = len(cut) * len(columns)
    done = 0

    def advance() -> None:
        nonlocal done
        done += 1
        observer("Judging shortcuts", done, total)

    return inflation.inflation_table(
        manifest,
        columns,
        cut=cut,
        rng=np.random.default_rng([seed, 1]),
        learned_from=learned_from,
        on_progress=advance,
    )


def _cautions(check: FolderCheck) -> tuple[str, ...]:
    found = []
    if check.leaks:
        found.append(
            f"{len(check.leaks)} leaks between parts, classes or patients: mend them before you believe a figure."
        )
    if check.unreadable:
        found.append(f"{len(check.unreadable)} films cannot be read and are in no figure.")
    if check.synthetic:
        found.append(f"{check.synthetic} films are synthetic: figures on them say nothing about patients.")
    return tuple(found)
