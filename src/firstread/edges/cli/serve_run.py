"""One server: takes in the films that were named, says where the page is, and serves."""

import sys
import threading
import uuid
import webbrowser
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import typer

from firstread.config import Config
from firstread.edges.cli import extras, film_files
from firstread.edges.web.doors.start_up import cautions
from firstread.edges.web.serving import Serving, serve
from firstread.errors import StoreError
from firstread.inference import bundle as bundles
from firstread.reading.take_in import Taken, Taker, take_in
from firstread.records import NotScored

__all__ = ["run"]

_SENDER = "this computer"


def run(
    paths: Sequence[Path], settings: Config, *, bundle: Path | None, n_workers: int, browser: bool | None
) -> None:
    """Serve until it is stopped."""
    if settings.doors.oidc_issuer is not None:
        for module in ("authlib", "httpx", "joserfc"):
            extras.require(module, "doors.oidc_issuer", extra="oidc")
    model = bundles.load(bundle or bundles.shipped())
    named = _named(paths)
    films = [entry for entry in named if isinstance(entry, Path)]
    _say_left([entry.path for entry in named if isinstance(entry, NotScored)])

    for said in cautions(settings.web, settings.doors):
        typer.echo(f"Caution: {said}", err=True)

    def ready(serving: Serving) -> None:
        typer.echo(f"The reading room is open: {serving.url}")
        typer.echo(
            "Stop it with Ctrl-C. Films and readings are kept in " + str(serving.room.store.films.root.parent)
        )
        if films:
            threading.Thread(target=_take_in, args=(serving, films), daemon=True).start()
        if browser or (browser is None and sys.stdout.isatty()):
            threading.Timer(0.5, webbrowser.open, (serving.url_for_one_visit,)).start()

    serve(settings, model, bundle_folder=bundle, n_workers=n_workers, ready=ready)


def _named(paths: Sequence[Path]) -> Sequence[Path | NotScored]:
    if not paths:
        return []
    files = film_files.collect(paths, recursive=True, leave_out=[])
    files.require_any()
    return files.entries


def _take_in(serving: Serving, films: Sequence[Path]) -> None:
    """Send files of this computer to the store, as one drop."""
    taker = Taker(serving.room.store, _SENDER, uuid.uuid4().hex, serving.room.bundle.bundle_id)
    taken = Taken()
    try:
        for so_far in take_in(map(_NamedFile, films), taker):
            taken = so_far
    except StoreError as error:
        typer.echo(f"firstread: not all films were taken in; {error}", err=True)
    _say_left([Path(*left.steps) for left in taken.named], n=taken.left.total())


def _say_left(some: Sequence[Path], n: int | None = None) -> None:
    """Say what could not be read; which, only to somebody who watches: the journal of a service must name nobody.

    Args:
        some: A few of them, or all.
        n: How many they are in all; as many as `some` when absent.
    """
    n = len(some) if n is None else n
    if n == 0:
        return
    if sys.stderr.isatty():
        for path in some:
            typer.echo(f"firstread: {path} could not be read.", err=True)
    typer.echo(f"firstread: {n} files or folders could not be read, and were not taken in.", err=True)


@dataclass(frozen=True, slots=True)
class _NamedFile:
    """A film that the command line named."""

    path: Path

    @property
    def steps(self) -> tuple[str, ...]:
        return self.path.parts

    def open(self) -> BinaryIO:
        return self.path.open("rb")
