"""Films are received: stored first, then written down with their jobs, and only then acknowledged."""

import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from firstread.data import synthetic
from firstread.store import audit_log, deliveries
from firstread.store.deliveries import ArrivedFile, Received
from firstread.store.film_folder import Chunks
from firstread.store.store import Store

__all__ = ["SentFile", "receive", "receive_synthetic"]

# Disks take the films of one request side by side; each is on the disk itself before it counts.
_WRITERS = 4
_N_SYNTHETIC, _SYNTHETIC_SEED = 24, 20


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file on its way in.

    Args:
        content: Its bytes.
        name: What it is called where it comes from.
        folder: The folders it lay in there, "a/b"; empty for none.
    """

    content: Chunks
    name: str
    folder: str = ""


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
        StoreError: If it cannot be written.
    """
    with ThreadPoolExecutor(_WRITERS, "intake") as disk:
        stored = list(disk.map(lambda file: store.films.put(file.content), files))
    arrived = [ArrivedFile(kept, file.name, file.folder) for kept, file in zip(stored, files, strict=True)]
    with store.database.write() as connection:
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
    return received


def receive_synthetic(store: Store, *, sender: str, bundle_id: int, now: float) -> list[Received]:
    """Make films that show nobody, the same ones each time, and receive them."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as opened:
        films = synthetic.generate(_N_SYNTHETIC, Path(folder), seed=_SYNTHETIC_SEED)
        # By name the normal ones come first, and ranking has something to do.
        files = [
            SentFile(opened.enter_context(film.open("rb")), film.name, "synthetic")
            for film in sorted(films, key=lambda film: film.name)
        ]
        return receive(
            store, files, delivery=f"synthetic-{now:.0f}", sender=sender, bundle_id=bundle_id, now=now
        )
