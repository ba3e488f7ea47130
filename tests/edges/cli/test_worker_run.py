"""A worker begins only where a server's films are."""

from pathlib import Path

import pytest

from firstread.config import Config, Store
from firstread.edges.cli.worker_run import run
from firstread.errors import StoreError
from firstread.inference.bundle import Bundle


def test_a_worker_without_the_disk_of_the_films_does_not_begin(tmp_path: Path, tiny_bundle: Bundle) -> None:
    """It would find no film, and write that down for each of them."""
    settings = Config(store=Store(folder=str(tmp_path / "not-mounted")))

    with pytest.raises(StoreError, match=r"the folder of films must be there; it is not\."):
        run(settings, bundle=tiny_bundle.folder, until_input_closes=False)

    assert [] == list(tmp_path.iterdir())
