"""A worker that scores nothing says why."""

from collections.abc import Callable

import pytest

from firstread.inference.bundle import Bundle
from firstread.reading import current_bundle
from firstread.reading.standstill import Standstill
from firstread.store.store import Store
from firstread.store.store_mark import mark_of

Arrive = Callable[..., list[int]]


@pytest.fixture
def standstill(store: Store, tiny_bundle: Bundle) -> Standstill:
    """Return that of a worker with the tiny bundle; films arrive for another one."""
    current = current_bundle.register(store, tiny_bundle, now=0.0)
    return Standstill(store, tiny_bundle, current.bundle_id, mark_of(store.database, store.films))


def test_a_worker_with_another_model_than_the_server_s_says_so_once_in_a_while(
    standstill: Standstill,
    tiny_bundle: Bundle,
    arrive: Arrive,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    arrive("a", "b")
    standstill.explain()
    standstill.explain()

    assert [
        f"No film waits for this worker's model (tiny, {tiny_bundle.sha256[:12]}); 2 wait for another one. "
        "Start the worker with the server's model (--bundle)."
    ] == caplog.messages

    monkeypatch.setattr("firstread.reading.standstill._EVERY_S", 0.0)
    standstill.explain()
    assert 2 == len(caplog.messages)


def test_a_folder_that_is_not_there_any_more_is_said(
    standstill: Standstill, caplog: pytest.LogCaptureFixture
) -> None:
    standstill.mark.file.unlink()

    standstill.explain()

    assert [
        f"No film is scored until {standstill.mark.folder} bears the mark of this store again. Mount its disk."
    ] == caplog.messages


def test_a_quiet_day_needs_no_words(standstill: Standstill, caplog: pytest.LogCaptureFixture) -> None:
    standstill.explain()

    assert [] == caplog.messages
