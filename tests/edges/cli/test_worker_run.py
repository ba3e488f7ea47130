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
from firstread.reading.making_way import COMING, OVER


def test_a_worker_without_the_disk_of_the_films_does_not_begin(tmp_path: Path, tiny_bundle: Bundle) -> None:
    """It would find no film, and write that down for each of them."""
    settings = Config(store=Store(folder=str(tmp_path / "not-mounted")))

    with pytest.raises(StoreError, match=r"the folder of films must be there; it is not\."):
        run(settings, bundle=tiny_bundle.folder, until_input_closes=False)

    assert [] == list(tmp_path.iterdir())


def test_a_worker_hears_what_comes_in_and_stops_with_the_end_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    out, into = os.pipe()
    heard: list[bytes] = []
    worker = SimpleNamespace(
        making_way=SimpleNamespace(hear=heard.append), stop=lambda: heard.append(b"the end")
    )
    with os.fdopen(out) as reading:
        monkeypatch.setattr("sys.stdin", reading)
        listening = threading.Thread(target=worker_run._heed_input, args=(worker,))
        listening.start()
        for n, told in enumerate((COMING, OVER), start=1):
            os.write(into, told)
            deadline = time.monotonic() + 10
            while len(heard) < n and time.monotonic() < deadline:
                time.sleep(0.01)
        os.close(into)
        listening.join(10)

    assert [COMING, OVER, b"the end"] == heard
