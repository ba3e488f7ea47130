"""How often the model agrees with its readers, stated with what chance could do."""

from collections.abc import Sequence
from dataclasses import dataclass

from firstread.evaluation.intervals import Interval, share
from firstread.store.agreement import Agreement

__all__ = ["FEWEST", "ReaderAgreement", "agreements_of", "seen_by"]

FEWEST = 10
"""Of fewer films no share, no median and no rate is stated: only how many they are."""

_COUNTS = (
    "true_positives",
    "false_positives",
    "true_negatives",
    "false_negatives",
    "n_uncertain",
    "n_without_flag",
)


@dataclass(frozen=True, slots=True)
class ReaderAgreement:
    """The model against readers: what they found is held to be true here, which it need not be.

    Args:
        reader: Who; None for all readers together.
        blinded: They had not seen the score.
        true_positives: Flagged, and the reader found pneumonia.
        false_positives: Flagged, and the reader found none.
        true_negatives: Not flagged, and the reader found none.
        false_negatives: Not flagged, and the reader found pneumonia.
        n_uncertain: The reader was not sure; in no share.
        n_without_flag: The model had not scored them; in no share.
        sensitivity: Flagged among those in which the reader found pneumonia; None for fewer than `FEWEST`.
        specificity: Not flagged among those in which the reader found none; None for fewer than `FEWEST`.
    """

    reader: str | None
    blinded: bool
    true_positives: int
    false_positives: int
    true_negatives: int
    false_negatives: int
    n_uncertain: int
    n_without_flag: int
    sensitivity: Interval | None
    specificity: Interval | None


def agreements_of(counted: Sequence[Agreement]) -> tuple[ReaderAgreement, ...]:
    """Return the agreement with all readers together, blinded ones first, and then with each of them.

    A film that several readers read counts once for each.
    """
    all_together = [
        _stated(_added(alike), reader=None)
        for is_blind in (True, False)
        if (alike := [agreement for agreement in counted if agreement.is_blind == is_blind])
    ]
    return (*all_together, *(_stated(agreement, reader=agreement.reader) for agreement in counted))


def seen_by(
    agreements: Sequence[ReaderAgreement], *, reader: str, is_admin: bool
) -> tuple[ReaderAgreement, ...]:
    """Return what somebody may see: readers see themselves and all together, administrators everybody."""
    return tuple(each for each in agreements if is_admin or each.reader in (None, reader))


def _added(alike: Sequence[Agreement]) -> Agreement:
    sums = {name: sum(getattr(each, name) for each in alike) for name in _COUNTS}
    return Agreement("", alike[0].is_blind, **sums)


def _stated(agreement: Agreement, *, reader: str | None) -> ReaderAgreement:
    found = agreement.true_positives + agreement.false_negatives
    not_found = agreement.true_negatives + agreement.false_positives
    return ReaderAgreement(
        reader=reader,
        blinded=agreement.is_blind,
        sensitivity=share(agreement.true_positives, found, fewest=FEWEST),
        specificity=share(agreement.true_negatives, not_found, fewest=FEWEST),
        **{name: getattr(agreement, name) for name in _COUNTS},
    )
