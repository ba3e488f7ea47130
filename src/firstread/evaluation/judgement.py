"""What an evaluation on test films found, short enough to travel with the model that was judged."""

from dataclasses import dataclass

from firstread.evaluation.intervals import Figure
from firstread.terms import Part

__all__ = ["JudgedPoint", "Judgement"]


@dataclass(frozen=True, slots=True)
class JudgedPoint:
    """An operating point on films it was not fixed on.

    Args:
        name: Such as "screening".
        threshold: Calibrated probability from which a film is flagged.
        sensitivity: On these films.
        specificity: On these films.
    """

    name: str
    threshold: float
    sensitivity: Figure
    specificity: Figure


@dataclass(frozen=True, slots=True)
class Judgement:
    """One bundle on one set of test films.

    Args:
        title: Whose films, as whoever evaluated named them.
        reference_standard: How they came by their labels and what is known against them, from the same source.
        part: Internal test or external test.
        data: SHA-256 of the films and their labels.
        bundle: SHA-256 that stands for the bundle.
        created: When, ISO 8601.
        version: Of firstread.
        looks_by_this_bundle: At these films, this one included, as the ledger counted then.
        looks_by_any_bundle: At these films, this one included.
        n_found: Films of the part, scored or not.
        n_films: Scored films: what the figures are of.
        n_patients: Their patients.
        n_diseased: How many of the scored films are diseased.
        level: Confidence of the intervals, which are clustered by patient.
        auroc: On the scored films.
        points: The operating points, as the bundle holds them.
        cautions: What the report said before its figures.
    """

    title: str
    reference_standard: str
    part: Part
    data: str
    bundle: str
    created: str
    version: str
    looks_by_this_bundle: int
    looks_by_any_bundle: int
    n_found: int
    n_films: int
    n_patients: int
    n_diseased: int
    level: float
    auroc: Figure
    points: tuple[JudgedPoint, ...]
    cautions: tuple[str, ...]
