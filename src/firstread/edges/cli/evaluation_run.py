"""One evaluation: refuse what cannot be written, score with progress, write the report whole."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from firstread.config import Config
from firstread.edges.cli import destinations, extras, report_folder
from firstread.edges.cli.destinations import STDOUT
from firstread.errors import ConfigError
from firstread.terms import Part

if TYPE_CHECKING:
    from firstread.reporting.account import Account

__all__ = ["run"]

SPLITS = ("id-block", "patient-grouped", "official")


def run(
    bundle: Path,
    folder: Path,
    *,
    part: str,
    out: Path,
    against: Path | None,
    split: str | None,
    ledger: Path | None,
    title: str | None,
    reference_standard: str | None,
    films: bool,
    json: Path | None,
    settings: Config,
) -> None:
    """Write the report of a bundle on a part of a folder and print its main figures.

    Raises:
        OutputError: If the report cannot be written: nothing was scored then.
        ConfigError: If there is no such split.
    """
    if split is not None and split not in SPLITS:
        raise ConfigError(f"--split must be one of {', '.join(SPLITS)}; received {split!r}.")
    _check(out, json)
    from firstread.appraisal import evaluate as evaluation
    from firstread.edges.cli.progress import progress
    from firstread.inference import bundle as bundles
    from firstread.reporting.account import without_films
    from firstread.reporting.evaluation_report import files_of

    model, rival = bundles.load(bundle), None if against is None else bundles.load(against)
    planned = evaluation.plan(
        model,
        folder,
        part=Part(part.replace("-", " ")),
        split=split,
        ledger=ledger,
        title=title,
        reference_standard=reference_standard,
    )
    with progress(len(planned.manifest) * (1 if rival is None else 2)) as advance:
        account = evaluation.evaluate(
            planned, config=settings, now=datetime.now(UTC), against=rival, on_progress=advance
        )
    files = files_of(account if films else without_films(account))
    report_folder.write(out, files)
    if json is not None:
        with destinations.written(json) as stream:
            stream.write(files["report.json"])
    _tell(account, out, to_stderr=json == STDOUT)


def _check(out: Path, json: Path | None) -> None:
    if json is not None:
        destinations.refuse_clashes([out, json])
        destinations.check_file(json, (".json",))
    for module in ("matplotlib", "filelock"):
        extras.require(module, "firstread evaluate")
    report_folder.check(out)


def _tell(account: "Account", out: Path, *, to_stderr: bool) -> None:
    from firstread.reporting.cells import interval_words, level_words, point_words

    assessed = account.assessment
    lines = [
        f"{account.title}, {account.films.split}: {assessed.n_films:,} films of {assessed.n_patients:,} patients, "
        f"{assessed.n_diseased:,} diseased; {level_words(assessed.level)} intervals by patient.",
        f"AUROC {interval_words(assessed.auroc, digits=4)}",
        *(
            f"{point_words(point.name)} {point.threshold:.4f}: sensitivity {interval_words(point.sensitivity)} "
            f"(predicted {point.predicted.sensitivity:.3f}), specificity {interval_words(point.specificity)} "
            f"(predicted {point.predicted.specificity:.3f})"
            for point in assessed.points
        ),
        *(f"Note: {caution}" for caution in (*account.cautions, *assessed.cautions)),
        f"Report: {out / 'report.html'}",
    ]
    if account.looks is not None:
        looks = account.looks
        lines.insert(
            -1,
            f"Look {looks.by_any_bundle} at these test films, {looks.by_this_bundle} by this bundle ({looks.ledger}).",
        )
    typer.echo("\n".join(lines), err=to_stderr)
