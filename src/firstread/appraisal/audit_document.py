"""An audit as a reader meets it: sections of text, tables and figures, whatever they are written as."""

from pathlib import Path

from firstread.appraisal.audit import Audit
from firstread.appraisal.bundle_audit import BundleAudit
from firstread.appraisal.bundle_audit_sections import (
    INTERVALS,
    corruption_section,
    counterfactual_section,
    judged_words,
)
from firstread.appraisal.inflation import HIDES, SENSITIVITY, InflationRow
from firstread.appraisal.judged import Judged
from firstread.evaluation.intervals import Figure, Interval, NotDefined
from firstread.reporting import audit_figures
from firstread.reporting.cells import interval_words, number
from firstread.reporting.document import Document, Section, Table
from firstread.reporting.plate import Plate
from firstread.reporting.report_page import as_html, as_markdown

__all__ = ["document_of", "files_of", "floors"]

_NOTICE = "An audit finds what a model could use instead of lungs; it cannot show that there is nothing else."
_FIGURES = "figures"
_MOST_ROWS = 40
_TELLING = 0.7  # an AUROC above this is worth a word before any figure


def files_of(audit: Audit) -> dict[str, bytes]:
    """Return every file of the report by its name: audit.html, audit.md, audit.json and the figures."""
    document = document_of(audit)
    files = {
        "audit.html": as_html(document).encode(),
        "audit.md": as_markdown(document, figures=_FIGURES).encode(),
        "audit.json": audit.as_json(),
    }
    for section in document.sections:
        for plate in section.plates:
            files[f"{_FIGURES}/{plate.name}.svg"] = plate.svg
            files[f"{_FIGURES}/{plate.name}.png"] = plate.png
    return files


def document_of(audit: Audit) -> Document:
    """Return the audit in reading order."""
    sections = [_films(audit), _patients(audit), _copies(audit), _files(audit), _inflation(audit)]
    if isinstance(audit.bundle, BundleAudit):
        sections += [
            counterfactual_section(audit.bundle),
            corruption_section(audit.bundle),
        ]
    elif audit.bundle is not None:
        sections.append(
            Section("What the bundle's score rests on", text=(f"not defined: {audit.bundle.reason}",))
        )
    return Document(
        title=f"What {Path(audit.folder).resolve().name} lets a model cheat with",
        subtitle=f"{audit.patients.films:,} films of {audit.patients.patients:,} patients; "
        f"{audit.created:%Y-%m-%d %H:%M} UTC",
        notice=_NOTICE,
        warnings=(*audit.cautions, *floors(audit)),
        sections=tuple(sections),
        generator=f"firstread {audit.version}",
    )


def floors(audit: Audit) -> list[str]:
    """Say what a model that sees no lung gets under the split that hides least of those there are."""
    return [
        f"A model that sees only the {row.model} reaches AUROC {interval_words(row.judged.auroc)} under the "
        f"{row.split} split: a network has shown nothing before it is clearly better on the same films."
        for row in audit.inflation
        if row.split in ("ID-block", "official") and row.known is None
        if isinstance(row.judged, Judged) and isinstance(row.judged.auroc, Interval)
        if row.judged.auroc.estimate >= _TELLING
    ]


def _films(audit: Audit) -> Section:
    rows = [
        (
            part.part,
            f"{part.films:,}",
            f"{part.diseased:,}",
            f"{part.non_diseased:,}",
            f"{part.patients:,}",
            number(part.prevalence),
            number(part.null_accuracy),
        )
        for part in audit.check.parts
    ]
    columns = ("part", "films", "diseased", "non-diseased", "patients", "prevalence", "null accuracy")
    return Section(
        "Films",
        tables=(
            Table(
                columns,
                tuple(rows),
                "As delivered. Null accuracy: the commoner class for every film; counts, not estimates.",
            ),
        ),
    )


def _patients(audit: Audit) -> Section:
    keys, ranges = audit.patients, audit.check.ranges
    rows = (
        ("patients, each a series and a number", f"{keys.patients:,}"),
        ("films of the patient who has most", f"{keys.most_films:,}"),
        ("patients by the number alone: wrong wherever there are several series", f"{keys.bare_numbers:,}"),
        ("numbers that stand for several patients", f"{keys.shared_numbers:,}"),
        ("numbers in two parts only because two patients share them", f"{keys.false_overlap:,}"),
    )
    shown = tuple(
        (row.series, row.part, f"{row.first}–{row.last}", f"{row.patients:,}", f"{row.films:,}")
        for row in ranges[:_MOST_ROWS]
    )
    more = f" {len(ranges) - _MOST_ROWS} more in audit.json." if len(ranges) > _MOST_ROWS else ""
    plates: tuple[Plate, ...] = ()
    if len({row.part for row in ranges}) > 1:
        stretches = [(row.series, row.part, row.first, row.last) for row in ranges]
        plates = (audit_figures.id_map_plate(stretches, footnote=_footnote(audit)),)
    return Section(
        "Patients and their numbers",
        tables=(
            Table(
                ("what is counted", "number"), rows, "The typed patient key against the bare number; counts."
            ),
            Table(
                ("series", "part", "numbers", "patients", "films"),
                shown,
                f"Map of patient numbers: stretches that no patient of another part interrupts.{more}",
            ),
        ),
        plates=plates,
    )


