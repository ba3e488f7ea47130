"""The tables are what the code says, however old the database is."""

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, insert, select, text

from firstread.errors import StoreError
from firstread.store import schema
from firstread.store.database import Database
from firstread.store.tables import METADATA

SHA256, NOW = "c0ffee" + 58 * "0", 1_800_000_000.5

# A row of every table of step 0001, as its tables were then: what they are called and hold now may be another matter.
FIRST_ROWS: dict[str, dict[str, Any]] = {
    "account": {"name": "anna", "role": "admin", "password_hash": "argon2", "created_at": NOW, "disabled_at": None},
    "api_token": {"token_sha256": SHA256, "name": "archive", "owner": "anna", "scopes": ["films:read"],
                  "created_at": NOW, "expires_at": NOW + 60, "revoked_at": None},
    "audit_event": {"at": NOW, "actor": "anna", "action": "films.receive", "subject": "", "detail": {"films": [SHA256]},
                    "previous_sha256": 64 * "0", "sha256": SHA256},
    "bundle": {"sha256": SHA256, "name": "tiny", "operating_points": {"screening": {"threshold": 0.5}},
               "prevalence": 0.25, "first_used_at": NOW},
    "change": {"film_id": 1, "kind": "arrived", "at": NOW},
    "delivery": {"key": "one", "sender": "anna", "arrived_at": NOW},
    "session": {"token_sha256": SHA256, "name": "anna", "role": "admin", "created_at": NOW, "expires_at": NOW + 60},
    "film": {"sha256": SHA256, "file_bytes": 2**40, "name": "Ä.png", "folder": "ward/3", "delivery_id": 1,
             "arrived_at": NOW, "overtaken": 2},
    "film_copy": {"film_id": 1, "name": "again.png", "folder": "", "arrived_at": NOW},
    "job": {"film_id": 1, "bundle_id": 1, "state": "done", "attempts": 1, "owner": None, "leased_at": NOW,
            "leased_until": None, "queued_at": NOW},
    "outcome": {"film_id": 1, "bundle_id": 1, "scored": True, "logit": 1.5, "probability": 0.8, "probability_low": 0.7,
                "probability_high": 0.9, "flagged": True, "band": "URGENT", "shift": 12.5, "reason_code": None,
                "reason": None, "warnings": ["shift"], "facts": {"width": 224}, "heat_map": b"\0\xff",
                "heat_map_rows": 1, "scored_at": NOW + 1},
    "reading": {"film_id": 1, "reader": "anna", "verdict": "agree", "finding": "present", "note": "left lower lobe",
                "blinded": False, "probability": 0.8, "flagged": True, "read_at": NOW + 2, "undone_at": None},
}  # fmt: skip


@pytest.fixture
def at_step(database_url: str) -> Iterator[Callable[[str], Database]]:
    """Return a function that makes the tables of an older release."""
    with closing(Database(database_url)) as database:

        def made(step: str) -> Database:
            config = Config()
            config.set_main_option("script_location", "firstread.store:migrations")
            with database.write() as connection:
                config.attributes["connection"] = connection
                command.upgrade(config, step)
            return database

        yield made


def tables_of(database: Database) -> MetaData:
    """Return the tables as the database knows them."""
    found = MetaData()
    with database.read() as connection:
        found.reflect(connection)
    found.remove(found.tables["alembic_version"])
    return found


def rows(database: Database, tables: MetaData) -> dict[str, list[tuple[Any, ...]]]:
    with database.read() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table))]
            for table in tables.sorted_tables
        }


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


@pytest.mark.parametrize("has_tables", [False])
@pytest.mark.parametrize("step", ["0001", "0002"])
def test_a_database_of_an_older_release_keeps_its_rows(at_step: Callable[[str], Database], step: str) -> None:
    database = at_step(step)
    tables = tables_of(database)
    with database.write() as connection:
        for name, row in FIRST_ROWS.items():
            connection.execute(insert(tables.tables[name]), row)
    before = rows(database, tables)

    schema.upgrade(database)

    assert all(before.values())
    assert set(FIRST_ROWS) <= set(before)
    assert before == rows(database, tables)
    with database.read() as connection:
        assert [] == compare_metadata(MigrationContext.configure(connection), METADATA)


def test_tables_of_a_newer_release_are_left_alone(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(StoreError, match=r"of this release of firstread, or older; these are at step 9999"):
        schema.upgrade(database)
