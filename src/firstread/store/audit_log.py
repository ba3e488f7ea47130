"""Who did what: rows that are only ever added, each holding the hash of the one before it."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select

from firstread.store import tables

__all__ = ["AuditEvent", "Broken", "Verified", "append", "events", "verify"]

_START = "0" * 64
_AUDIT = tables.audit_event.c


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One thing that somebody did.

    Args:
        number: Its place in the log.
        at: When (seconds since 1970).
        actor: Who: an account, a token, "this machine".
        action: What, as "film.delete".
        subject: To what: a film's hash, an account's name. Never a patient, never a file's name.
        detail: Further values.
        sha256: Hash of this row and, by it, of every row before.
    """

    number: int
    at: float
    actor: str
    action: str
    subject: str
    detail: Mapping[str, Any]
    sha256: str


@dataclass(frozen=True, slots=True)
class Verified:
    """The chain holds; keep the head elsewhere, and a log that was cut short is found out as well."""

    n_events: int
    head: str


@dataclass(frozen=True, slots=True)
class Broken:
    """The chain does not hold from this event on."""

    number: int
    why: str


def append(
    connection: Connection,
    *,
    actor: str,
    action: str,
    subject: str = "",
    detail: Mapping[str, Any] | None = None,
    now: float,
) -> None:
    """Add an event, in the transaction of `Database.write` that does what it tells of."""
    previous = connection.scalar(select(_AUDIT.sha256).order_by(_AUDIT.id.desc()).limit(1)) or _START
    event = {"at": now, "actor": actor, "action": action, "subject": subject, "detail": dict(detail or {})}
    connection.execute(
        insert(tables.audit_event),
        {**event, "previous_sha256": previous, "sha256": _hash(previous, event)},
    )


def events(connection: Connection, *, after: int = 0) -> Iterator[AuditEvent]:
    """Yield the events after a number, oldest first."""
    with connection.execute(_in_order().where(_AUDIT.id > after)) as rows:
        for row in rows:
            yield AuditEvent(row.id, row.at, row.actor, row.action, row.subject, row.detail, row.sha256)


def verify(connection: Connection, *, head: str | None = None) -> Verified | Broken:
    """Follow the chain from its start.

    Args:
        connection: A transaction.
        head: Hash of an event that was written down earlier and must still be there.
    """
    previous, n_events, head_seen = _START, 0, head is None
    with connection.execute(_in_order()) as rows:
        for row in rows:
            why = _flaw(row, previous)
            if why is not None:
                return Broken(row.id, why)
            previous, n_events = row.sha256, n_events + 1
            head_seen = head_seen or previous == head
    if not head_seen:
        last = connection.scalar(select(func.max(_AUDIT.id))) or 0
        return Broken(last + 1, "the event with the given hash is gone: the log was cut short")
    return Verified(n_events, previous)


def _in_order() -> Select[Any]:
    # Said of the statement alone: on the connection it would hold for what follows, and PostgreSQL refuses it there.
    return select(tables.audit_event).order_by(_AUDIT.id).execution_options(yield_per=1000)


def _flaw(row: Row[Any], previous: str) -> str | None:
    if row.previous_sha256 != previous:
        return "it does not follow the event before it: one was taken out, put in or changed places"
    event = {
        "at": row.at,
        "actor": row.actor,
        "action": row.action,
        "subject": row.subject,
        "detail": row.detail,
    }
    return None if row.sha256 == _hash(previous, event) else "it was changed after it was written"


def _hash(previous: str, event: Mapping[str, Any]) -> str:
    # repr of a float is exact; JSON writes it so.
    text = json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()
