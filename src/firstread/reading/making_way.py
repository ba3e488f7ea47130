"""How a worker steps back while films come thick and fast: they are taken in first, and scored afterwards."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

__all__ = ["COMING", "OVER", "MakingWay"]

COMING, OVER = b"+", b"-"
"""What a worker is told: that a load of films comes, and that none is on its way any more."""

# Films come thick and fast when one load follows the other so soon.
_SOON_S = 0.3
# After each film that is scored meanwhile: who sends films for an hour sees scores all along.
_PAUSE_S = 0.02


@dataclass
class MakingWay:
    """Hears of films that come, and waits for them a little.

    Args:
        clock: Seconds, ever growing.
    """

    clock: Callable[[], float] = time.monotonic
    _heard_at: float = field(default=float("-inf"), init=False)
    _until: float = field(default=float("-inf"), init=False)

    def hear(self, told: bytes) -> None:
        """Note what was told, of which the last word counts; from any thread."""
        if told.endswith(OVER):
            self._until = float("-inf")
            return
        now = self.clock()
        if now - self._heard_at < _SOON_S:
            self._until = now + _SOON_S
        self._heard_at = now

    def step_back(self, stop: threading.Event) -> None:
        """Wait a moment after a film was scored, if others come thick and fast and nobody wants to stop."""
        if self.clock() < self._until:
            stop.wait(_PAUSE_S)
