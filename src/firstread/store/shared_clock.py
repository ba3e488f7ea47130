"""The clock that all who share a database go by: a film must not change hands because two computers disagree."""

import time

from sqlalchemy import Connection, text

__all__ = ["now"]


def now(connection: Connection) -> float:
    """Return the moment, seconds since 1970: PostgreSQL's; for SQLite, which is on one computer, that computer's."""
    if connection.dialect.name != "postgresql":
        return time.time()
    # Not now(): that is when the transaction began, which may have waited for others since.
    return float(
        connection.scalars(text("SELECT extract(epoch FROM clock_timestamp())::double precision")).one()
    )
