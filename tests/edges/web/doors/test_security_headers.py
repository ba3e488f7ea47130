"""What a browser is told of every answer."""

import asyncio

import pytest
from starlette.datastructures import Headers
from starlette.types import Message

from firstread.edges.web.doors.security_headers import POLICY, Answer


def headers_of(status: int, *headers: tuple[bytes, bytes], is_static: bool = False) -> Headers:
    sent: list[Message] = []
    had_begun: list[bool] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def look() -> None:
        answer = Answer(send, is_static=is_static)
        had_begun.append(answer.has_begun)
        await answer.send({"type": "http.response.start", "status": status, "headers": list(headers)})
        had_begun.append(answer.has_begun)
        await answer.send({"type": "http.response.body", "body": b""})

    asyncio.run(look())
    assert [False, True] == had_begun
    assert 2 == len(sent)
    return Headers(raw=sent[0]["headers"])


def test_nothing_of_others_is_run_framed_or_sent_to() -> None:
    directives = dict(part.split(" ", 1) for part in POLICY.split("; "))

    assert "'none'" == directives["default-src"]
    assert {"'self'"} == {
        directives[name] for name in ("script-src", "style-src", "connect-src", "form-action")
    }
    assert {"'none'"} == {directives[name] for name in ("frame-ancestors", "base-uri")}
    assert "unsafe" not in POLICY


def test_an_app_does_not_weaken_what_a_browser_is_told() -> None:
    weak = headers_of(200, (b"content-security-policy", b"default-src *"), (b"x-content-type-options", b"no"))

    assert [POLICY] == weak.getlist("content-security-policy")
    assert ["nosniff"] == weak.getlist("x-content-type-options")


@pytest.mark.parametrize(
    ("status", "is_static", "said", "expected"),
    [
        (200, False, None, "no-store"),
        (200, False, b"private, max-age=60", "private, max-age=60"),
        (200, True, None, None),
        (404, True, None, "no-store"),
    ],
)
def test_the_browser_keeps_what_is_said_to_be_kept_alone(
    status: int, is_static: bool, said: bytes | None, expected: str | None
) -> None:
    own = () if said is None else ((b"cache-control", said),)

    assert expected == headers_of(status, *own, is_static=is_static).get("cache-control")
