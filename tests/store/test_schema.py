"""The tables are what the code says, however old the database is."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from firstread.errors import StoreError
from firstread.store import schema
from firstread.store.database import Database
from firstread.store.tables import METADATA


def test_the_steps_lead_to_the_tables_of_the_code(database: Database) -> None:
    with database.read() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), METADATA)

    assert [] == differences


def test_the_newest_step_is_the_one_that_the_code_names(database: Database) -> None:
    """Otherwise every start would load Alembic, or never run a step."""
    with database.read() as connection:
        assert schema.HEAD == connection.scalar(text("SELECT version_num FROM alembic_version"))


def test_a_second_upgrade_changes_nothing(database: Database) -> None:
    schema.upgrade(database)

    with database.read() as connection:
        assert 1 == connection.scalar(text("SELECT count(*) FROM alembic_version"))


def test_tables_of_a_newer_release_are_left_alone(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(StoreError, match=r"of this release of firstread, or older; these are at step 9999"):
        schema.upgrade(database)
