"""A worker begins only where a server's films are, and heeds the server that started it."""

import os
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from firstread.config import Config, Store
from firstread.edges.cli import worker_run
from firstread.edges.cli.worker_run import run
from firstread.errors import StoreError
from firstread.inference.bundle import Bundle


def test_a_worker_without_the_disk_of_the_films_does_not_begin(tmp_path: Path, tiny_bundle: Bundle) -> None:
    """It would find no film, and write that down for each of them."""
    settings = Config(store=Store(folder=str(tmp_path / "not-mounted")))

    with pytest.raises(StoreError, match=r"the folder of films must be there; it is not\."):
        run(settings, bundle=tiny_bundle.folder, until_input_closes=False)

    assert [] == list(tmp_path.iterdir())


def test_what_comes_in_asks_a_worker_to_make_way_and_the_end_of_it_to_stop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    out, into = os.pipe()
    heard: list[str] = []
    worker = SimpleNamespace(
        making_way=SimpleNamespace(hear=lambda: heard.append("films")), stop=lambda: heard.append("end")
    )
    with os.fdopen(out) as reading:
        monkeypatch.setattr("sys.stdin", reading)
        listening = threading.Thread(target=worker_run._heed_input, args=(worker,))
        listening.start()
        for n in (1, 2):
            os.write(into, b"\n")
            deadline = time.monotonic() + 10
            while len(heard) < n and time.monotonic() < deadline:
                time.sleep(0.01)
        os.close(into)
        listening.join(10)

    assert ["films", "films", "end"] == heard
