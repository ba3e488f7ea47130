"""The tables of a database are made, or brought to what this release needs."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from firstread.errors import StoreError
from firstread.store.database import Database

__all__ = ["HEAD", "upgrade"]

HEAD = "0003"
"""The newest step in `migrations/versions`."""

_MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(database: Database) -> None:
    """Make the tables, or take the steps that are missing: all of them, or none.

    Raises:
        StoreError: If a newer release of firstread made the tables, or they cannot be changed.
    """
    with database.read() as connection:
        if _revision(connection) == HEAD:
            return  # Alembic itself takes a while to load
    with database.write() as connection:
        revision = _revision(connection)
        if revision not in (None, *_known()):
            raise StoreError(
                f"{database.name}: the tables must be of this release of firstread, or older; "
                f"these are at step {revision}, which a newer one made."
            )
        _run(connection)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def _known() -> list[str]:
    return [file.name.split("_", 1)[0] for file in (_MIGRATIONS / "versions").glob("[0-9]*.py")]


def _run(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
