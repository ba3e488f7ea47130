"""What a data folder holds, and what is wrong with it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from firstread.config import ReadLimits, Workers
from firstread.data import duplicates
from firstread.data.id_ranges import IdRange, id_ranges
from firstread.data.leakage import Leak, find_leaks
from firstread.data.manifest import FOLDER_PARTS, Film, Manifest
from firstread.imaging.film_pool import FilmPool
from firstread.imaging.prepare import Prepared
from firstread.imaging.preprocess import Recipe
from firstread.records import FilmFacts, Reason
from firstread.terms import LabelState

__all__ = ["FileFacts", "FolderCheck", "PartCount", "SeriesCount", "Unreadable", "check_manifest"]


@dataclass(frozen=True, slots=True)
class PartCount:
    """One part's films by class."""

    part: str
    diseased: int
    non_diseased: int
    patients: int

    @property
    def films(self) -> int:
        """Films of both classes."""
        return self.diseased + self.non_diseased

    @property
    def prevalence(self) -> float:
        """Fraction of films with pneumonia."""
        return self.diseased / self.films

    @property
    def null_accuracy(self) -> float:
        """Accuracy of always giving the answer that is more frequent here: what any model has to beat."""
        return max(self.diseased, self.non_diseased) / self.films


@dataclass(frozen=True, slots=True)
class SeriesCount:
    """One series' films in one part."""

    part: str
    series: str
    finding: LabelState
    films: int
    patients: int


@dataclass(frozen=True, slots=True)
class FileFacts:
    """How the files of one class look before anything is read in them; a model can learn the difference."""

    finding: LabelState
    median_width: float
    median_height: float
    median_aspect: float
    median_file_kb: float
    median_jpeg_quality: float | None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A film that cannot be used."""

    path: Path
    reason: Reason


@dataclass(frozen=True, slots=True)
class FolderCheck:
    """Everything that was found in a data folder.

    Args:
        films: Films that were looked at, without those left out.
        synthetic: How many of them say that they show no patient.
        parts: Counts by part, in the order train, val, test; a last row of all where there are several.
        series: Counts by part and series.
        file_facts: Size and weight of the files by class.
        ranges: The map of patient numbers.
        identical: Groups of files that are the same byte for byte.
        near: Groups that look the same and are not all identical.
        unreadable: Films that cannot be used, with the reason.
        leaks: Ways in which parts or classes touch.
    """

    films: int
    synthetic: int
    parts: tuple[PartCount, ...]
    series: tuple[SeriesCount, ...]
    file_facts: tuple[FileFacts, ...]
    ranges: tuple[IdRange, ...]
    identical: tuple[tuple[Path, ...], ...]
    near: tuple[tuple[Path, ...], ...]
    unreadable: tuple[Unreadable, ...]
    leaks: tuple[Leak, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the findings as plain values for JSON."""
        plain: dict[str, Any] = _plain(asdict(self))
        for row, count in zip(plain["parts"], self.parts, strict=True):
            row |= {
                "films": count.films,
                "prevalence": count.prevalence,
                "null_accuracy": count.null_accuracy,
            }
        return plain


def check_manifest(
    manifest: Manifest,
    recipe: Recipe,
    *,
    limits: ReadLimits,
    workers: Workers,
    on_progress: Callable[[int, int], None] | None = None,
    on_film: Callable[[Film, Prepared], None] | None = None,
) -> FolderCheck:
    """Open every film once and return what was found.

    Args:
        manifest: The films.
        recipe: How films are prepared before they are compared.
        limits: What is refused before decoding.
        workers: The processes that decode.
        on_progress: Called with (films done, films in all).
        on_film: Called with each film that can be used, in order: who needs its pixels too opens it here.
    """
    seen: list[Film] = []
    facts: list[FilmFacts] = []
    hashes: list[npt.NDArray[np.uint64]] = []
    unreadable: list[Unreadable] = []
    with FilmPool(recipe, limits=limits, workers=workers) as pool:
        outcomes = zip(manifest.films, pool.prepare_all(manifest.paths), strict=True)
        for done, (film, (path, outcome)) in enumerate(outcomes, start=1):
            if isinstance(outcome, Reason):
                unreadable.append(Unreadable(path, outcome))
            else:
                seen.append(film)
                facts.append(outcome.facts)
                hashes.append(duplicates.perceptual_hash(outcome.pixels))
                if on_film is not None:
                    on_film(film, outcome)
            if on_progress is not None:
                on_progress(done, len(manifest))
    same = _groups(seen, duplicates.identical([fact.sha256 for fact in facts]))
    alike = _groups(
        seen, duplicates.near(np.array(hashes, dtype=np.uint64).reshape(-1, duplicates.HASH_WORDS))
    )
    whole = {frozenset(group) for group in same}
    near = [group for group in alike if not any(set(group) <= one for one in whole)]
    return FolderCheck(
        films=len(manifest),
        synthetic=sum(fact.synthetic for fact in facts),
        parts=_by_part(manifest),
        series=_by_series(manifest),
        file_facts=_file_facts(seen, facts),
        ranges=id_ranges(manifest),
        identical=_paths(same),
        near=_paths(near),
        unreadable=tuple(unreadable),
        leaks=find_leaks(manifest, alike),
    )


def _by_part(manifest: Manifest) -> tuple[PartCount, ...]:
    parts = [name for name in FOLDER_PARTS if any(film.folder_part == name for film in manifest.films)]
    cuts = [(part, _in_part(manifest, part)) for part in parts]
    if len(cuts) > 1:
        cuts.append(("all", manifest))
    return tuple(
        PartCount(name, int(cut.diseased.sum()), len(cut) - int(cut.diseased.sum()), len(set(cut.patients)))
        for name, cut in cuts
    )


def _in_part(manifest: Manifest, part: str) -> Manifest:
    return manifest.select(lambda film: film.folder_part == part)


def _by_series(manifest: Manifest) -> tuple[SeriesCount, ...]:
    films = Counter((film.folder_part, film.series, film.finding) for film in manifest.films)
    patients = defaultdict(set)
    for film in manifest.films:
        patients[film.folder_part, film.series, film.finding].add(film.patient)
    order = sorted(films, key=lambda key: (FOLDER_PARTS.index(key[0]), manifest.series.index(key[1])))
    return tuple(SeriesCount(*key, films=films[key], patients=len(patients[key])) for key in order)


def _file_facts(films: Sequence[Film], facts: Sequence[FilmFacts]) -> tuple[FileFacts, ...]:
    rows = []
    for finding in (LabelState.PRESENT, LabelState.ABSENT):
        own = [fact for film, fact in zip(films, facts, strict=True) if film.finding is finding]
        qualities = [fact.jpeg_quality for fact in own if fact.jpeg_quality is not None]
        if own:
            rows.append(
                FileFacts(
                    finding,
                    median_width=float(np.median([fact.width for fact in own])),
                    median_height=float(np.median([fact.height for fact in own])),
                    median_aspect=float(np.median([fact.width / fact.height for fact in own])),
                    median_file_kb=float(np.median([fact.file_bytes / 1000 for fact in own])),
                    median_jpeg_quality=float(np.median(qualities)) if qualities else None,
                )
            )
    return tuple(rows)


def _groups(films: Sequence[Film], rows: Sequence[Sequence[int]]) -> list[tuple[Film, ...]]:
    return [tuple(films[row] for row in group) for group in rows]


def _paths(groups: Sequence[Sequence[Film]]) -> tuple[tuple[Path, ...], ...]:
    return tuple(tuple(film.path for film in group) for group in groups)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return str(value) if isinstance(value, Path) else value
