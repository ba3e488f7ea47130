"""`firstread account` and `firstread token`: who may use the web app, people and programs."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from firstread.edges.cli.store_options import Folder, Settings, settings_of
from firstread.store.scopes import Scope
from firstread.terms import Role

if TYPE_CHECKING:
    from firstread.store.store import Store

__all__ = ["account_commands", "token_commands"]

account_commands = typer.Typer(help="Say who may use the web app.", no_args_is_help=True)
token_commands = typer.Typer(help="Let other programs use the web app.", no_args_is_help=True)

_Name = Annotated[str, typer.Argument(metavar="NAME", help="As readings and the audit log show it.")]
_Role = Annotated[Role, typer.Option("--role", help="Administrators also remove films.")]
_FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input, its first line.")
]
_NoPassword = Annotated[
    bool,
    typer.Option("--no-password", help="This one comes in by OpenID Connect or by the proxy, not here."),
]
_TokenName = Annotated[str, typer.Argument(metavar="NAME", help="What the token is for.")]


@account_commands.command(no_args_is_help=True)
def add(
    name: _Name,
    role: _Role = Role.READER,
    password_stdin: _FromStdin = False,
    no_password: _NoPassword = False,
    folder: Folder = None,
    settings: Settings = None,
) -> None:
    """Add somebody. Asks for the password twice, and does not show it."""
    from firstread.edges.cli import account_run

    password = None if no_password else _asked(from_stdin=password_stdin)
    with _store(folder, settings) as store:
        account_run.add_account(store, name, role, password=password)
    typer.echo(f"Added {name}, {role.value}.")


@account_commands.command(name="list")
def list_accounts(folder: Folder = None, settings: Settings = None) -> None:
    """Print everybody who was added, or came in by another door."""
    from rich.console import Console

    from firstread.edges.cli.account_tables import accounts_table
    from firstread.store import accounts

    with _store(folder, settings) as store, store.database.read() as connection:
        Console(highlight=False).print(accounts_table(accounts.everyone(connection)))


@account_commands.command(no_args_is_help=True)
def disable(name: _Name, folder: Folder = None, settings: Settings = None) -> None:
    """Keep somebody out from now on, whatever session or token this one holds."""
    from firstread.edges.cli import account_run

    with _store(folder, settings) as store:
        account_run.disable_account(store, name)
    typer.echo(f"{name} may not come in any more.")


@account_commands.command(no_args_is_help=True)
def enable(name: _Name, folder: Folder = None, settings: Settings = None) -> None:
    """Let somebody in again who was kept out."""
    from firstread.edges.cli import account_run

    with _store(folder, settings) as store:
        account_run.enable_account(store, name)
    typer.echo(f"{name} may come in again.")


@account_commands.command(name="role", no_args_is_help=True)
def change_role(name: _Name, role: _Role, folder: Folder = None, settings: Settings = None) -> None:
    """Change what somebody may do; this one has to log in again."""
    from firstread.edges.cli import account_run

    with _store(folder, settings) as store:
        account_run.change_role(store, name, role)
    typer.echo(f"{name} is now: {role.value}.")


@account_commands.command(name="password", no_args_is_help=True)
def change_password(
    name: _Name,
    password_stdin: _FromStdin = False,
    no_password: _NoPassword = False,
    folder: Folder = None,
    settings: Settings = None,
) -> None:
    """Change a password; every session of the account ends."""
    from firstread.edges.cli import account_run

    password = None if no_password else _asked(from_stdin=password_stdin)
    with _store(folder, settings) as store:
        account_run.change_password(store, name, password)
    typer.echo(f"The password of {name} was {'taken away' if password is None else 'changed'}.")


@token_commands.command(name="add", no_args_is_help=True)
def add_token(
    name: _TokenName,
    scope: Annotated[list[Scope], typer.Option("--scope", help="What it may be used for; repeatable.")],
    days: Annotated[int, typer.Option(min=1, max=1000, help="Days until it runs out.")] = 90,
    owner: Annotated[
        str | None,
        typer.Option(
            help="Account whose doings these are; the program itself if absent.", show_default=False
        ),
    ] = None,
    folder: Folder = None,
    settings: Settings = None,
) -> None:
    """Print a new token, once: it is stored nowhere. Programs send it as `Authorization: Bearer TOKEN`."""
    from firstread.edges.cli import account_run

    with _store(folder, settings) as store:
        secret = account_run.add_token(store, name, scope, days=days, owner=owner)
    typer.echo(secret)


@token_commands.command(name="list")
def list_tokens(folder: Folder = None, settings: Settings = None) -> None:
    """Print every token that is in use or ended lately: what it is for, not the token."""
    import time

    from rich.console import Console

    from firstread.edges.cli.account_tables import tokens_table
    from firstread.store import api_tokens

    with _store(folder, settings) as store, store.database.read() as connection:
        Console(highlight=False).print(tokens_table(api_tokens.every(connection), now=time.time()))


@token_commands.command(no_args_is_help=True)
def revoke(name: _TokenName, folder: Folder = None, settings: Settings = None) -> None:
    """Let a token open nothing from now on."""
    from firstread.edges.cli import account_run

    with _store(folder, settings) as store:
        account_run.revoke_token(store, name)
    typer.echo(f"The token {name} opens nothing any more.")


def _store(folder: str | None, settings: Path | None) -> "Store":
    from firstread.store.store import open_store

    return open_store(settings_of(folder, settings).store)


def _asked(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    password: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return password
