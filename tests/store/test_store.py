"""A server makes its store; a worker joins it, and makes nothing."""

from pathlib import Path

import pytest

from firstread.config import Store as Settings
from firstread.errors import StoreError
from firstread.store.store import join_store, open_store
from firstread.store.store_mark import put_mark


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return the settings of a store that is not there yet."""
    return Settings(folder=str(tmp_path / "store"), reserve_bytes=0)


def test_a_worker_joins_what_a_server_made(settings: Settings) -> None:
    with open_store(settings) as made:
        put_mark(made.database, made.films)
        with join_store(settings) as joined:
            assert made.films.root == joined.films.root


def test_a_worker_makes_no_folder_for_films(settings: Settings, tmp_path: Path) -> None:
    """On a computer whose disk is not mounted it would be empty, and every film gone."""
    with pytest.raises(StoreError, match=r"the folder of films must be there; it is not\. Mount its disk"):
        join_store(settings)

    assert [] == list(tmp_path.iterdir())


def test_a_worker_refuses_a_folder_that_no_server_marked(settings: Settings) -> None:
    with open_store(settings), pytest.raises(StoreError, match="must bear the mark of this store"):
        join_store(settings)
