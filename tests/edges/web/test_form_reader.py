"""A form is read as browsers and programs write it, wherever its parts are cut."""

import asyncio
from collections.abc import Iterator

import numpy as np
import pytest

from firstread.edges.web.film_spool import Spool, SpoolMemory
from firstread.edges.web.form_reader import Form, FormReader
from firstread.edges.web.problems import Problem

KIND = "multipart/form-data; boundary=x"


@pytest.fixture(params=[0, 10_000], ids=["on the disk", "in memory"])
def spool(request: pytest.FixtureRequest) -> Iterator[Spool]:
    spool = Spool(SpoolMemory(request.param))
    yield spool
    spool.close()


def part(content: bytes, name: str = "films", filename: str | None = None, more: str = "") -> bytes:
    told = "" if filename is None else f'; filename="{filename}"'
    head = f'--x\r\n{more}Content-Disposition: form-data; name="{name}"{told}\r\n\r\n'
    return head.encode() + content + b"\r\n"


def read(spool: Spool, *body: bytes, kind: str = KIND, most_files: int = 3) -> Form:
    async def run() -> Form:
        reader = FormReader(kind, spool, most_files=most_files)
        for data in body:
            await reader.take(data)
        return reader.end()

    return asyncio.run(run())


BODY = b"".join(
    [
        part(b"one", "delivery"),
        part(b"\r\n--x\r\x00\xff" * 20, filename="ward 3/\u00e4.png", more="Content-Type: image/png\r\n"),
        part(b"", filename="empty"),
        part(b"two", "delivery"),
        part(b"last", "others", filename=""),
        b"--x--\r\n",
    ]
)


@pytest.mark.parametrize("seed", range(8))
def test_it_may_be_cut_anywhere(spool: Spool, seed: int) -> None:
    cuts = sorted(np.random.default_rng(seed).choice(len(BODY), 40 * seed, replace=False))
    pieces = [BODY[start:end] for start, end in zip([0, *cuts], [*cuts, len(BODY)], strict=True)]

    form = read(spool, *pieces)

    assert {"delivery": "two"} == form.fields
    assert [
        ("films", "ward 3/\u00e4.png", b"\r\n--x\r\x00\xff" * 20),
        ("films", "empty", b""),
        ("others", "", b"last"),
    ] == [(file.field, file.filename, file.read()) for file in form.files]


def test_files_are_read_bit_by_bit_and_again_and_in_any_order(spool: Spool) -> None:
    first, second = read(spool, part(b"abcdef", filename="a"), part(b"xyz", filename="b"), b"--x--").files

    assert (b"abcd", b"x", b"ef", b"", b"yz") == (
        first.read(4),
        second.read(1),
        first.read(4),
        first.read(4),
        second.read(),
    )
    first.seek(2)
    assert b"cdef" == first.read()
    assert 6 == first.seek(100)
    assert b"" == first.read(1)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b"{}"),
        ("", b""),
        ("multipart/form-data", BODY),
        ("multipart/form-data; boundary=", BODY),
        ("multipart/form-data; boundary=y", BODY),
        ("multipart/form-data; boundary=" + 100 * "x", BODY),
        (KIND, b"no form"),
        (KIND, b"--x\r\nContent-Disposition: form-data\r\n\r\nnameless\r\n--x--"),
        (KIND, BODY[:-20]),
        (KIND, b"".join(part(b"", f"field {i}") for i in range(5)) + b"--x--"),
        (KIND, b"--x\r\n" + b"".join(b"A%d: b\r\n" % i for i in range(100)) + b"\r\n"),
    ],
)
def test_what_is_no_such_form_is_refused(spool: Spool, kind: str, body: bytes) -> None:
    with pytest.raises(Problem) as refused:
        read(spool, body, kind=kind)

    assert 400 == refused.value.status


def test_too_many_files_are_refused_at_the_first_of_them(spool: Spool) -> None:
    with pytest.raises(Problem) as refused:
        read(spool, *[part(b"film", filename=f"{i}") for i in range(4)])

    assert (413, 12) == (refused.value.status, spool.n_bytes)


def test_a_name_that_is_no_utf_8_is_read_somehow(spool: Spool) -> None:
    body = part(b"film", filename="AE").replace(b"AE", b"\xc4\xff") + b"--x--"

    assert ["\u00c4\u00ff"] == [file.filename for file in read(spool, body).files]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("ward %22A%22/1.png", 'ward "A"/1.png'),
        ("one%0D%0Aline.png", "one\r\nline.png"),
        ("50 %/100%25 %41 %0d.png", "50 %/100%25 %41 %0d.png"),
    ],
)
def test_a_name_is_read_as_browsers_write_it(spool: Spool, written: str, name: str) -> None:
    """They escape three characters and no others (HTML, "Multipart form data")."""
    body = part(b"film", filename=written) + b"--x--"

    assert [name] == [file.filename for file in read(spool, body).files]


def test_a_field_takes_no_memory_to_speak_of(spool: Spool) -> None:
    form = read(
        spool, b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n', *[b"b" * 1000] * 100, b"\r\n--x--"
    )

    assert 1000 <= len(form.fields["a"]) <= 3000
