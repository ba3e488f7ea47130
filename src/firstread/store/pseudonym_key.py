"""The secret from which pseudonyms of patients are made: one for each store, made once, and this user's alone."""

import contextlib
import os
import secrets
import tempfile
from pathlib import Path

from firstread.errors import StoreError
from firstread.store.store import Store

__all__ = ["KEY_FILE", "KEY_PART", "copy_key", "key_file"]

KEY_FILE = "pseudonym.key"
"""Lies in the folder of a store. Without it the same patient gets another pseudonym."""

KEY_PART = f".{KEY_FILE}.part"
"""Lies in the folder of a backup while the secret is copied."""

_BYTES = 32


def key_file(store: Store) -> Path:
    """Return the file that holds the secret; where there is none it is made.

    Raises:
        StoreError: If it cannot be read or made, or holds something else.
    """
    file = _place(store)
    try:
        _make(file)
        # Whoever can read it can find out whose pseudonym it is, by trying every patient ID there may be.
        file.chmod(0o600)
        n_bytes = file.stat().st_size
    except OSError as error:
        raise StoreError(
            f"{file}: the secret for pseudonyms must be this user's; {error.strerror}."
        ) from error
    if n_bytes != _BYTES:
        raise StoreError(
            f"{file}: the secret for pseudonyms must have {_BYTES} bytes; this file has {n_bytes}. "
            "Bring it back from a backup; or delete it, and patients get new pseudonyms."
        )
    return file


def copy_key(store: Store, folder: Path) -> None:
    """Copy the secret, where there is one, so that patients keep their pseudonyms; a copy there is replaced whole.

    Raises:
        OSError: If it cannot be copied.
    """
    if not _place(store).exists():
        return
    part = folder / KEY_PART
    try:
        # One that a killed process left may be open to others.
        part.unlink(missing_ok=True)
        with open(part, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as stream:
            stream.write(_place(store).read_bytes())
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(folder / KEY_FILE)
    finally:
        part.unlink(missing_ok=True)


def _place(store: Store) -> Path:
    return store.films.root.parent / KEY_FILE


def _make(file: Path) -> None:
    """Make the file where there is none, whole or not at all; of two processes that try, one does."""
    if file.exists():
        return
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{KEY_FILE}-")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(secrets.token_bytes(_BYTES))
            stream.flush()
            os.fsync(stream.fileno())
        with contextlib.suppress(FileExistsError):
            # A link, since renaming would replace what another process has made by now.
            file.hardlink_to(part)
    finally:
        part.unlink()
