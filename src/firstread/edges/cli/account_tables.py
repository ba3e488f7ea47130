"""Accounts and tokens as tables for the screen."""

from collections.abc import Iterable
from datetime import UTC, datetime

from rich import box
from rich.table import Table
from rich.text import Text

from firstread.store.accounts import Account
from firstread.store.api_tokens import ApiToken

__all__ = ["accounts_table", "tokens_table"]


def accounts_table(accounts: Iterable[Account]) -> Table:
    """Return everybody with the role, the door and whether this one may come in."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in ("name", "role", "comes in", "added"):
        table.add_column(title)
    for account in accounts:
        door = "by another door" if account.password_hash is None else "with a password"
        table.add_row(
            Text(account.name),
            account.role.value,
            door if account.disabled_at is None else f"not since {_day(account.disabled_at)}",
            _day(account.created_at),
        )
    return table


def tokens_table(tokens: Iterable[ApiToken], *, now: float) -> Table:
    """Return every token with what it is for, and until when."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in ("name", "owner", "scopes", "state", "until"):
        table.add_column(title)
    for token in tokens:
        table.add_row(
            Text(token.name),
            Text(token.owner),
            " ".join(sorted(token.scopes)),
            token.why_not(now) or "in use",
            _day(token.expires_at),
        )
    return table


def _day(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).date().isoformat()
