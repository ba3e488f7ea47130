"""A folder is taken in beside everything else; it can be followed, cancelled, and found again in the audit log."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from firstread.errors import StoreError
from firstread.reading import taking_in
from firstread.reading.root_folder import RootFolder
from firstread.reading.take_in import take_in
from firstread.reading.taking_in import Stage, TakeIn, TakingIn
from firstread.store import audit_log, films
from firstread.store.film_folder import FilmFolder
from firstread.store.store import Store
from firstread.terms import Receipt

NOW = 1_800_000_000.0


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    for i in range(100):
        file = tmp_path / "archive" / "DOE^JANE" / f"{i:03}.dcm"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(f"film {i}".encode())
    return tmp_path / "archive"


@pytest.fixture
def taking(store: Store, bundle_id: int, archive: Path) -> Iterator[TakingIn]:
    made = TakingIn(
        store,
        {"archive": RootFolder(archive)},
        bundle_id=bundle_id,
        most_bytes=1000,
        clock=lambda: NOW,
    )
    yield made
    made.close()


def ended(taking: TakingIn) -> TakeIn:
    end = time.monotonic() + 60
    while (newest := taking.newest) is None or not newest.stage.is_over:
        assert time.monotonic() < end
        time.sleep(0.01)
    return newest


def n_films(store: Store) -> int:
    with store.database.read() as connection:
        return films.count(connection)


def logged(store: Store) -> list[audit_log.AuditEvent]:
    with store.database.read() as connection:
        return [event for event in audit_log.events(connection) if event.action.startswith("folder.")]


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Let a take-in wait before its first load until this is set."""
    go_on = threading.Event()

    def waiting(*args: object, **kwargs: object) -> object:
        assert go_on.wait(60)
        called: Callable[..., object] = take_in
        return called(*args, **kwargs)

    monkeypatch.setattr(taking_in, "take_in", waiting)
    yield go_on
    go_on.set()


def test_a_folder_is_taken_in_by_itself(taking: TakingIn, store: Store) -> None:
    begun = taking.start("archive", "", sender="anna")

    assert begun is not None
    assert (Stage.COUNTING, "anna", NOW) == (begun.stage, begun.sender, begun.began_at)
    now = ended(taking)
    assert (Stage.DONE, 100, 100, None) == (now.stage, now.n_found, now.taken.n_files, now.problem)
    assert 100 == n_films(store)


def test_the_log_tells_who_and_how_many_and_no_path(taking: TakingIn, store: Store) -> None:
    """A folder may be called by a patient's name; its delivery leads from the log to its films."""
    begun = taking.start("archive", "DOE^JANE", sender="anna")
    ended(taking)
    taking.close()

    assert begun is not None
    first, last = logged(store)
    told = {"root": "archive", "delivery": begun.delivery}
    assert ("anna", "folder.take_in", told) == (first.actor, first.action, first.detail)
    assert ("anna", "folder.done", told | {"received": {"new": 100}, "left": {}}) == (
        last.actor,
        last.action,
        last.detail,
    )
    assert "DOE" not in repr(logged(store))


def test_one_folder_at_a_time(taking: TakingIn, held: threading.Event) -> None:
    assert taking.start("archive", "", sender="anna") is not None
    assert taking.start("archive", "", sender="ben") is None
    held.set()
    ended(taking)

    again = taking.start("archive", "", sender="ben")
    assert again is not None
    assert {Receipt.KNOWN: 100} == ended(taking).taken.receipts


def test_cancelled_it_ends_and_says_who_did(taking: TakingIn, store: Store, held: threading.Event) -> None:
    taking.start("archive", "", sender="anna")

    assert taking.cancel(actor="ben")
    assert not taking.cancel(actor="ben")
    held.set()
    assert Stage.CANCELLED is ended(taking).stage
    taking.close()
    assert not taking.cancel(actor="ben")
    assert [("anna", "folder.take_in"), ("ben", "folder.cancel"), ("anna", "folder.cancelled")] == [
        (event.actor, event.action) for event in logged(store)
    ]
    assert 0 == n_films(store)


@pytest.mark.usefixtures("held")
def test_what_is_taken_in_can_be_followed(taking: TakingIn) -> None:
    """Everything is counted before the first film is taken, so that a share can be told."""
    taking.start("archive", "", sender="anna")
    end = time.monotonic() + 60
    while (newest := taking.newest) is not None and newest.stage is Stage.COUNTING:
        assert time.monotonic() < end

    assert newest is not None
    assert (Stage.RUNNING, 100, 0) == (newest.stage, newest.n_found, newest.taken.n_files)


def test_closing_the_server_ends_it(taking: TakingIn, held: threading.Event) -> None:
    taking.start("archive", "", sender="anna")
    threading.Timer(0.05, held.set).start()
    taking.close()

    assert Stage.CANCELLED is ended(taking).stage


def test_without_room_it_fails_visibly(taking: TakingIn, store: Store) -> None:
    object.__setattr__(store, "films", FilmFolder(store.films.root, reserve_bytes=2**60))
    taking.start("archive", "", sender="anna")

    now = ended(taking)

    assert (Stage.FAILED, "There is no room left for more films; what came before is kept.") == (
        now.stage,
        now.problem,
    )


@pytest.mark.parametrize(
    ("error", "words"),
    [(StoreError("x"), "The store does not answer"), (RuntimeError("DOE"), "The server failed")],
)
def test_whatever_fails_is_told_without_a_name(
    taking: TakingIn,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    words: str,
) -> None:
    def fail(*_args: object, **_kwargs: object) -> object:
        raise error

    monkeypatch.setattr(taking_in, "take_in", fail)
    taking.start("archive", "", sender="anna")

    now = ended(taking)
    assert Stage.FAILED is now.stage
    assert words in (now.problem or "")
    assert "DOE" not in caplog.text


@pytest.mark.parametrize(
    ("root", "path", "error"),
    [
        ("elsewhere", "", KeyError),
        ("archive", "..", ValueError),
        ("archive", "absent", OSError),
        ("archive", "DOE^JANE/000.dcm", OSError),
    ],
)
def test_what_cannot_be_taken_in_is_refused_at_once(
    taking: TakingIn, store: Store, root: str, path: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        taking.start(root, path, sender="anna")

    assert taking.newest is None
    assert [] == logged(store)


def test_ten_thousand_files_leave_the_processor_to_others(
    taking: TakingIn, archive: Path, store: Store
) -> None:
    """Others go on meanwhile: no step of this test waits longer than a reader would notice."""
    many = archive / "many"
    many.mkdir()
    one = archive / "DOE^JANE" / "000.dcm"
    for i in range(10_000):
        os.link(one, many / f"{i}.dcm")
    longest, before = 0.0, time.monotonic()
    taking.start("archive", "many", sender="anna")
    while (newest := taking.newest) is not None and not newest.stage.is_over:
        with store.database.read() as connection:
            films.count(connection)
        longest, before = max(longest, time.monotonic() - before), time.monotonic()
        time.sleep(0.005)
        if newest.taken.n_files > 2000:
            taking.cancel(actor="anna")

    assert newest is not None
    assert newest.n_found == 10_000
    assert newest.taken.n_files > 2000
    assert longest < 2.0
