"""One audit: refuse what cannot be written, read with progress, write it whole, print it."""

from datetime import UTC, datetime
from pathlib import Path

import typer

from firstread.config import Config
from firstread.edges.cli import destinations, extras, report_folder
from firstread.edges.cli.destinations import STDOUT

__all__ = ["run"]


def run(
    folder: Path,
    *,
    bundle: Path | None,
    out: Path | None,
    json: Path | None,
    most_films: int,
    names: bool,
    seed: int,
    settings: Config,
) -> bool:
    """Audit a folder; return whether nothing leaks and every film can be read.

    Raises:
        OutputError: If a result cannot be written: nothing was read then.
    """
    if bundle is not None:
        extras.require("filelock", "--bundle")
    _check(out, json)
    from firstread.appraisal.audit import audit
    from firstread.appraisal.audit_document import files_of
    from firstread.appraisal.bundle_audit import Probe
    from firstread.appraisal.unnamed_audit import without_names
    from firstread.data import sources
    from firstread.edges.cli.audit_tables import print_audit
    from firstread.edges.cli.progress import stages
    from firstread.inference import bundle as bundles

    manifest = sources.read(folder)
    probe = (
        None
        if bundle is None
        else Probe(bundles.load(bundle), manifest, config=settings, most_films=most_films)
    )
    with stages() as observer:
        found = audit(
            manifest,
            folder,
            config=settings,
            probe=probe,
            seed=seed,
            now=datetime.now(UTC),
            observer=observer,
        )
    shown = found if names else without_names(found)
    if out is not None:
        report_folder.write(out, files_of(shown))
    if json is not None:
        with destinations.written(json) as stream:
            stream.write(shown.as_json())
    print_audit(found, folder, to_stderr=json == STDOUT)
    if out is not None:
        typer.echo(f"Report: {out / 'audit.html'}", err=json == STDOUT)
    return not (found.check.leaks or found.check.unreadable)


def _check(out: Path | None, json: Path | None) -> None:
    """Refuse what cannot be written before any film is opened."""
    destinations.refuse_clashes([path for path in (out, json) if path is not None])
    if json is not None:
        destinations.check_file(json, (".json",))
    if out is not None:
        extras.require("matplotlib", "--out")
        report_folder.check(out)
