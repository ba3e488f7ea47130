"""Passwords are hashed by argon2id, and who has none is not told from who has."""

import time

import argon2
import pytest

from firstread.edges.web.doors import passwords

PASSWORD = "a long enough password"  # noqa: S105  # of nobody


def test_a_password_matches_its_hash_and_no_other(password_hash: str) -> None:
    assert passwords.matches(password_hash, PASSWORD)
    assert not passwords.matches(password_hash, PASSWORD + " ")
    assert not passwords.matches(password_hash, "")


def test_the_hash_is_of_argon2id_with_a_salt_of_its_own(password_hash: str) -> None:
    """m=65536 KiB, t=3, p=4: the second recommended option of RFC 9106, section 4."""
    assert password_hash.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert password_hash != passwords.hashed(PASSWORD)


def test_without_a_hash_nothing_matches() -> None:
    assert not passwords.matches(None, PASSWORD)
    assert not passwords.matches("", PASSWORD)
    assert not passwords.matches("no hash at all", PASSWORD)


def test_without_a_hash_the_same_work_is_done(password_hash: str) -> None:
    """Half is far from equal; a lookup without any hashing takes a thousandth."""

    def fastest(hash_: str | None) -> float:
        times = []
        for _ in range(3):
            began = time.perf_counter()
            passwords.matches(hash_, "a wrong password")
            times.append(time.perf_counter() - began)
        return min(times)

    passwords.matches(None, "the first question makes the hash of nobody")

    assert fastest(None) > 0.5 * fastest(password_hash)


def test_a_password_can_be_typed_in_any_way_that_looks_the_same() -> None:
    """A Mac types u with a mark, Windows types one letter."""
    assert passwords.matches(passwords.hashed("Ju\u0308rgens Rad"), "J\u00fcrgens Rad")


def test_a_hash_of_other_parameters_is_outdated(password_hash: str) -> None:
    weak = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)

    assert passwords.matches(weak, PASSWORD)
    assert (True, False) == (passwords.is_outdated(weak), passwords.is_outdated(password_hash))


@pytest.mark.parametrize("password", ["elevenlettr", "", "x" * 513, "aaaaaaaaaaaa", "my name is anna!"])
def test_some_passwords_are_not_taken(password: str) -> None:
    why = passwords.why_unfit(password, name="anna")

    assert why is not None
    assert not password or password not in why


def test_length_is_enough() -> None:
    assert passwords.why_unfit("twelve signs", name="anna") is None
    assert passwords.why_unfit("a banana a day", name="a") is None


def test_a_password_of_any_length_is_compared(password_hash: str) -> None:
    assert not passwords.matches(password_hash, PASSWORD + "x" * 1_000_000)
