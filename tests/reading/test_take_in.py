"""Films of a folder come into the store once each, and one that cannot be read holds up no other."""

import io
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pytest

from firstread.errors import StoreBusyError, StoreFullError
from firstread.reading import intake, take_in
from firstread.reading.root_folder import FoundFile, NotTaken, RootFolder, Why
from firstread.reading.take_in import Taken, Taker
from firstread.store import films
from firstread.store.film_folder import FilmFolder
from firstread.store.store import Store
from firstread.terms import Receipt

NOW = 1_800_000_000.0


@pytest.fixture
def root(tmp_path: Path) -> RootFolder:
    """Return a root with 70 files in two wards."""
    for i in range(70):
        file = tmp_path / "archive" / f"ward {i % 2}" / f"{i:02}.dcm"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(f"film {i}".encode())
    return RootFolder(tmp_path / "archive")


@pytest.fixture
def taker(store: Store, bundle_id: int) -> Taker:
    return Taker(store, "me", "one", bundle_id, clock=lambda: NOW, most_bytes=1000, inside=("archive",))


def last(steps: Iterator[Taken]) -> Taken:
    taken = Taken()
    for each in steps:
        taken = each
    return taken


def places(store: Store) -> set[str]:
    with store.database.read() as connection:
        kept = films.before(connection, NOW + 1, at_most=1000, also_unread=True)
    return {f"{film.folder}/{film.name}" for film in kept}


def test_every_film_comes_in_under_its_own_name(store: Store, root: RootFolder, taker: Taker) -> None:
    taken = last(take_in.take_in(root.walk(""), taker))

    assert ({Receipt.NEW: 70}, {}) == (taken.receipts, taken.left)
    assert {f"archive/ward {i % 2}/{i:02}.dcm" for i in range(70)} == places(store)


def test_a_second_time_nothing_is_new(root: RootFolder, taker: Taker) -> None:
    last(take_in.take_in(root.walk("ward 1"), taker))
    (root.path / "ward 0" / "copy.dcm").write_bytes(b"film 0")

    taken = last(take_in.take_in(root.walk(""), taker))

    assert {Receipt.NEW: 35, Receipt.KNOWN: 35, Receipt.COPY: 1} == taken.receipts


def test_it_comes_load_by_load_and_stops_when_it_is_not_wanted(
    store: Store, root: RootFolder, taker: Taker
) -> None:
    """What is acknowledged stays."""
    answers = iter([True, False])

    (taken,) = take_in.take_in(root.walk(""), taker, is_wanted=lambda: next(answers))

    assert 32 == taken.n_files == len(places(store))


def test_what_stays_is_counted_and_the_unexpected_is_named(root: RootFolder, taker: Taker) -> None:
    (root.path / "a.dcm").write_bytes(bytes(1001))
    (root.path / ".DS_Store").touch()
    (root.path / "link").symlink_to("a.dcm")

    taken = last(take_in.take_in(root.walk(""), taker))

    assert {Why.TOO_LARGE: 1, Why.HIDDEN: 1, Why.LINK: 1} == taken.left
    assert {NotTaken(("a.dcm",), Why.TOO_LARGE), NotTaken(("link",), Why.LINK)} == set(taken.named)
    assert (70, 73) == (taken.receipts[Receipt.NEW], taken.n_files)


def test_a_file_that_goes_away_meanwhile_ends_nothing(root: RootFolder, taker: Taker) -> None:
    walk = list(root.walk(""))
    (root.path / "ward 0" / "00.dcm").unlink()

    taken = last(take_in.take_in(walk, taker))

    assert ({Receipt.NEW: 69}, {Why.UNREADABLE: 1}) == (taken.receipts, taken.left)


@dataclass(frozen=True)
class Rotten:
    """A file whose disk fails at its second half."""

    file: FoundFile

    @property
    def steps(self) -> tuple[str, ...]:
        return self.file.steps

    def open(self) -> BinaryIO:
        return io.BufferedReader(_Failing(self.file.open()))


class _Failing(io.RawIOBase):
    def __init__(self, inner: BinaryIO) -> None:
        self._inner, self._n_reads = inner, 0

    def readable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._inner.fileno()

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        return self._inner.seek(offset, whence)

    def readinto(self, _buffer: object, /) -> int:
        raise OSError(5, "Input/output error")

    def close(self) -> None:
        self._inner.close()
        super().close()


def test_a_disk_that_fails_under_one_file_holds_up_no_other(
    store: Store, root: RootFolder, taker: Taker
) -> None:
    """Nothing is wrong with the store: the others of its load are written nevertheless."""
    walk = [each for each in root.walk("ward 0") if isinstance(each, FoundFile)]

    taken = last(take_in.take_in([Rotten(walk[0]), *walk[1:3], Rotten(walk[3]), walk[4]], taker))

    assert ({Receipt.NEW: 3}, {Why.UNREADABLE: 2}) == (taken.receipts, taken.left)
    assert {f"archive/ward 0/{name}.dcm" for name in ("02", "04", "08")} == places(store)
    with store.films.path(_sha256_of(store, "02.dcm")).open("rb") as kept:
        assert b"film 2" == kept.read()


def _sha256_of(store: Store, name: str) -> str:
    with store.database.read() as connection:
        kept = films.before(connection, NOW + 1, at_most=1000, also_unread=True)
    return next(film.sha256 for film in kept if film.name == name)


def test_a_busy_store_is_asked_again(root: RootFolder, taker: Taker, monkeypatch: pytest.MonkeyPatch) -> None:
    receive, refusals = intake.receive, iter([True, True])

    def busy_at_first(*args: object, **kwargs: object) -> object:
        if next(refusals, False):
            raise StoreBusyError
        called: Callable[..., object] = receive
        return called(*args, **kwargs)

    monkeypatch.setattr(intake, "receive", busy_at_first)
    monkeypatch.setattr(take_in, "_PAUSE_S", 0)

    assert {Receipt.NEW: 35} == last(take_in.take_in(root.walk("ward 0"), taker)).receipts


def test_a_disk_without_room_is_said_before_anything_is_written(
    store: Store, root: RootFolder, taker: Taker
) -> None:
    object.__setattr__(store, "films", FilmFolder(store.films.root, reserve_bytes=2**60))

    with pytest.raises(StoreFullError):
        last(take_in.take_in(root.walk(""), taker))

    assert [] == list(store.films.stored())
