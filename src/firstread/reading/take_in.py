"""Films are taken from a folder into the store, a few at a time, while others send and read."""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import BinaryIO, Protocol

from firstread.errors import StoreBusyError
from firstread.reading import intake
from firstread.reading.intake import SentFile
from firstread.reading.root_folder import NotTaken, Why
from firstread.store.deliveries import Received
from firstread.store.store import Store
from firstread.terms import Receipt

__all__ = ["Takeable", "Taken", "Taker", "take_in"]

_LOAD_FILES, _LOAD_BYTES = 32, 64 * 1024 * 1024
_MOST_NAMED = 20
# Others who write come first, but not for ever: each attempt itself waits as long as the settings say.
_ATTEMPTS, _PAUSE_S = 6, 0.5


class Takeable(Protocol):
    """A file that can be taken in."""

    @property
    def steps(self) -> tuple[str, ...]:
        """The folders that lead to it, and its name."""

    def open(self) -> BinaryIO:
        """Open it; OSError when that cannot be."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What has been taken in so far.

    Args:
        receipts: How many files are new, known and copies.
        left: How many were left where they are, by why.
        named: The first few of those that somebody would expect to be taken.
    """

    receipts: Counter[Receipt] = field(default_factory=Counter)
    left: Counter[Why] = field(default_factory=Counter)
    named: tuple[NotTaken, ...] = ()

    @property
    def n_files(self) -> int:
        """Files and others that are done with."""
        return self.receipts.total() + self.left.total()

    def and_these(self, received: Iterable[Received], left: Sequence[NotTaken]) -> "Taken":
        """Return this with some more."""
        unexpected = [each for each in left if each.why is not Why.HIDDEN]
        return replace(
            self,
            receipts=self.receipts + Counter(answer.receipt for answer in received),
            left=self.left + Counter(each.why for each in left),
            named=(*self.named, *unexpected)[:_MOST_NAMED],
        )


@dataclass(frozen=True, slots=True)
class Taker:
    """Who takes films in, and where to.

    Args:
        store: Where to.
        sender: Who.
        delivery: What this one calls it; its films are one group of arrival.
        bundle_id: The model that will score them.
        clock: Seconds since 1970.
        most_bytes: Larger files are left where they are.
        inside: The folder that the films are said to lie in, before their own.
    """

    store: Store
    sender: str
    delivery: str
    bundle_id: int
    clock: Callable[[], float] = time.time
    most_bytes: int | None = None
    inside: tuple[str, ...] = ()


def take_in(
    found: Iterable[Takeable | NotTaken],
    taker: Taker,
    *,
    is_wanted: Callable[[], bool] = lambda: True,
) -> Iterator[Taken]:
    """Take films in, and yield how far it has come, after each load; it ends early when it is not wanted any more.

    A file that cannot be read is left where it is, and the others go on.

    Raises:
        StoreFullError: If there is no room left; what was taken in before stays.
        StoreError: If nothing can be written.
    """
    taken, rest = Taken(), iter(found)
    while is_wanted():
        with ExitStack() as opened:
            files, left = _load(rest, taker, opened)
            if not files and not left:
                return
            received = _receive(files, left, taker)
        taken = taken.and_these(received, left)
        yield taken


class _SourceError(Exception):
    """The file that is taken in cannot be read to its end; nothing is wrong with the store."""

    def __init__(self, file: "_OpenFile") -> None:
        super().__init__()
        self.file = file


@dataclass(frozen=True, slots=True, eq=False)
class _OpenFile:
    """A file that is read from; its own troubles are told from those of the store."""

    stream: BinaryIO
    steps: tuple[str, ...]
    n_bytes: int

    def read(self, size: int, /) -> bytes:
        try:
            return self.stream.read(size)
        except OSError as error:
            raise _SourceError(self) from error

    def seek(self, offset: int, /) -> int:
        try:
            return self.stream.seek(offset)
        except OSError as error:
            raise _SourceError(self) from error


def _load(
    rest: Iterator[Takeable | NotTaken], taker: Taker, opened: ExitStack
) -> tuple[list[_OpenFile], list[NotTaken]]:
    """Return the next few, open; and those among them that stay where they are."""
    files: list[_OpenFile] = []
    left: list[NotTaken] = []
    n_bytes = 0
    for each in rest:
        file = each if isinstance(each, NotTaken) else _opened(each, taker.most_bytes, opened)
        if isinstance(file, NotTaken):
            left.append(file)
        else:
            files.append(file)
            n_bytes += file.n_bytes
        if len(files) + len(left) >= _LOAD_FILES or n_bytes >= _LOAD_BYTES:
            break
    taker.store.films.require_room(n_bytes)
    return files, left


def _opened(each: Takeable, most_bytes: int | None, opened: ExitStack) -> _OpenFile | NotTaken:
    try:
        stream = opened.enter_context(each.open())
        n_bytes = os.fstat(stream.fileno()).st_size
    except OSError:
        return NotTaken(each.steps, Why.UNREADABLE)
    if most_bytes is not None and n_bytes > most_bytes:
        return NotTaken(each.steps, Why.TOO_LARGE)
    return _OpenFile(stream, each.steps, n_bytes)


def _receive(files: list[_OpenFile], left: list[NotTaken], taker: Taker) -> list[Received]:
    """Send open files to the store; those that cannot be read to their end join the ones that are left."""
    attempts = 0
    while files:
        try:
            return intake.receive(
                taker.store,
                [_sent(file, taker) for file in files],
                delivery=taker.delivery,
                sender=taker.sender,
                bundle_id=taker.bundle_id,
                now=taker.clock(),
            )
        except _SourceError as error:
            left.append(NotTaken(error.file.steps, Why.UNREADABLE))
            files = [file for file in files if file is not error.file]
        except StoreBusyError:
            attempts += 1
            if attempts == _ATTEMPTS:
                raise
            time.sleep(_PAUSE_S)
    return []


def _sent(file: _OpenFile, taker: Taker) -> SentFile:
    folder, name = intake.place_of("/".join((*taker.inside, *file.steps)))
    return SentFile(file, name, folder)
