"""The options of every command that works on a store: which one."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from firstread.config import Config

__all__ = ["Folder", "Settings", "settings_of"]

Folder = Annotated[
    str | None,
    typer.Option(
        "--folder", metavar="DIR", help="Where films and readings are kept.", show_default="your data"
    ),
]
Settings = Annotated[
    Path | None,
    typer.Option("--settings", metavar="FILE", help="TOML file with settings; options go before it."),
]


def settings_of(folder: str | None, settings: Path | None) -> "Config":
    """Return the settings, with the folder of the store that was named.

    Raises:
        ConfigError: If a setting is unknown or out of range.
    """
    from firstread import config

    return config.load(settings, flags={"store": {"folder": folder}})
