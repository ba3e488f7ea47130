"""What a browser is told of every answer: run and frame nothing of others, keep nothing, tell nobody."""

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Send

__all__ = ["POLICY", "Answer"]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    "worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_ALWAYS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Not "no-referrer": browsers then name no Origin with a form, which is all that tells over plain HTTP whose it is.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class Answer:
    """The way of an answer to the browser, which adds the headers and knows whether it has begun.

    Args:
        send: Of the server.
        is_static: The answer is one of the app's own files, which may be kept.
    """

    def __init__(self, send: Send, *, is_static: bool) -> None:
        self._send = send
        self._is_static = is_static
        self.has_begun = False

    async def send(self, message: Message) -> None:
        """Send a part of the answer."""
        if message["type"] == "http.response.start":
            self.has_begun = True
            headers = MutableHeaders(scope=message)
            headers.update(_ALWAYS)
            if not self._is_static or message["status"] >= 400:
                headers.setdefault("Cache-Control", "no-store")
        await self._send(message)
