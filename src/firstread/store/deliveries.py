"""Films arrive: stored files become rows, each with its job, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from firstread.store import changes, copies, tables
from firstread.store.copies import Copy
from firstread.store.film_folder import StoredFilm
from firstread.store.queue import enqueue
from firstread.terms import Change, Receipt

__all__ = ["ArrivedFile", "NamedFile", "Received", "accept", "keep_names", "receipts"]

# Films of one delivery are ranked by urgency alone. One that never ended would let newcomers pass everybody.
_OPEN_S = 3600.0


@dataclass(frozen=True, slots=True)
class ArrivedFile:
    """A file that somebody sent, already stored.

    Args:
        stored: Its content.
        name: What it is called where it came from.
        folder: The folders it lay in there, "a/b"; empty for none.
    """

    stored: StoredFilm
    name: str
    folder: str = ""


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file that somebody has and did not send.

    Args:
        sha256: Its content.
        name: What it is called where it lies.
        folder: The folders it lies in there, "a/b"; empty for none.
    """

    sha256: str
    name: str
    folder: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a file that was sent.

    Args:
        sha256: The film.
        receipt: Whether it is new.
        first: For a copy, "folder/name" of the file that came first.
    """

    sha256: str
    receipt: Receipt
    first: str | None = None


def accept(
    connection: Connection,
    files: Sequence[ArrivedFile],
    *,
    delivery: str,
    sender: str,
    bundle_id: int,
    now: float,
) -> list[Received]:
    """Write films and their jobs; in a transaction of `Database.write`, and acknowledged only after it.

    Args:
        connection: The transaction.
        files: Their content lies in the folder of films already.
        delivery: What the sender calls this drop; files of the same drop are one group of arrival.
        sender: Who sent them.
        bundle_id: The model that will score them.
        now: Seconds since 1970.

    Returns:
        One answer for each file, in their order.
    """
    here = _here(connection, {file.stored.sha256 for file in files})
    new = {file.stored.sha256: file for file in reversed(files) if file.stored.sha256 not in here}
    if new:
        delivery_id, arrived_at = _delivery(connection, delivery, sender, now)
        in_order = [file for file in files if new.get(file.stored.sha256) is file]
        inserted = connection.execute(
            insert(tables.film).returning(tables.film.c.id, sort_by_parameter_order=True),
            [_row(file, delivery_id, arrived_at) for file in in_order],
        )
        film_ids = list(inserted.scalars())
        enqueue(connection, film_ids, bundle_id=bundle_id, now=now)
        changes.append(connection, film_ids, Change.ARRIVED, now=now)
        for film_id, file in zip(film_ids, in_order, strict=True):
            here[file.stored.sha256] = _Here(film_id, file.name, file.folder)
    received = [_received(file, here[file.stored.sha256], new) for file in files]
    named = [NamedFile(file.stored.sha256, file.name, file.folder) for file in files]
    copies.keep(connection, _further(named, here), now=now)
    return received


def receipts(connection: Connection, files: Sequence[NamedFile]) -> list[Received | None]:
    """Return what would become of files: known under this very name, or a copy; None where the film is not here."""
    here = _here(connection, {file.sha256 for file in files})
    written_down = copies.those_here(connection, _further(files, here))
    return [_receipt(file, here.get(file.sha256), written_down) for file in files]


def keep_names(connection: Connection, files: Sequence[NamedFile], *, now: float) -> None:
    """Write down further names of films that are here; in a transaction of `Database.write`."""
    copies.keep(connection, _further(files, _here(connection, {file.sha256 for file in files})), now=now)


@dataclass(frozen=True, slots=True)
class _Here:
    """A film that has its row."""

    film_id: int
    name: str
    folder: str

    @property
    def path(self) -> str:
        return f"{self.folder}/{self.name}".lstrip("/")


def _here(connection: Connection, sha256s: set[str]) -> dict[str, _Here]:
    columns = tables.film.c
    rows = connection.execute(
        select(columns.sha256, columns.id, columns.name, columns.folder).where(columns.sha256.in_(sha256s))
    )
    return {row.sha256: _Here(row.id, row.name, row.folder) for row in rows}


def _delivery(connection: Connection, key: str, sender: str, now: float) -> tuple[int, float]:
    """Return the delivery's number and moment; one that began over an hour ago is over."""
    columns = tables.delivery.c
    begun = connection.execute(
        select(columns.id, columns.arrived_at)
        .where(columns.sender == sender, columns.key == key, columns.arrived_at > now - _OPEN_S)
        .order_by(columns.id.desc())
        .limit(1)
    ).first()
    if begun is not None:
        return begun.id, begun.arrived_at
    created = connection.execute(
        insert(tables.delivery).returning(columns.id), {"key": key, "sender": sender, "arrived_at": now}
    )
    return created.scalar_one(), now


def _row(file: ArrivedFile, delivery_id: int, arrived_at: float) -> dict[str, object]:
    return {
        "sha256": file.stored.sha256,
        "file_bytes": file.stored.file_bytes,
        "name": file.name,
        "folder": file.folder,
        "delivery_id": delivery_id,
        "arrived_at": arrived_at,
        "overtaken": 0,
    }


def _received(file: ArrivedFile, here: _Here, new: dict[str, ArrivedFile]) -> Received:
    sha256 = file.stored.sha256
    if new.get(sha256) is file:
        return Received(sha256, Receipt.NEW)
    if (file.folder, file.name) == (here.folder, here.name):
        return Received(sha256, Receipt.KNOWN)
    return Received(sha256, Receipt.COPY, here.path)


def _receipt(file: NamedFile, here: _Here | None, written_down: set[Copy]) -> Received | None:
    if here is None:
        return None
    is_first = (file.folder, file.name) == (here.folder, here.name)
    if is_first or Copy(here.film_id, file.name, file.folder) in written_down:
        return Received(file.sha256, Receipt.KNOWN)
    return Received(file.sha256, Receipt.COPY, here.path)


def _further(files: Sequence[NamedFile], here: dict[str, _Here]) -> list[Copy]:
    """Return those files whose film is here, under another name than its first."""
    return [
        Copy(here[file.sha256].film_id, file.name, file.folder)
        for file in files
        if file.sha256 in here
        and (file.folder, file.name) != (here[file.sha256].folder, here[file.sha256].name)
    ]
