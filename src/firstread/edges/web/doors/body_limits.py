"""How large a request may be, and how long it may keep the server waiting: counted as it comes."""

import anyio
from starlette.datastructures import Headers
from starlette.types import Message, Receive

from firstread.edges.web.problems import Problem

__all__ = ["LimitedBody"]

_SLOWEST_BYTES_PER_S = 16 * 1024
# A form's has a boundary of 70 characters at most (RFC 2046, 5.1.1).
_LONGEST_TYPE = 256


class LimitedBody:
    """The way of a request's body to the app.

    Args:
        receive: Of the server.
        headers: Of the request.
        most_bytes: Largest body.
        patience_s: Seconds to wait for it, beyond what a slow line needs; what the app itself takes is not counted.
    """

    def __init__(self, receive: Receive, headers: Headers, *, most_bytes: int, patience_s: float) -> None:
        self._receive = receive
        self._announced = headers.get("content-length", "")
        self._type = headers.get("content-type", "")
        self._most_bytes = most_bytes
        self._patience_s = patience_s
        self._received = 0
        self._waited_s = 0.0
        self._is_whole = False
        self.breach: Problem | None = None
        """Why the request is refused, once it is: whatever the app made of it."""

    def require_small(self) -> None:
        """Refuse a body that announces itself as too large, before any of it is read.

        Raises:
            Problem: 413.
        """
        if self._announced.isdecimal() and int(self._announced[:20]) > self._most_bytes:
            self._refuse_large()

    def require_short_type(self) -> None:
        """Refuse a body whose type is long: to parse it would hold up everybody's requests.

        Raises:
            Problem: 400.
        """
        if len(self._type) > _LONGEST_TYPE:
            detail = f"The Content-Type header must have at most {_LONGEST_TYPE} characters."
            self._refuse(Problem(400, detail=detail, headers={"Connection": "close"}))

    async def receive(self) -> Message:
        """Return the next part of the body.

        Raises:
            Problem: 413 when there is too much, 408 when it comes too slowly.
        """
        if (
            self._is_whole
        ):  # what comes now is that the browser left: a stream of events waits for it for hours
            return await self._receive()
        message = await self._next()
        if message["type"] == "http.request":
            self._received += len(message.get("body", b""))
            self._is_whole = not message.get("more_body", False)
            if self._received > self._most_bytes:
                self._refuse_large()
        else:
            self._is_whole = True
        return message

    async def _next(self) -> Message:
        if self.breach is not None:
            raise self.breach
        allowed_s = self._patience_s + self._received / _SLOWEST_BYTES_PER_S - self._waited_s
        began = anyio.current_time()
        try:
            with anyio.fail_after(max(0.0, allowed_s)):
                return await self._receive()
        except TimeoutError:
            self._refuse(
                Problem(408, detail="The request must come faster.", headers={"Connection": "close"})
            )
            raise
        finally:
            self._waited_s += anyio.current_time() - began

    def _refuse_large(self) -> None:
        detail = f"A request here must have at most {self._most_bytes} bytes."
        self._refuse(Problem(413, detail=detail, headers={"Connection": "close"}))

    def _refuse(self, problem: Problem) -> None:
        self.breach = problem
        raise problem
