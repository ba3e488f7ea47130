"""The sections of the configuration that a server needs: where films are kept, and how they wait for the model."""

from dataclasses import dataclass

from firstread.config_sections import MIB, require

__all__ = ["Queue", "Store"]


@dataclass(frozen=True, slots=True)
class Store:
    """Where films and all that is known of them are kept.

    Args:
        folder: Holds the films and, unless a URL is given, the database; None means the folder that this system
            has for data of programs.
        url: `postgresql://USER@HOST/NAME` for several servers; None means one SQLite file in the folder.
        reserve_bytes: What has to stay free on the disk of the films; below it nothing is accepted.
    """

    folder: str | None = None
    url: str | None = None
    reserve_bytes: int = 512 * MIB

    def __post_init__(self) -> None:
        require(self.reserve_bytes >= 0, "store.reserve_bytes must not be negative", self.reserve_bytes)


@dataclass(frozen=True, slots=True)
class Queue:
    """How films wait for the model.

    Args:
        lease_s: Seconds after which a film in the hands of a worker that went silent is given to another.
        max_attempts: How often a film may end the worker that has it in hand before it is given up, visibly.
        poll_s: Seconds between two looks at an empty queue.
    """

    lease_s: float = 30.0
    max_attempts: int = 3
    poll_s: float = 0.2

    def __post_init__(self) -> None:
        require(1 <= self.lease_s <= 3600, "queue.lease_s must be in [1, 3600]", self.lease_s)
        require(self.max_attempts >= 1, "queue.max_attempts must be at least 1", self.max_attempts)
        require(0 < self.poll_s <= 60, "queue.poll_s must be in (0, 60]", self.poll_s)
