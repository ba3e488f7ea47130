"""Secrets that open a door to whoever holds them: drawn at random, and only their hash is kept."""

import hashlib
import secrets

__all__ = ["draw", "fingerprint"]


def draw() -> str:
    """Return 256 random bits as 43 letters that need no escaping in a URL, a cookie or a header."""
    return secrets.token_urlsafe(32)


def fingerprint(secret: str) -> str:
    """Return what is stored of a secret.

    One round of SHA-256 is enough where there is nothing to guess. It also hides how much of a wrong secret was
    right: the database compares hashes, and nobody can choose how the hash of a guess begins.
    """
    # Whatever a client sends is text, also where it is not Unicode.
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
