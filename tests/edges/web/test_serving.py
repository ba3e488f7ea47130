"""What a server is before it answers."""

import asyncio
import socket
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest
import uvicorn

from firstread.config import Config, Store, Web
from firstread.edges.web.connection_deadline import DeadlineProtocol
from firstread.edges.web.room import Room
from firstread.edges.web.serving import serve
from firstread.inference.bundle import Bundle
from firstread.reading.worker_process import WorkerProcesses


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


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="Only Linux ends a connection by itself.")
def test_who_sends_no_request_or_takes_no_answer_is_let_go(
    tmp_path: Path, tiny_bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[object, int]] = []

    def look(server: uvicorn.Server, sockets: list[socket.socket]) -> None:
        (listener,) = sockets
        with socket.create_connection(listener.getsockname()), listener.accept()[0] as accepted:
            unread_ms = accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
            seen.append((server.config.http, unread_ms))

    monkeypatch.setattr("uvicorn.Server.run", look)
    config = Config(store=Store(folder=str(tmp_path)), web=Web(port=0))

    serve(config, tiny_bundle, bundle_folder=None, n_workers=0, ready=lambda _serving: None)

    assert [(DeadlineProtocol, 60_000)] == seen


@pytest.mark.parametrize("n", [2, 16])
def test_workers_make_way_for_films_where_there_are_few_processors(
    n: int, tmp_path: Path, tiny_bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    rooms: list[Room] = []
    told: list[WorkerProcesses] = []

    def note(workers: WorkerProcesses) -> AbstractContextManager[None]:
        told.append(workers)
        return nullcontext()

    def hear_films(_server: uvicorn.Server, sockets: list[socket.socket]) -> None:
        assert sockets
        with rooms[0].make_way():
            pass

    monkeypatch.setattr("firstread.edges.web.serving.processors", lambda: n)
    monkeypatch.setattr(WorkerProcesses, "make_way", note)
    monkeypatch.setattr("uvicorn.Server.run", hear_films)
    config = Config(store=Store(folder=str(tmp_path)), web=Web(port=0))

    serve(
        config,
        tiny_bundle,
        bundle_folder=None,
        n_workers=0,
        ready=lambda serving: rooms.append(serving.room),
    )

    assert (n == 2) == bool(told)
