"""How a worker steps back while films come thick and fast: they are taken in first, and scored afterwards."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

__all__ = ["MakingWay"]

# Films come thick and fast when one load follows the other so soon.
_SOON_S = 0.15
# After each film that is scored meanwhile: who sends films for an hour sees scores all along.
_PAUSE_S = 0.025


@dataclass
class MakingWay:
    """Hears of films that come, and waits for them a little.

    Args:
        clock: Seconds, ever growing.
    """

    clock: Callable[[], float] = time.monotonic
    _heard_at: float = field(default=float("-inf"), init=False)
    _until: float = field(default=float("-inf"), init=False)

    def hear(self) -> None:
        """Note that films come; from any thread."""
        now = self.clock()
        if now - self._heard_at < _SOON_S:
            self._until = now + _SOON_S
        self._heard_at = now

    def step_back(self, stop: threading.Event) -> None:
        """Wait a moment after a film was scored, if others come thick and fast and nobody wants to stop."""
        if self.clock() < self._until:
            stop.wait(_PAUSE_S)
