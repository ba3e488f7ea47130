"""One server: takes in the films that were named, says where the page is, and serves."""

import sys
import threading
import time
import uuid
import webbrowser
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import typer

from firstread.config import Config
from firstread.edges.cli import film_files
from firstread.edges.web.doors.start_up import cautions
from firstread.edges.web.serving import Serving, serve
from firstread.errors import StoreError
from firstread.inference import bundle as bundles
from firstread.reading import intake
from firstread.reading.intake import SentFile
from firstread.records import NotScored

__all__ = ["run"]

_BATCH = 32
_SENDER = "this computer"


def run(
    paths: Sequence[Path], settings: Config, *, bundle: Path | None, n_workers: int, browser: bool | None
) -> None:
    """Serve until it is stopped."""
    model = bundles.load(bundle or bundles.shipped())
    films = [entry for entry in _films(paths) if not isinstance(entry, NotScored)]

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
            threading.Timer(0.5, webbrowser.open, (serving.url,)).start()

    serve(settings, model, bundle_folder=bundle, n_workers=n_workers, ready=ready)


def _films(paths: Sequence[Path]) -> Sequence[Path | NotScored]:
    if not paths:
        return []
    files = film_files.collect(paths, recursive=True, leave_out=[])
    files.require_any()
    return files.entries


def _take_in(serving: Serving, films: Sequence[Path]) -> None:
    """Send files of this computer to the store, as one drop."""
    room, delivery = serving.room, uuid.uuid4().hex
    for start in range(0, len(films), _BATCH):
        with ExitStack() as opened:
            try:
                files = [_opened(opened, film) for film in films[start : start + _BATCH]]
                intake.receive(
                    room.store,
                    files,
                    delivery=delivery,
                    sender=_SENDER,
                    bundle_id=room.bundle.bundle_id,
                    now=time.time(),
                )
            except (OSError, StoreError) as error:
                typer.echo(f"firstread: not all films were taken in; {error}", err=True)
                return


def _opened(opened: ExitStack, film: Path) -> SentFile:
    folder = "" if film.parent == Path() else film.parent.as_posix().lstrip("/")
    return SentFile(opened.enter_context(film.open("rb")), film.name, folder)
