"""What is done to keep a store small, safe and honest."""

import json
import shlex
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table

from firstread import config
from firstread.edges.cli.progress import stages
from firstread.reading import removal
from firstread.store import audit_log, backup
from firstread.store.audit_log import Broken
from firstread.store.store import join_store, open_store

__all__ = ["back_up", "prune", "show_audit_log", "verify_audit_log"]

_DAY_S = 86_400.0
_ACTOR = "this computer"


def prune(settings: config.Store, *, older_than_days: float, also_unread: bool, ask: bool) -> None:
    """Delete old films."""
    now = time.time()
    before = now - older_than_days * _DAY_S
    # Another disk in the place of the films' would lose what no row of this store names.
    with join_store(settings) as store:
        n_films = removal.count_before(store, before, also_unread=also_unread)
        if n_films and ask:
            kind = "" if also_unread else "read "
            typer.confirm(
                f"Delete {n_films} {kind}films that arrived more than {older_than_days:g} days ago?",
                abort=True,
            )
        n_removed = removal.prune(store, before=before, also_unread=also_unread, actor=_ACTOR, now=now)
        swept = removal.sweep(store, actor=_ACTOR, now=now)
    typer.echo(f"Deleted: {n_removed} films, {swept.n_deleted} files that had been left behind.")
    if swept.n_unknown:
        typer.echo(f"Kept: {swept.n_unknown} films that the database does not know.", err=True)


def back_up(settings: config.Store, destination: Path) -> None:
    """Copy the store."""
    with join_store(settings) as store, stages() as show:
        with store.database.write() as connection:
            # Before the copy, which then says so too.
            audit_log.append(connection, actor=_ACTOR, action="store.backup", now=time.time())
        made = backup.back_up(
            store, destination, on_progress=lambda done, n_films: show("Copying films", done, n_films)
        )
    typer.echo(f"Backed up: {made.n_films} films ({made.n_copied} new), rows in {made.database}")
    if made.n_missing:
        typer.echo(f"{made.n_missing} films were removed meanwhile.", err=True)
    if made.database.suffix == ".dump":
        command = shlex.join(backup.restoring(made.database, "URL"))
        typer.echo(f"Bring it back with: {command}")
        typer.echo(f"Then serve it with store.url = URL and store.folder = {made.database.parent}")


def verify_audit_log(settings: config.Store, *, head: str | None) -> bool:
    """Say whether the log holds; return it as well."""
    # That of a store nobody made would hold, too. A backup has films and no mark of its own.
    with open_store(settings, make=False) as store, store.database.read() as connection:
        found = audit_log.verify(connection, head=head)
    if isinstance(found, Broken):
        typer.echo(f"The log is broken at event {found.number}: {found.why}.")
        return False
    typer.echo(f"The log holds: {found.n_events} events. Head: {found.head}")
    return True


def show_audit_log(settings: config.Store, *, as_json: bool) -> None:
    """Print the log."""
    table = Table(box=None, pad_edge=False)
    for title in ("#", "When", "Who", "What", "To what"):
        table.add_column(title)
    with open_store(settings, make=False) as store, store.database.read() as connection:
        for event in audit_log.events(connection):
            if as_json:
                typer.echo(json.dumps(asdict(event)))
            else:
                when = datetime.fromtimestamp(event.at, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
                table.add_row(str(event.number), when, event.actor, event.action, event.subject[:16])
    if not as_json:
        Console(highlight=False, markup=False).print(table)
