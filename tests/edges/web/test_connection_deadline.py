"""Who sends no request is let go; who sends one, slowly, and who is answered slowly, are not."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from firstread.edges.web.connection_deadline import DeadlineProtocol

PATIENCE_S = 0.5
Visit = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[bytes]]


class Impatient(DeadlineProtocol):
    patience_s = PATIENCE_S


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer "refused" at once, "streamed" late, and anything else when its body has come."""
    while scope["path"] != "/refused" and (await receive()).get("more_body", False):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await asyncio.sleep(3 * PATIENCE_S if scope["path"] == "/streamed" else 0)
    await send({"type": "http.response.body", "body": b"ok"})


def request(path: str = "/", n_bytes: int = 0) -> bytes:
    return f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {n_bytes}\r\n\r\n".encode()


def visited(visit: Visit) -> bytes:
    """Return what a visitor of a server got; one that is kept for longer than 30 s fails."""

    async def run() -> bytes:
        settings = uvicorn.Config(app, log_config=None, timeout_keep_alive=60)
        settings.load()
        state = ServerState()
        server = await asyncio.get_running_loop().create_server(
            lambda: Impatient(config=settings, server_state=state, app_state={}), "127.0.0.1", 0
        )
        async with server, asyncio.timeout(30):
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            try:
                return await visit(reader, writer)
            finally:
                writer.close()

    return asyncio.run(run())


async def drip(writer: asyncio.StreamWriter, data: bytes, *, size: int = 1, pause_s: float = 0.05) -> None:
    """Send slowly until all is sent, or nobody listens any more."""
    for start in range(0, len(data), size):
        if writer.is_closing():
            return
        writer.write(data[start : start + size])
        await asyncio.sleep(pause_s)


@pytest.mark.parametrize("sent", [b"", b"P", request()[:-1]])
def test_who_sends_no_whole_headers_is_let_go(sent: bytes) -> None:
    """A thousand of them are all the connections that a server may have."""

    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(sent)
        return await reader.read()

    assert b"" == visited(visit)


def test_headers_that_drip_are_not_waited_for() -> None:
    """Each byte comes in time; together they would keep a connection for minutes."""

    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        dripping = asyncio.create_task(drip(writer, request()))
        # What comes after the end is answered with a reset.
        with contextlib.suppress(ConnectionResetError):
            assert b"" == await reader.read()
        assert not dripping.done()
        return b""

    assert b"" == visited(visit)


def test_the_next_request_is_to_come_as_soon() -> None:
    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(request())
        await reader.readuntil(b"ok")
        writer.write(request()[:20])
        return await reader.read()

    assert b"" == visited(visit)


def test_who_was_refused_holds_no_connection_with_what_is_left_of_the_request() -> None:
    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(request("/refused", 1000))
        await reader.readuntil(b"ok")
        writer.write(b"x")
        return await reader.read()

    assert b"" == visited(visit)


def test_who_was_refused_while_sending_may_finish() -> None:
    """A sender who is cut off does not read why: that there is no room on the disk."""
    n_bytes = 40 * 4096

    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(request("/refused", n_bytes))
        await drip(writer, b"x" * n_bytes, size=4096)
        await reader.readuntil(b"ok")
        writer.write(request())
        return await reader.readuntil(b"ok")

    assert visited(visit).endswith(b"ok")


def test_a_body_may_take_longer() -> None:
    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(request(n_bytes=30))
        await drip(writer, b"x" * 30)
        return await reader.readuntil(b"ok")

    assert visited(visit).startswith(b"HTTP/1.1 200 ")


def test_an_answer_may_take_longer() -> None:
    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(request("/streamed"))
        return await reader.readuntil(b"ok")

    assert visited(visit).startswith(b"HTTP/1.1 200 ")
