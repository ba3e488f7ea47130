"""The reading worklist as every result shows it: ranked films, and the model that ranked them."""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from firstread.evaluation.operating_point import OperatingPoint
from firstread.inference.bundle import Bundle
from firstread.records import Scored, WorklistEntry
from firstread.terms import DISCLAIMER, Band
from firstread.triage.worklist import is_no_film

__all__ = ["ReadingWorklist", "printable"]


@dataclass(frozen=True, slots=True)
class ReadingWorklist:
    """Everything a result shows.

    Args:
        entries: Rank 1 first.
        bundle: Name, hash and facts of the model.
        operating_point: The one that decides what is flagged.
        rule_out: The lower edge of the REVIEW band; None when the bundle has none.
        prevalence: Diseased fraction of the films to which probabilities refer; None when the bundle cannot tell.
    """

    entries: tuple[WorklistEntry, ...]
    bundle: Mapping[str, Any]
    operating_point: OperatingPoint
    rule_out: OperatingPoint | None = None
    prevalence: float | None = None

    @classmethod
    def of(cls, entries: list[WorklistEntry], bundle: Bundle) -> "ReadingWorklist":
        """Return the worklist that a bundle ranked."""
        return cls(
            entries=tuple(entries),
            bundle={"name": bundle.folder.name, "sha256": bundle.sha256, "facts": dict(bundle.facts)},
            operating_point=bundle.operating_points["screening"],
            rule_out=bundle.operating_points.get("rule_out"),
            prevalence=bundle.calibration.prevalence,
        )

    @property
    def n_scored(self) -> int:
        """Films that have a score."""
        return sum(isinstance(entry.outcome, Scored) for entry in self.entries)

    @property
    def n_no_films(self) -> int:
        """Files that are no film at all; they are listed after the films."""
        return sum(is_no_film(entry.outcome) for entry in self.entries)

    def counts(self) -> dict[str, int]:
        """Films in each band and, apart from them, the ones that were not scored."""
        bands = Counter(e.outcome.band for e in self.entries if isinstance(e.outcome, Scored))
        return {band.value: bands[band] for band in Band} | {"not scored": len(self.entries) - self.n_scored}

    def in_words(self) -> Iterator[str]:
        """Yield the lines that say what the numbers mean."""
        point = self.operating_point
        n_tuning = point.n_diseased + point.n_non_diseased
        yield (
            f"URGENT: probability {point.threshold:.3f} or more. On {n_tuning:,} tuning films this flagged "
            f"{point.sensitivity:.1%} of those with pneumonia and spared {point.specificity:.1%} of those "
            f"without; {_to_expect(point)}."
        )
        if self.prevalence is not None:
            yield (
                f"Probabilities are those of a room where {self.prevalence:.0%} of the films show pneumonia; where "
                "fewer do, they are too high."
            )
        yield DISCLAIMER


def _to_expect(point: OperatingPoint) -> str:
    """Return what the point may do on other films, in words."""
    sensitivity, specificity = point.predicted_sensitivity, point.predicted_specificity
    if sensitivity is None or specificity is None:
        return "on other films it may differ"
    first, second = (f"{each.low:.1%} to {each.high:.1%}" for each in (sensitivity, specificity))
    return f"on another stretch of patients expect {first} and {second}; another hospital differs by more"


def printable(text: object) -> str:
    """Return text that neither breaks a line nor commands a terminal; file names may hold anything."""
    clean = str(text).encode("utf-8", "replace").decode()
    return "".join(letter if _is_harmless(letter) else "\N{REPLACEMENT CHARACTER}" for letter in clean)


def _is_harmless(letter: str) -> bool:
    # Python counts spaces of other widths, as macOS puts into names, with what cannot be printed.
    return letter.isprintable() or unicodedata.category(letter) == "Zs"
