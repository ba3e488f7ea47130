"""The command line: `firstread COMMAND`. What a command needs is loaded when it runs."""

import os
import sys
from typing import Annotated

import typer

from firstread import __version__
from firstread.edges.cli.account import account_commands, token_commands
from firstread.edges.cli.audit import audit
from firstread.edges.cli.bundle import bundle_commands
from firstread.edges.cli.data import data_commands
from firstread.edges.cli.dossier import dossier
from firstread.edges.cli.evaluate import evaluate
from firstread.edges.cli.explain import explain
from firstread.edges.cli.labels import labels
from firstread.edges.cli.recalibrate import recalibrate
from firstread.edges.cli.search import search
from firstread.edges.cli.serve import serve, worker
from firstread.edges.cli.simulate import simulate
from firstread.edges.cli.store_care import audit_log_commands, backup, prune
from firstread.edges.cli.train import export, train
from firstread.edges.cli.triage import triage
from firstread.errors import FirstreadError

__all__ = ["app", "main"]

REFUSED = 2
INTERRUPTED = 130  # 128 + SIGINT, as shells have it

app = typer.Typer(
    name="firstread",
    help="Read every chest radiograph first, so that pneumonia is read first. "
    "Research software, not a medical device.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"firstread {__version__}")
        raise typer.Exit


@app.callback()
def firstread(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options before the command."""


app.command(no_args_is_help=True)(triage)
app.command()(serve)
app.command()(worker)
app.command(no_args_is_help=True)(prune)
app.command(no_args_is_help=True)(backup)
app.command(no_args_is_help=True)(train)
app.command(no_args_is_help=True)(export)
app.command(no_args_is_help=True)(search)
app.command(no_args_is_help=True)(evaluate)
app.command(no_args_is_help=True)(labels)
app.command(no_args_is_help=True)(recalibrate)
app.command(no_args_is_help=True)(audit)
app.command()(simulate)
app.command(no_args_is_help=True)(explain)
app.command(no_args_is_help=True)(dossier)
app.add_typer(account_commands, name="account")
app.add_typer(token_commands, name="token")
app.add_typer(audit_log_commands, name="audit-log")
app.add_typer(data_commands, name="data")
app.add_typer(bundle_commands, name="bundle")


def main() -> None:
    """Run the command line; a refusal is one line on standard error and exit code 2."""
    try:
        app()
    except FirstreadError as error:
        typer.echo(f"firstread: {error}", err=True)
        sys.exit(REFUSED)
    except SystemExit as end:
        if end.code == INTERRUPTED:  # so Typer ends a command that was interrupted, without a word
            typer.echo("firstread: interrupted.", err=True)
        raise
    except BrokenPipeError:
        _silence_stdout()  # the reader of the pipe has seen enough
    except OSError as error:
        _silence_stdout()
        typer.echo(f"firstread: {error.filename or 'standard output'}: {error.strerror}.", err=True)
        sys.exit(REFUSED)


def _silence_stdout() -> None:
    """Python would complain once more when it flushes what could not be written."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
