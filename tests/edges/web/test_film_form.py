"""A form comes whole, or there is no room for it; the disk never gets full of it."""

import asyncio
import errno
import os
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import Request
from starlette.requests import ClientDisconnect

from firstread.config import Config, Web
from firstread.edges.web import film_form
from firstread.edges.web.film_spool import SpoolMemory
from firstread.errors import StoreFullError
from firstread.store.film_folder import FilmFolder

MIB = 2**20
HEAD = (
    b'--x\r\nContent-Disposition: form-data; name="delivery"\r\n\r\none\r\n'
    b'--x\r\nContent-Disposition: form-data; name="films"; filename="a.png"\r\n\r\n'
)
TAIL = b"\r\n--x--\r\n"


def request_of(*parts: bytes, announced: int | None, is_cut_off: bool = False) -> Request:
    """Return a form with one file that comes in parts; its client may go away before the end."""
    headers = [(b"content-type", b"multipart/form-data; boundary=x")]
    if announced is not None:
        headers.append((b"content-length", b"%d" % announced))
    body = [HEAD, *parts, *([] if is_cut_off else [TAIL])]

    async def receive() -> dict[str, Any]:
        if not body:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": body.pop(0), "more_body": is_cut_off or len(body) > 0}

    return Request({"type": "http", "method": "POST", "headers": headers, "app": None}, receive)


def sent(
    request: Request, films: FilmFolder, *, on_disk: bool = True, memory: SpoolMemory | None = None
) -> bytes:
    config = Config(web=Web(max_request_bytes=64 * MIB, max_films_per_request=1))
    room: Any = SimpleNamespace(
        config=config,
        store=SimpleNamespace(films=films),
        spool_memory=memory or SpoolMemory(0 if on_disk else MIB),
    )

    async def read() -> bytes:
        async with film_form.read(request, room) as form:
            return bytes(form.files[0].content.read(-1))

    return asyncio.run(read())


@pytest.fixture
def films(tmp_path: Path) -> FilmFolder:
    return FilmFolder(tmp_path / "films", reserve_bytes=10 * MIB)


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return what is free on the disk each time somebody asks, in MiB; the last of it is said again."""
    said: list[int] = []

    def usage(_folder: Path) -> SimpleNamespace:
        return SimpleNamespace(free=MIB * (said.pop(0) if len(said) > 1 else said[0]))

    monkeypatch.setattr("shutil.disk_usage", usage)
    return said


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let TMPDIR lie on another disk."""
    monkeypatch.setattr(tempfile, "tempdir", "/dev/shm" if Path("/dev/shm").is_dir() else None)  # noqa: S108
    if tempfile.tempdir is None:
        pytest.skip("This computer has no other disk (/dev/shm).")


@pytest.mark.parametrize("on_disk", [True, False])
def test_a_form_comes_with_its_files(films: FilmFolder, free: list[int], on_disk: bool) -> None:
    free.append(1000)

    assert b"film" * MIB == sent(request_of(b"film" * MIB, announced=4 * MIB), films, on_disk=on_disk)


@pytest.mark.parametrize("n_parts", [1, 9])
def test_who_goes_away_while_a_form_comes_leaves_all_memory_to_others(
    films: FilmFolder, free: list[int], n_parts: int
) -> None:
    """As much as fits into it, and more, which lies on the disk by then."""
    free.append(1000)
    memory = SpoolMemory(8 * MIB)

    with pytest.raises(ClientDisconnect):
        sent(request_of(*[bytes(MIB)] * n_parts, announced=99, is_cut_off=True), films, memory=memory)

    assert memory.take(8 * MIB)


@pytest.mark.parametrize(("n_free", "fits"), [(49, False), (50, True)])
def test_a_request_needs_its_size_twice_on_one_disk(
    films: FilmFolder, free: list[int], n_free: int, fits: bool
) -> None:
    """It waits in TMPDIR, and is stored from there."""
    free.append(n_free)

    if fits:
        assert b"film" == sent(request_of(b"film", announced=20 * MIB), films)
    else:
        with pytest.raises(StoreFullError, match="49 MiB are, and 40 MiB came"):
            sent(request_of(b"film", announced=20 * MIB), films)


@pytest.mark.usefixtures("elsewhere")
def test_a_request_needs_its_size_once_where_it_waits_on_another_disk(
    films: FilmFolder, free: list[int]
) -> None:
    free.append(30)

    assert b"film" == sent(request_of(b"film", announced=20 * MIB), films)


def test_a_request_that_does_not_say_its_size_may_be_the_largest(films: FilmFolder, free: list[int]) -> None:
    free.append(100)

    with pytest.raises(StoreFullError, match="100 MiB are, and 128 MiB came"):
        sent(request_of(b"film", announced=None), films)


def test_room_is_asked_for_while_a_request_comes(films: FilmFolder, free: list[int]) -> None:
    """Of many that come at once, each found room when it began."""
    free.extend([60, 12, 11, 10])

    with pytest.raises(StoreFullError, match="10 MiB are, and 1 MiB came"):
        sent(request_of(*[bytes(MIB)] * 9, announced=10 * MIB), films)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_tmpdir_is_no_room(
    films: FilmFolder, free: list[int], monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    free.append(1000)

    def full(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(tempfile.SpooledTemporaryFile, "rollover", full)
    with pytest.raises(StoreFullError, match="TMPDIR must have room"):
        sent(request_of(b"film", announced=4), films)
