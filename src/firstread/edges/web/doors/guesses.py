"""How often passwords may be guessed: for one name, from one address, and for one name from one address."""

from firstread.edges.web.doors.rate_limit import Buckets

__all__ = ["Guesses"]


class Guesses:
    """Counts the tries to log in.

    Five at once from one address for one name, then one a minute. Nobody is locked out: somebody else's guesses at a
    name cost its owner, who comes from another address, at most the wait of a name that is guessed at from everywhere.
    """

    def __init__(self) -> None:
        self._of_both = Buckets(per_s=1 / 60, burst=5)
        self._of_address = Buckets(per_s=1 / 10, burst=30)
        self._of_name = Buckets(per_s=1 / 20, burst=50)

    def take(self, name: str, address: str, *, now: float) -> float:
        """Count a try and return 0; or return the seconds until one is allowed."""
        asked = self._asked(name, address)
        wait_s = max(bucket.wait_s(key, now=now) for bucket, key in asked)
        if wait_s == 0:
            for bucket, key in asked:
                bucket.take(key, now=now)
        return wait_s

    def was_right(self, name: str, address: str) -> None:
        """Forget the tries before the right one."""
        self._of_both.forget(_both(name, address))

    def _asked(self, name: str, address: str) -> tuple[tuple[Buckets, str], ...]:
        return (
            (self._of_both, _both(name, address)),
            (self._of_address, address),
            (self._of_name, name),
        )


def _both(name: str, address: str) -> str:
    return f"{address} {name}"