def _copies(audit: Audit) -> Section:
    check = audit.check
    kinds = sorted({leak.kind.value for leak in check.leaks})
    rows = [
        ("groups of identical files", len(check.identical)),
        ("films in them", sum(map(len, check.identical))),
        ("groups that look the same and are not identical", len(check.near)),
        ("films in them ", sum(map(len, check.near))),
        ("films that cannot be read", len(check.unreadable)),
        *(
            (f"leak: {kind.replace('_', ' ')}", sum(leak.kind == kind for leak in check.leaks))
            for kind in kinds
        ),
    ]
    if not kinds:
        rows.append(("leaks between parts, classes or patients", 0))
    return Section(
        "Copies and leaks",
        tables=(
            Table(
                ("what is counted", "number"),
                tuple((name, f"{count:,}") for name, count in rows),
                "Counts; `firstread data check` names the files.",
            ),
        ),
    )


def _files(audit: Audit) -> Section:
    rows = [
        (
            row.fact,
            _amount(row.median_diseased),
            _amount(row.median_non_diseased),
            row.larger_in,
            interval_words(row.auroc),
        )
        for row in audit.differences
    ]
    return Section(
        "What the files give away",
        text=(
            "AUROC of one fact alone, in the direction in which it is above one half: 0.5 tells nothing, 1 tells the "
            "classes apart without opening a film. An interval without width says only that every resample agrees.",
        ),
        tables=(
            Table(
                ("fact", "median, diseased", "median, non-diseased", "larger in", "AUROC (95 % interval)"),
                tuple(rows),
                f"All films that can be read, not split; medians are of these films. {INTERVALS}",
            ),
        ),
    )


def _inflation(audit: Audit) -> Section:
    return Section(
        "What a shortcut gets, and what splits hide",
        text=(
            "Logistic regressions on a 32 × 32 thumbnail, on its outer 2 pixels, on the file's own facts (width, "
            "height, aspect, size, JPEG quality) and, where a bundle was given, on its features. Each learned, tuned "
            f"and judged on films of the split. Sensitivity and specificity: at a threshold tuned for {SENSITIVITY}.",
            "Accuracies under different splits have different null accuracies (null: the commoner class "
            "for every film): compare each with its own.",
        ),
        notes=(
            *(f"The split {split} {hides}" for split, hides in HIDES.items()),
            *_not_defined(audit),
            *_known(audit),
        ),
        tables=(
            Table(
                (
                    "model sees",
                    "split",
                    "n: learned → judged (diseased)",
                    "AUROC",
                    "accuracy at .5",
                    "null",
                    "sensitivity",
                    "specificity",
                ),
                tuple(
                    _inflation_row(row, row.judged)
                    for row in audit.inflation
                    if isinstance(row.judged, Judged)
                ),
                f"In brackets: {INTERVALS}",
            ),
        ),
        plates=_inflation_plates(audit),
    )


def _not_defined(audit: Audit) -> tuple[str, ...]:
    """Say once for each reason which models have no figures."""
    models: dict[tuple[str, str], list[str]] = {}
    for row in audit.inflation:
        if isinstance(row.judged, NotDefined):
            models.setdefault((row.split, row.judged.reason), []).append(row.model)
    return tuple(
        f"{split}, {', '.join(names)}: not defined. {reason}" for (split, reason), names in models.items()
    )


def _known(audit: Audit) -> tuple[str, ...]:
    counts = [
        f"{row.known:,} of {row.judged.n_films:,} under {row.split}"
        for row in audit.inflation
        if row.known and isinstance(row.judged, Judged)
    ]
    if not counts:
        return ()
    return (
        f"The bundle itself had learned from some of the judged films, with their labels: {'; '.join(counts)}. Those "
        "rows flatter its features; they show how much.",
    )


def _inflation_row(row: InflationRow, judged: Judged) -> tuple[str, ...]:
    auroc, accuracy, sensitivity, specificity = judged_words(judged)
    return (
        row.model,
        row.split,
        f"{row.n_training:,} → {judged.n_films:,} ({judged.n_diseased:,})",
        auroc,
        accuracy,
        number(max(judged.n_diseased, judged.n_films - judged.n_diseased) / judged.n_films),
        sensitivity,
        specificity,
    )


def _inflation_plates(audit: Audit) -> tuple[Plate, ...]:
    if all(isinstance(row.judged, NotDefined) for row in audit.inflation):
        return ()
    plates = []
    for name, shown in (("auroc", "AUROC"), ("specificity", "Specificity")):
        figures: dict[str, dict[str, Figure]] = {}
        for row in audit.inflation:
            judged = row.judged
            figure = judged if isinstance(judged, NotDefined) else getattr(judged, name)
            figures.setdefault(row.model, {})[row.split] = figure
        plates.append(
            audit_figures.inflation_plate(
                figures, what=shown, name=f"inflation_{name}", footnote=_footnote(audit)
            )
        )
    return tuple(plates)


def _amount(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else number(value)


def _footnote(audit: Audit) -> str:
    keys = audit.patients
    return f"{Path(audit.folder).resolve().name}: {keys.films:,} films of {keys.patients:,} patients. {INTERVALS}"
