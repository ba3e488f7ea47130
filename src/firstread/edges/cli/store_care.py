"""`firstread prune`, `backup` and `audit-log`: a store is kept small, safe and honest."""

from pathlib import Path
from typing import Annotated

import typer

from firstread.edges.cli.store_options import Folder, Settings, settings_of

__all__ = ["audit_log_commands", "backup", "prune"]

audit_log_commands = typer.Typer(help="Who did what in the reading room.", no_args_is_help=True)


def prune(
    older_than: Annotated[
        float, typer.Option(metavar="DAYS", min=0, help="Films that arrived longer ago.", show_default=False)
    ],
    unread: Annotated[bool, typer.Option("--also-unread", help="Also films that nobody has read.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    folder: Folder = None,
    settings: Settings = None,
) -> None:
    """Delete old films, with their files and all that is known of them.

    Films that nobody has read stay, unless --also-unread is given; so do
    films that lie in the folder and that the database does not know. What
    a removal or an upload left behind that was cut off is deleted as well.
    The audit log keeps the films' hashes.
    """
    from firstread.edges.cli import store_care_run

    store_care_run.prune(
        settings_of(folder, settings).store, older_than_days=older_than, also_unread=unread, ask=not yes
    )


def backup(
    destination: Annotated[
        Path, typer.Argument(metavar="DIR", help="A folder for this alone.", show_default=False)
    ],
    folder: Folder = None,
    settings: Settings = None,
) -> None:
    """Copy the store while it is used; the copy can be served: firstread serve --folder DIR.

    Into a folder that holds a backup already only new films are copied.
    """
    from firstread.edges.cli import store_care_run

    store_care_run.back_up(settings_of(folder, settings).store, destination)


@audit_log_commands.command()
def verify(
    head: Annotated[
        str | None,
        typer.Option(help="Hash of the last event when you looked before: it must still be there."),
    ] = None,
    folder: Folder = None,
    settings: Settings = None,
) -> None:
    """Check that no event was changed, taken out or put in; exit code 1 when one was.

    Keep the hash that is printed elsewhere: with it, a log that was cut
    short is found out as well.
    """
    from firstread.edges.cli import store_care_run

    if not store_care_run.verify_audit_log(settings_of(folder, settings).store, head=head):
        raise typer.Exit(1)


@audit_log_commands.command()
def show(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    folder: Folder = None,
    settings: Settings = None,
) -> None:
    """Print every event, oldest first."""
    from firstread.edges.cli import store_care_run

    store_care_run.show_audit_log(settings_of(folder, settings).store, as_json=as_json)
