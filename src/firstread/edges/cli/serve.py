"""`firstread serve` and `firstread worker`: the reading room, and the processes that score for it."""

import gc
from pathlib import Path
from typing import Annotated, Any

import typer

from firstread.edges.cli.store_options import Folder, Settings, settings_of

__all__ = ["serve", "worker"]

_Bundle = Annotated[
    Path | None, typer.Option(metavar="DIR", help="The model; the one that comes with firstread if absent.")
]


def serve(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Films, and folders of films, to take in at the start.")
    ] = None,
    folder: Folder = None,
    bundle: _Bundle = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.", show_default="127.0.0.1")] = None,
    port: Annotated[
        int | None, typer.Option(help="Port to listen on; 0 for any that is free.", show_default="8321")
    ] = None,
    workers: Annotated[int, typer.Option(min=0, help="Processes that score; 0 leaves it to others.")] = 1,
    browser: Annotated[
        bool | None,
        typer.Option("--open/--no-open", help="Open the page in a browser.", show_default="on a screen"),
    ] = None,
    settings: Settings = None,
) -> None:
    """Serve the reading room: a page on which films are dropped, ranked and read.

    Only this computer can reach it, with the address that is printed.
    Beyond it (--host) a door has to be opened first: local accounts, OpenID
    Connect, or a proxy; see docs/serving.md. Films, outcomes and readings
    survive whatever comes.
    """
    # What is loaded stays: to look for garbage in it again and again takes a tenth of the start.
    gc.disable()
    from firstread import config
    from firstread.edges.cli.serve_run import run

    gc.freeze()
    gc.enable()
    flags: dict[str, dict[str, Any]] = {"store": {"folder": folder}, "web": {"host": host, "port": port}}
    run(
        paths or [],
        config.load(settings, flags=flags),
        bundle=bundle,
        n_workers=workers,
        browser=browser,
    )


def worker(
    folder: Folder = None,
    bundle: _Bundle = None,
    until_input_closes: Annotated[
        bool, typer.Option("--until-input-closes", help="End when standard input closes.", hidden=True)
    ] = False,
    settings: Settings = None,
) -> None:
    """Score films of a store that others serve, until it is stopped.

    `firstread serve` starts one by itself. More of them, on other computers
    too, share the work where the store is PostgreSQL (store.url) and its
    folder is shared.
    """
    from firstread.edges.cli.worker_run import run

    run(settings_of(folder, settings), bundle=bundle, until_input_closes=until_input_closes)
