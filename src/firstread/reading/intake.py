"""Films are received: stored first, then written down with their jobs, and only then acknowledged."""

import re
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from firstread.data import synthetic
from firstread.errors import StoreBusyError
from firstread.store import audit_log, deliveries, films
from firstread.store.deliveries import ArrivedFile, NamedFile, Received
from firstread.store.film_folder import Chunks
from firstread.store.store import Store
from firstread.terms import Receipt

__all__ = ["Content", "SentFile", "place_of", "receive", "receive_names", "receive_synthetic"]

_LONGEST_NAME, _DEEPEST = 255, 32
# PostgreSQL's index takes 2,704 bytes of folder and name together; a name may be 1,020.
_LONGEST_FOLDER_BYTES = 1500
# Bytes that are no text in any file system's names, too (PEP 383).
_NOT_SHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_ATTEMPTS = 5
_N_SYNTHETIC, _SYNTHETIC_SEED = 24, 20


class Content(Chunks, Protocol):
    """Bytes that can be read more than once."""

    def seek(self, offset: int, /) -> object:
        """Go on reading at a byte."""


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file on its way in.

    Args:
        content: Its bytes; they are read from the first, whatever was read before.
        name: What it is called where it comes from.
        folder: The folders it lay in there, "a/b"; empty for none.
    """

    content: Content
    name: str
    folder: str = ""


def place_of(path: str) -> tuple[str, str]:
    """Return folder and name of a file from the path a sender gave; nothing in them leads anywhere."""
    steps = [_NOT_SHOWN.sub("�", step)[:_LONGEST_NAME] for step in re.split(r"[/\\]", path)]
    steps = [step for step in steps if step.strip() not in ("", ".", "..")]
    if not steps:
        return "", "unnamed"
    return _nearest(steps[:-1][-_DEEPEST:]), steps[-1]


def _nearest(folders: Sequence[str]) -> str:
    """Return as many of the folders nearest to a file as are written down."""
    for first in range(len(folders)):
        nearest = "/".join(folders[first:])
        if len(nearest.encode()) <= _LONGEST_FOLDER_BYTES:
            return nearest
    return ""


def receive(
    store: Store, files: Sequence[SentFile], *, delivery: str, sender: str, bundle_id: int, now: float
) -> list[Received]:
    """Store files and write them down; when this returns they survive whatever comes.

    Args:
        store: Where to.
        files: What came.
        delivery: What the sender calls this drop; its films are one group of arrival.
        sender: Who sent them.
        bundle_id: The model that will score them.
        now: Seconds since 1970.

    Returns:
        One answer for each file, in their order.

    Raises:
        StoreFullError: If there is no room; nothing is acknowledged, and what is here already stays.
        StoreBusyError: If others delete the same films all the while.
        StoreError: If it cannot be written.
    """
    for _ in range(_ATTEMPTS):
        arrived = _put(store, files)
        with store.database.write() as connection:
            # A file that was here already may have been deleted since, with its row; from here on none can be.
            if not all(store.films.has(file.stored) for file in arrived):
                continue
            received = deliveries.accept(
                connection, arrived, delivery=delivery, sender=sender, bundle_id=bundle_id, now=now
            )
            audit_log.append(
                connection,
                actor=sender,
                action="films.receive",
                detail={"films": [answer.sha256 for answer in received]},
                now=now,
            )
        if not store.database.is_sqlite:
            _keep(store, files, arrived)
        return received
    raise StoreBusyError(
        f"A film must stay where it was put; it was deleted {_ATTEMPTS} times while it was sent. Send it again."
    )


def _keep(store: Store, files: Sequence[SentFile], arrived: Sequence[ArrivedFile]) -> None:
    """Put films again that went after their rows were written.

    PostgreSQL takes the lock of writers from who is silent for long, and a process that had it may be at its unlink.
    """
    if all(store.films.has(file.stored) for file in arrived):
        return
    with store.database.write() as connection:
        # Somebody else may have removed one meanwhile, with its row: that one stays away.
        here = films.those_here(connection, [file.stored.sha256 for file in arrived])
        _put(store, [sent for sent, kept in zip(files, arrived, strict=True) if kept.stored.sha256 in here])


def _put(store: Store, files: Sequence[SentFile]) -> list[ArrivedFile]:
    for file in files:
        file.content.seek(0)
    stored = store.films.put_all(file.content for file in files)
    return [ArrivedFile(kept, file.name, file.folder) for kept, file in zip(stored, files, strict=True)]


def receive_names(
    store: Store, files: Sequence[NamedFile], *, sender: str, now: float
) -> list[Received | None]:
    """Write down under which other names films came that are here; their content need not be sent again.

    Args:
        store: Where to.
        files: What somebody has.
        sender: Who has it.
        now: Seconds since 1970.

    Returns:
        One answer for each file, in their order; None for one whose content is not here.

    Raises:
        StoreFullError: If there is no room.
        StoreError: If it cannot be written.
    """
    store.films.require_room(sum(len(file.folder) + len(file.name) for file in files))
    with store.database.read() as connection:
        received = deliveries.receipts(connection, files)
    if not _copied(received):
        return received
    with store.database.write() as connection:
        # Films may have been deleted meanwhile.
        received = deliveries.receipts(connection, files)
        deliveries.keep_names(connection, files, now=now)
        detail = {"films": _copied(received)}
        audit_log.append(connection, actor=sender, action="films.name", detail=detail, now=now)
    return received


def _copied(received: Sequence[Received | None]) -> list[str]:
    return [answer.sha256 for answer in received if answer is not None and answer.receipt is Receipt.COPY]


def receive_synthetic(store: Store, *, sender: str, bundle_id: int, now: float) -> list[Received]:
    """Make films that show nobody, the same ones each time, and receive them."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as opened:
        films = synthetic.generate(_N_SYNTHETIC, Path(folder), seed=_SYNTHETIC_SEED)
        # By name the normal ones come first, and ranking has something to do. The names they were made under tell
        # what is on them, which a blinded reader has to find out.
        files = [
            SentFile(opened.enter_context(film.open("rb")), f"synthetic-{n:02}{film.suffix}", "synthetic")
            for n, film in enumerate(sorted(films, key=lambda film: film.name), start=1)
        ]
        return receive(
            store, files, delivery=f"synthetic-{now:.0f}", sender=sender, bundle_id=bundle_id, now=now
        )
