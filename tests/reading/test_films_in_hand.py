"""A worker keeps the films that it has in hand, and those alone."""

import time
from collections.abc import Callable

import pytest

from firstread.config import Queue
from firstread.errors import StoreError
from firstread.reading.films_in_hand import FilmsInHand
from firstread.store import shared_clock
from firstread.store.database import Database, Transaction

Arrive = Callable[..., list[int]]
SETTINGS = Queue(lease_s=1.0)


@pytest.fixture
def make(database: Database, bundle_id: int) -> Callable[[str], FilmsInHand]:
    """Return a maker of what workers have in hand."""

    def made(owner: str) -> FilmsInHand:
        return FilmsInHand(database, SETTINGS, bundle_id, owner, shared_clock.now)

    return made


def test_a_film_that_takes_longer_than_a_lease_stays_with_its_worker(
    arrive: Arrive, make: Callable[[str], FilmsInHand]
) -> None:
    arrive("a")
    slow = make("slow")
    assert 1 == len(slow.take_fresh())

    with slow.kept():
        time.sleep(1.5)
        assert None is make("heir").take_suspect()


def test_a_worker_keeps_its_films_after_something_that_nobody_expected(
    arrive: Arrive, make: Callable[[str], FilmsInHand], caplog: pytest.LogCaptureFixture
) -> None:
    """The thread that extends leases would end, and the worker would go on with films that others have by then."""
    arrive("a")
    slow = make("slow")
    assert 1 == len(slow.take_fresh())
    calls: list[int] = []

    def fails_at_first(connection: Transaction) -> float:
        calls.append(1)
        if len(calls) == 1:
            raise ZeroDivisionError("DOE^JANE")
        return shared_clock.now(connection)

    slow.clock = fails_at_first
    with slow.kept():
        time.sleep(1.5)
        assert None is make("heir").take_suspect()
    assert ["leases were not extended: ZeroDivisionError"] == caplog.messages


def test_a_film_that_was_let_go_is_for_others_when_its_lease_ran_out(
    arrive: Arrive, make: Callable[[str], FilmsInHand]
) -> None:
    arrive("a")
    first = make("first")
    leases = first.take_fresh()

    with first.kept():
        first.let_go(leases)
        assert None is make("heir").take_suspect()
        time.sleep(1.2)
        assert None is not make("heir").take_suspect()


def test_a_film_whose_lease_was_written_but_never_heard_of_is_for_others(
    arrive: Arrive, make: Callable[[str], FilmsInHand], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database answered as the line broke: extending all that is this worker's would keep the film for ever."""
    arrive("a")
    unheard = make("unheard")
    claim = unheard.database.claim

    class Broken:
        def __init__(self) -> None:
            self._inner = claim()

        def __enter__(self) -> object:
            return self._inner.__enter__()

        def __exit__(self, *_error: object) -> None:
            self._inner.__exit__(None, None, None)
            raise StoreError("The database must answer; the line broke.")

    with monkeypatch.context() as patch:
        patch.setattr(unheard.database, "claim", Broken)
        with pytest.raises(StoreError, match="the line broke"):
            unheard.take_fresh()

    with unheard.kept():
        time.sleep(1.2)
        assert None is not make("heir").take_suspect()


@pytest.mark.parametrize("fast_s", [3600.0, -3600.0])
def test_workers_whose_clocks_differ_leave_each_other_s_films(
    arrive: Arrive, make: Callable[[str], FilmsInHand], monkeypatch: pytest.MonkeyPatch, fast_s: float
) -> None:
    """Each would take the other's healthy films for those of a lost worker, until they were given up."""
    arrive("a")
    assert 1 == len(make("one").take_fresh())

    if not make("two").database.is_sqlite:  # which is on one computer, with one clock
        true = time.time
        monkeypatch.setattr(time, "time", lambda: true() + fast_s)

    assert None is make("two").take_suspect()
