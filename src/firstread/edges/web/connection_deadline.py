"""A connection that is closed when no request comes on it: who is silent before any door holds no place."""

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.h11_impl import H11Protocol

__all__ = ["DeadlineProtocol"]

# What is left of a refused request, sent at least as fast, is waited for: its sender then reads why it was refused.
_SLOWEST_BYTES_PER_S = 16 * 1024


class DeadlineProtocol(H11Protocol):
    """Waits for the headers of a request no longer than some seconds.

    They count from the connection, or from the first byte after an answer, and stand still while a request is
    answered: its body has a limit of its own. Between requests uvicorn closes what is idle.
    """

    patience_s = 10.0
    """Seconds until the headers of a request must have come whole."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self._deadline: asyncio.TimerHandle | None = None
        self._received = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to wait for a request."""
        super().connection_made(cast(asyncio.Transport, transport))
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take what came, and wait on while it is no request yet."""
        self._received += len(data)
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._wait_no_longer()
        elif self._deadline is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        self._wait_no_longer()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._received = 0
        self._deadline = self.loop.call_later(self.patience_s, self._look)

    def _wait_no_longer(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _look(self) -> None:
        # Headers cannot be as long.
        if self._received >= _SLOWEST_BYTES_PER_S * self.patience_s:
            self._wait()
        else:
            # Not closed: that would wait for a client that does not read the last answer.
            self.transport.abort()
