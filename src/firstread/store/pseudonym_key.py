"""The secret from which pseudonyms of patients are made: one for each store, made once, and this user's alone."""

import os
import secrets
from pathlib import Path

from firstread.errors import StoreError
from firstread.store.store import Store

__all__ = ["KEY_FILE", "key_file"]

KEY_FILE = "pseudonym.key"
"""Lies in the folder of a store. Without it the same patient gets another pseudonym."""

_BYTES = 32


def key_file(store: Store) -> Path:
    """Return the file that holds the secret; where there is none it is made.

    Raises:
        StoreError: If it cannot be read or made, or holds something else.
    """
    file = store.films.root.parent / KEY_FILE
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


def _make(file: Path) -> None:
    """Make the file where there is none; of two processes that try, one does."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "wb") as stream:
        stream.write(secrets.token_bytes(_BYTES))
        stream.flush()
        os.fsync(stream.fileno())
