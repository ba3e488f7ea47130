"""Each look at test films is written down before it is taken, so that a report can say how many there were.

A model that is changed after every look is fitted to the test films without ever being trained on them. The
ledger prevents no look; it makes each one visible. Every line carries the hash of the line before it, so a line
that was removed or changed shows; only lines taken off the end do not.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from firstread import __version__
from firstread.errors import OutputError

__all__ = ["NAME", "Look", "Looks", "place", "record"]

NAME = "firstread-ledger.jsonl"
_NOTHING_BEFORE = "0" * 64
_WAIT_S = 10.0  # a writer holds the lock for milliseconds


@dataclass(frozen=True, slots=True)
class Look:
    """One bundle looked at the films of one part.

    Args:
        when: Time, ISO 8601 in UTC.
        part: Internal test or external test.
        bundle: SHA-256 of the bundle.
        data: SHA-256 of the films and what is held to be true of them.
        n_films: How many films.
        version: Of firstread.
    """

    when: str
    part: str
    bundle: str
    data: str
    n_films: int
    version: str = __version__

    @classmethod
    def now(cls, now: datetime, *, part: str, bundle: str, data: str, n_films: int) -> "Look":
        """Return a look at this time."""
        return cls(now.isoformat(timespec="seconds"), part, bundle, data, n_films)


@dataclass(frozen=True, slots=True)
class Looks:
    """How often test films were looked at, this look included.

    Args:
        ledger: The file that says so.
        by_this_bundle: Looks of this bundle at these films.
        by_any_bundle: Looks of any bundle at these films.
        in_ledger: Looks of any bundle at any films that this ledger holds: films that were exchanged since have
            another hash.
        first: Time of the first look at these films.
        altered: Lines, from 1, that do not follow from the line before them.
    """

    ledger: Path
    by_this_bundle: int
    by_any_bundle: int
    in_ledger: int
    first: str
    altered: tuple[int, ...]


def place(folder: Path) -> Path:
    """Return the ledger of a data folder: inside it, or in the user's own data where it cannot be written."""
    import platformdirs

    inside = folder / NAME
    writable = os.access(inside if inside.exists() else folder, os.W_OK)
    return inside if writable else platformdirs.user_data_path("firstread") / NAME


def record(ledger: Path, looks: Sequence[Look]) -> list[Looks]:
    """Write looks down and return how many there were, for each of them.

    Args:
        ledger: A file that is only ever added to; made where there is none.
        looks: Taken together, such as two bundles that are compared.

    Raises:
        OutputError: If the ledger cannot be read or written, or the file is something else: then no look may be
            taken.
    """
    from filelock import FileLock, Timeout

    lock = ledger.with_name(f".{ledger.name}.lock")  # hidden: a search for films passes it by
    try:
        ledger.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(lock, timeout=_WAIT_S):
            lines = _lines(ledger)
            _require_ledger(ledger, lines)
            added = list(_chained(lines[-1] if lines else None, looks))
            _append(ledger, added)
    except Timeout as error:
        raise OutputError(
            f"{ledger}: must be free; another process has held {lock.name} for {_WAIT_S:.0f} s."
        ) from error
    except OSError as error:
        raise OutputError(
            f"{ledger}: each look at test films must be written down first; {error.strerror or error}. "
            "Name a place that can be written (--ledger FILE)."
        ) from error
    return [_counted(ledger, [*lines, *added], look) for look in looks]


def _lines(ledger: Path) -> list[bytes]:
    return ledger.read_bytes().splitlines() if ledger.exists() else []


def _require_ledger(ledger: Path, lines: Sequence[bytes]) -> None:
    """Refuse to write into somebody's film or table, named by mistake; lines of a ledger may be torn."""
    if lines and not any(line.startswith(b'{"bundle"') for line in lines):
        raise OutputError(
            f"{ledger}: a ledger must be a new file, or one that firstread wrote; this one is something else. "
            "Name another one (--ledger FILE)."
        )


def _append(ledger: Path, lines: Sequence[bytes]) -> None:
    """Add lines and return once they are on the disk."""
    with ledger.open("ab+") as stream:
        if stream.tell():
            stream.seek(-1, os.SEEK_END)
            torn = stream.read(1) != b"\n"  # what a crash left must not swallow the next line
        else:
            torn = False
        stream.write(b"\n" * torn + b"".join(line + b"\n" for line in lines))
        stream.flush()
        os.fsync(stream.fileno())


def _chained(last: bytes | None, looks: Sequence[Look]) -> Iterator[bytes]:
    for look in looks:
        line = json.dumps({**asdict(look), "previous": _hash(last)}, sort_keys=True).encode()
        yield line
        last = line


def _hash(line: bytes | None) -> str:
    return _NOTHING_BEFORE if line is None else hashlib.sha256(line).hexdigest()


def _counted(ledger: Path, lines: Sequence[bytes], look: Look) -> Looks:
    rows = [_parsed(line) for line in lines]
    before = [None, *lines[:-1]]
    at_these = [row for row in rows if row.get("data") == look.data]
    return Looks(
        ledger=ledger,
        by_this_bundle=sum(row.get("bundle") == look.bundle for row in at_these),
        by_any_bundle=len(at_these),
        in_ledger=len(rows),
        first=str(at_these[0].get("when", "an unknown time")),
        altered=tuple(
            number
            for number, (row, last) in enumerate(zip(rows, before, strict=True), start=1)
            if row.get("previous") != _hash(last)
        ),
    )


def _parsed(line: bytes) -> dict[str, object]:
    """Return a line's values; none where somebody wrote something else into the ledger."""
    try:
        row = json.loads(line)
    except ValueError:
        return {}
    return row if isinstance(row, dict) else {}
