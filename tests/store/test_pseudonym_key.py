"""The secret of a store is made once, and is its user's alone."""

import contextlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from firstread.config import Store as StoreSettings
from firstread.errors import StoreError
from firstread.store import backup
from firstread.store.pseudonym_key import KEY_FILE, copy_key, key_file
from firstread.store.store import Store, open_store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(StoreSettings(folder=str(tmp_path / "store")))


def test_it_is_made_once_and_lies_in_the_stores_folder(store: Store, tmp_path: Path) -> None:
    file = key_file(store)
    secret = file.read_bytes()

    assert tmp_path / "store" / KEY_FILE == file
    assert 32 == len(secret)
    assert secret == key_file(store).read_bytes()


def test_two_stores_have_two_secrets(store: Store, tmp_path: Path) -> None:
    with open_store(StoreSettings(folder=str(tmp_path / "other"))) as other:
        assert key_file(store).read_bytes() != key_file(other).read_bytes()


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps a user's folders from others by itself.")
def test_nobody_else_can_read_it_even_where_it_was_copied_carelessly(store: Store) -> None:
    key_file(store).chmod(0o644)

    assert 0o600 == key_file(store).stat().st_mode & 0o777


def test_of_many_that_ask_at_once_one_makes_it(store: Store) -> None:
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda: found.append(key_file(store).read_bytes())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 8 == len(found)
    assert {32} == {len(secret) for secret in found}
    assert 1 == len(set(found))


def test_something_else_in_its_place_is_refused(store: Store, tmp_path: Path) -> None:
    """An empty secret would make every pseudonym guessable."""
    (tmp_path / "store" / KEY_FILE).write_bytes(b"")

    with pytest.raises(
        StoreError, match=r"must have 32 bytes; this file has 0\. Bring it back from a backup"
    ):
        key_file(store)


def test_a_folder_in_its_place_is_refused(store: Store, tmp_path: Path) -> None:
    (tmp_path / "store" / KEY_FILE).mkdir()

    with pytest.raises(StoreError, match="the secret for pseudonyms must"):
        key_file(store)


def test_a_backup_keeps_it_so_that_patients_keep_their_pseudonyms(store: Store, tmp_path: Path) -> None:
    """Before there is one, and into a backup that was there without it."""
    backup.back_up(store, tmp_path / "backup")
    assert not (tmp_path / "backup" / KEY_FILE).exists()
    secret = key_file(store).read_bytes()

    backup.back_up(store, tmp_path / "backup")
    backup.back_up(store, tmp_path / "backup")

    with open_store(StoreSettings(folder=str(tmp_path / "backup"))) as restored:
        assert secret == key_file(restored).read_bytes()
    assert 0o600 == (tmp_path / "backup" / KEY_FILE).stat().st_mode & 0o777


@contextlib.contextmanager
def disk_full() -> Iterator[None]:
    """Let files take not one byte more, as on a full disk."""
    resource = pytest.importorskip("resource", reason="Windows cannot limit files.")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_copy_that_breaks_off_leaves_the_one_before_as_it_was(store: Store, tmp_path: Path) -> None:
    """Without the secret that it had, patients of the backup would get other pseudonyms."""
    secret = key_file(store).read_bytes()
    (tmp_path / "backup").mkdir()
    copy_key(store, tmp_path / "backup")

    with disk_full(), pytest.raises(OSError, match="File too large"):
        copy_key(store, tmp_path / "backup")

    assert secret == (tmp_path / "backup" / KEY_FILE).read_bytes()
    assert [KEY_FILE] == [entry.name for entry in (tmp_path / "backup").iterdir()]
