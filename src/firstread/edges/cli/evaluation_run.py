"""One evaluation: refuse what cannot be written, score with progress, write the report whole."""

import shutil
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from firstread.config import Config
from firstread.edges.cli import destinations
from firstread.edges.cli.destinations import OWN_FOLDER_MARK, STDOUT
from firstread.errors import ConfigError, OutputError
from firstread.terms import Part

if TYPE_CHECKING:
    from firstread.reporting.account import Account

__all__ = ["run", "write_folder"]

_OF_A_REPORT = {OWN_FOLDER_MARK, "report.html", "report.md", "report.json", "figures"}
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
    planned = evaluation.plan(model, folder, part=Part(part.replace("-", " ")), split=split, ledger=ledger)
    with progress(len(planned.manifest) * (1 if rival is None else 2)) as advance:
        account = evaluation.evaluate(
            planned, config=settings, now=datetime.now(UTC), against=rival, on_progress=advance
        )
    files = files_of(account if films else without_films(account))
    write_folder(out, files)
    if json is not None:
        with destinations.written(json) as stream:
            stream.write(files["report.json"])
    _tell(account, out, to_stderr=json == STDOUT)


def _check(out: Path, json: Path | None) -> None:
    if json is not None:
        destinations.refuse_clashes([out, json])
        destinations.check_file(json, (".json",))
    if out.is_symlink() or (out.exists() and not _ours(out)):
        raise OutputError(
            f"{out}: a report must go to a new or empty folder, or to one that holds a report and nothing "
            "else; name another one."
        )
    destinations.check_file(out.parent / f".{out.name}.json", (".json",))


def _ours(out: Path) -> bool:
    """Return whether a folder may be replaced: it holds nothing, or a report written here before and no more."""
    if not out.is_dir():
        return False
    names = {path.name for path in out.iterdir()}
    return not names or (OWN_FOLDER_MARK in names and names <= _OF_A_REPORT)


def write_folder(out: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a folder that appears with all of them, or stays as it was.

    Args:
        out: New, or written here before: what it holds is replaced.
        files: Content by name; a name may lie in a sub-folder.

    Raises:
        OutputError: If it cannot be written.
    """
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
        try:
            new = beside / "new"
            for name, content in {OWN_FOLDER_MARK: b"", **files}.items():
                (new / name).parent.mkdir(parents=True, exist_ok=True)
                (new / name).write_bytes(content)
            _replace(new, out, kept=beside / "old")
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    except OSError as error:
        raise OutputError(f"{out}: the report could not be written; {error.strerror or error}.") from error


def _replace(new: Path, out: Path, *, kept: Path) -> None:
    """Put a folder in the place of another, which comes back when that fails."""
    if not out.exists():
        new.rename(out)
        return
    out.rename(kept)
    try:
        new.rename(out)
    except OSError:
        kept.rename(out)
        raise


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
