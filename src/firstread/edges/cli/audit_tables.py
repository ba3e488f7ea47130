"""What `firstread audit` prints."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from firstread.appraisal.audit import Audit
from firstread.appraisal.audit_document import floors
from firstread.appraisal.bundle_audit import BundleAudit
from firstread.evaluation.intervals import NotDefined
from firstread.reporting.cells import interval_words

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["print_audit"]

_SHOWN_SEVERITIES = (0, 1, 3, 5)


def print_audit(audit: Audit, folder: Path, *, to_stderr: bool) -> None:
    """Print what `firstread data check` prints, then shortcuts, splits and what moves the bundle's scores."""
    from rich.console import Console

    from firstread.edges.cli.data_tables import print_check

    console = Console(highlight=False, stderr=to_stderr)
    if not to_stderr:
        print_check(audit.check, folder)
    console.print()
    _print_differences(console, audit)
    _print_inflation(console, audit)
    if isinstance(audit.bundle, BundleAudit):
        _print_changes(console, audit.bundle)
        _print_corruptions(console, audit.bundle)
    elif audit.bundle is not None:
        console.print(f"Bundle: not defined: {audit.bundle.reason}", markup=False)
    for note in (*audit.cautions, *floors(audit)):
        console.print(f"Note: {note}", markup=False)


def _print_differences(console: "Console", audit: Audit) -> None:
    rows = [(row.fact, row.larger_in, interval_words(row.auroc)) for row in audit.differences]
    _print(
        console,
        "What the files give away",
        ("fact alone", "larger in", "AUROC"),
        rows,
        "0.5 tells nothing; 1 tells the classes apart without opening a film. In brackets 95 % intervals by patient.",
    )


def _print_inflation(console: "Console", audit: Audit) -> None:
    rows = []
    for row in audit.inflation:
        judged = row.judged
        if isinstance(judged, NotDefined):
            rows.append((row.model, row.split, "not defined", "", ""))
        else:
            known = f" ({row.known:,} known)" if row.known else ""
            rows.append(
                (
                    row.model,
                    row.split,
                    f"{judged.n_films:,}{known}",
                    interval_words(judged.auroc),
                    interval_words(judged.specificity),
                )
            )
    reasons = {row.split: row.judged.reason for row in audit.inflation if isinstance(row.judged, NotDefined)}
    _print(
        console,
        "What a shortcut gets, and what splits hide",
        ("sees", "split", "judged", "AUROC", "specificity"),
        rows,
        "Logistic regressions; specificity where the tuning films had sensitivity .95."
        + (" Known: the bundle itself had learned from these films." if audit.bundle else "")
        + "".join(f" {split}: {reason}" for split, reason in reasons.items()),
    )


def _print_changes(console: "Console", bundle: BundleAudit) -> None:
    rows = [
        (
            "as it is",
            "",
            "",
            interval_words(bundle.unchanged.auroc),
            interval_words(bundle.unchanged.specificity),
        )
    ]
    rows += [
        (
            row.change,
            interval_words(row.mean_change),
            f"{row.worst_change:.2f}",
            interval_words(row.judged.auroc),
            interval_words(row.judged.specificity),
        )
        for row in bundle.counterfactuals
    ]
    judged = bundle.unchanged
    _print(
        console,
        "What the bundle's score rests on",
        ("change", "mean", "worst", "AUROC", "specificity"),
        rows,
        f"{bundle.name}; {judged.n_films:,} films, {judged.n_diseased:,} diseased. {bundle.chosen} Change of "
        "probability, mean and worst; specificity at the screening point.",
    )


def _print_corruptions(console: "Console", bundle: BundleAudit) -> None:
    kinds = dict.fromkeys(row.kind for row in bundle.corruptions)
    rows = [
        (
            kind,
            *(
                interval_words(row.judged.auroc, digits=2)
                for row in bundle.corruptions
                if row.kind == kind and row.severity in _SHOWN_SEVERITIES
            ),
        )
        for kind in kinds
    ]
    _print(
        console,
        "AUROC when films get worse",
        ("corruption", *(f"severity {severity}" for severity in _SHOWN_SEVERITIES)),
        rows,
        "Severities of Hendrycks and Dietterich (2019).",
    )


def _print(
    console: "Console", title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], caption: str
) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        caption=caption,
        caption_justify="left",
        box=SIMPLE_HEAD,
        pad_edge=False,
    )
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console.print(table)
    console.print()
