"""Secrets cannot be guessed, and what is stored of them does not open anything."""

import hashlib

from firstread.store import bearer_secrets


def test_a_secret_has_256_bits_and_needs_no_escaping() -> None:
    drawn = {bearer_secrets.draw() for _ in range(100)}

    assert 100 == len(drawn)
    assert all(len(secret) == 43 and secret.replace("-", "").replace("_", "").isalnum() for secret in drawn)


def test_what_is_stored_is_its_sha_256() -> None:
    assert hashlib.sha256(b"secret").hexdigest() == bearer_secrets.fingerprint("secret")


def test_a_secret_that_is_no_unicode_has_a_fingerprint_as_well() -> None:
    """Whatever comes in a header is asked for; it must not end in an error of its own."""
    assert 64 == len(bearer_secrets.fingerprint("\udcff"))
