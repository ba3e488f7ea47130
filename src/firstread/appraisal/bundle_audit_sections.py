"""What a report says of a bundle under audit: what moves its scores, and what is left when films get worse."""

from collections.abc import Iterator

from firstread.appraisal.bundle_audit import BundleAudit
from firstread.appraisal.judged import Judged
from firstread.imaging.harmless_changes import UNUSUAL
from firstread.reporting import audit_figures
from firstread.reporting.cells import interval_words, number
from firstread.reporting.document import Section, Table
from firstread.reporting.plate import Plate

__all__ = ["INTERVALS", "corruption_section", "counterfactual_section", "judged_words"]

INTERVALS = "95 % intervals clustered by patient, 2,000 resamples."
"""How the intervals of every table and figure of an audit were made."""


def counterfactual_section(bundle: BundleAudit) -> Section:
    """Return how far each change that is no disease moves the probabilities."""
    shown = [
        (row.change, row.mean_change, row.p95_change, row.worst_change) for row in bundle.counterfactuals
    ]
    moved = [
        (
            row.change,
            interval_words(row.mean_change),
            interval_words(row.p95_change),
            number(row.worst_change) + ("" if row.worst_film is None else f" ({row.worst_film})"),
            interval_words(row.crossed),
        )
        for row in bundle.counterfactuals
    ]
    return Section(
        "What the bundle's score rests on",
        text=(
            f"{bundle.chosen} Each film is changed as the network sees it, after it was read and resized, and scored "
            "again: at full size the same JPEG quality or crop is milder.",
            f"Flagged means a probability of at least {number(bundle.threshold, 4)}, the screening point. Lift: after "
            "minus before; a positive lift of non-diseased films means more false flags.",
            f"After the last two ({' and '.join(UNUSUAL)}) nobody would read the film as it is: there, a system had "
            "better say so than score it.",
        ),
        tables=(
            Table(
                ("change", "mean |change|", "95 % of films within", "worst film", "flag changes"),
                tuple(moved),
                f"How far probabilities move. {_changed(bundle)}",
            ),
            Table(
                ("change", "lift, diseased", "lift, non-diseased"),
                tuple(
                    (row.change, interval_words(row.lift_diseased), interval_words(row.lift_non_diseased))
                    for row in bundle.counterfactuals
                ),
                f"Which way they move. {_changed(bundle)}",
            ),
            Table(
                ("change", "AUROC", "sensitivity", "specificity"),
                tuple(_worth_rows(bundle)),
                f"What the scores are worth then. {_changed(bundle)}",
            ),
        ),
        plates=(audit_figures.counterfactual_plate(shown, footnote=_changed(bundle)),),
    )


def _worth_rows(bundle: BundleAudit) -> Iterator[tuple[str, ...]]:
    auroc, _, sensitivity, specificity = judged_words(bundle.unchanged)
    yield "as it is", auroc, sensitivity, specificity
    for row in bundle.counterfactuals:
        auroc, _, sensitivity, specificity = judged_words(row.judged)
        yield row.change, auroc, sensitivity, specificity


def corruption_section(bundle: BundleAudit) -> Section:
    """Return what is left of the figures under corruptions of growing strength."""
    rows = [
        (
            row.kind,
            str(row.severity),
            "as it is" if row.strength is None else f"{row.strength:g}",
            *judged_words(row.judged),
        )
        for row in bundle.corruptions
    ]
    return Section(
        "What is left when films get worse",
        text=(
            "The severities of Hendrycks and Dietterich (2019) for pictures of 224 × 224. Strength: standard deviation "
            "of the noise and added brightness as fractions of full scale, blur in pixels, what is left of the "
            "contrast, JPEG quality. Accuracy, sensitivity and specificity at the screening point.",
        ),
        tables=(
            Table(
                ("corruption", "severity", "strength", "AUROC", "accuracy", "sensitivity", "specificity"),
                tuple(rows),
                _changed(bundle),
            ),
        ),
        plates=_corruption_plates(bundle),
    )


def _corruption_plates(bundle: BundleAudit) -> tuple[Plate, ...]:
    kinds = dict.fromkeys(row.kind for row in bundle.corruptions)
    return tuple(
        audit_figures.corruption_plate(
            {
                kind: [getattr(row.judged, name) for row in bundle.corruptions if row.kind == kind]
                for kind in kinds
            },
            what=shown,
            name=f"corruption_{name}",
            footnote=_changed(bundle),
        )
        for name, shown in (("auroc", "AUROC"), ("accuracy", "Accuracy"))
    )


def judged_words(judged: Judged) -> tuple[str, str, str, str]:
    """Return AUROC, accuracy, sensitivity and specificity as cells."""
    auroc, accuracy, sensitivity, specificity = (
        interval_words(figure)
        for figure in (judged.auroc, judged.accuracy, judged.sensitivity, judged.specificity)
    )
    return auroc, accuracy, sensitivity, specificity


def _changed(bundle: BundleAudit) -> str:
    judged = bundle.unchanged
    return (
        f"{bundle.name}: {judged.n_films:,} films of {judged.n_patients:,} patients, {judged.n_diseased:,} diseased. "
        f"{INTERVALS}"
    )
