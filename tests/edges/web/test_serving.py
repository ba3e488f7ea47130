"""What a server is before it answers."""

import asyncio
import socket
from pathlib import Path

import pytest

from firstread.config import Config, Store, Web
from firstread.edges.web.serving import serve
from firstread.inference.bundle import Bundle

pytest.importorskip("uvicorn")


def test_small_answers_are_sent_at_once(
    tmp_path: Path, tiny_bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the second half of an answer waits for the client to acknowledge the first, which takes 40 ms."""
    immediate: list[int] = []

    async def visit(listener: socket.socket) -> None:
        async def note(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            accepted = writer.get_extra_info("socket")
            immediate.append(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        async with await asyncio.start_server(note, sock=listener):
            reader, writer = await asyncio.open_connection(*listener.getsockname())
            await reader.read()
            writer.close()

    monkeypatch.setattr("uvicorn.Server.run", lambda _server, sockets: asyncio.run(visit(*sockets)))
    config = Config(store=Store(folder=str(tmp_path)), web=Web(port=0))

    serve(config, tiny_bundle, bundle_folder=None, n_workers=0, ready=lambda _serving: None)

    assert [1] == immediate
