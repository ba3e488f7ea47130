"""Passwords: their hashes by argon2id, and what a password must be."""

import functools
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from firstread.store.bearer_secrets import draw

__all__ = ["hashed", "is_outdated", "matches", "why_unfit"]

_SHORTEST = 12
_LONGEST = 512
_TELLING = 4
_FEWEST = 5


def why_unfit(password: str, *, name: str) -> str | None:
    """Return why a password is not taken; None when it is. Length counts, and no mixture of signs (NIST SP 800-63B)."""
    if not _SHORTEST <= len(password) <= _LONGEST:
        return f"A password must have {_SHORTEST} to {_LONGEST} letters; received {len(password)}."
    holds_name = len(name) >= _TELLING and name.casefold() in password.casefold()
    if holds_name or len(set(password)) < _FEWEST:
        return "A password must not hold the name, and not be a few letters again and again."
    return None


def hashed(password: str) -> str:
    """Return the hash of a password with its salt and parameters, in the PHC string format."""
    return _hasher().hash(_normal(password))


def matches(password_hash: str | None, password: str) -> bool:
    """Tell whether a password is the one of a hash.

    Without a hash the answer is no after the same work, so that its time does not tell which names exist.
    """
    of_nobody = _of_nobody()  # made at the first question, whomever it is about
    try:
        _hasher().verify(password_hash or of_nobody, _normal(password[: _LONGEST + 1]))
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Tell whether a hash was made with other parameters than new ones are."""
    return _hasher().check_needs_rehash(password_hash)


@functools.cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()  # RFC 9106, section 4: the second recommended option


@functools.cache
def _of_nobody() -> str:
    return hashed(draw())


def _normal(password: str) -> bytes:
    # One password can be typed in several ways that look the same (NIST SP 800-63B, section 3.1.1.2).
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
