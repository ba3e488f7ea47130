"""What is asked of every request, and added to every answer."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.responses import StreamingResponse
from starlette.types import Message, Receive

from firstread.config import Doors, Web
from firstread.edges.web.doors.launch import Launch
from firstread.edges.web.doors.opening import set_doors
from firstread.edges.web.doors.security_headers import POLICY
from firstread.store.store import Store

CANARY = "DOE^JANE"
LAUNCH = Launch("the token", "the cookie")
LOCAL = Doors(local_accounts=True)
Browse = Callable[..., Any]
AddToken = Callable[..., str]


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


@pytest.fixture
def inside(browse: Browse) -> Any:
    """Return a browser that came in by the printed address."""
    browser = browse(launch=LAUNCH)
    browser.get("/?launch=the token")
    return browser


# Who may see what.


@pytest.mark.parametrize("path", ["/api/v1/health", "/static/page.css", "/login"])
def test_some_paths_are_for_everybody(browse: Browse, path: str) -> None:
    assert 200 == browse().get(path).status_code


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/worklist",
        "/api/v1/session",
        "/api/v1/health/x",
        "/api/v1/none",
        "/api/",
        "/api/v1/fails/badly",
    ],
)
def test_the_api_is_for_nobody_unknown(browse: Browse, path: str) -> None:
    """Also what does not exist: an answer of 404 would tell what does."""
    answer = browse(launch=LAUNCH).get(path)

    assert (401, "Bearer") == (answer.status_code, answer.headers["WWW-Authenticate"])
    assert "application/problem+json" == answer.headers["Content-Type"]
    assert {"type", "title", "status", "detail"} == set(answer.json())


@pytest.mark.parametrize("path", ["/", "/docs", "/openapi.json", "/loginx", "/static", "//static/", "/oidc"])
def test_a_page_leads_who_is_unknown_to_the_door(browse: Browse, path: str) -> None:
    answer = browse(launch=LAUNCH).get(path)

    assert (303, "/login") == (answer.status_code, answer.headers["Location"])


def test_what_lies_beyond_the_static_files_is_not_reached_through_them(browse: Browse) -> None:
    for path in ("/static/../api/v1/worklist", "/static/%2e%2e/api/v1/worklist"):
        assert browse().get(path).status_code in (401, 404)


def test_the_printed_address_opens_and_the_token_leaves_it(browse: Browse) -> None:
    browser = browse(launch=LAUNCH)
    answer = browser.get("/?launch=the token")

    assert (303, "/") == (answer.status_code, answer.headers["Location"])
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("firstread-launch-8321=")
    assert {"HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
    assert "the token" not in cookie
    assert {"name": "this computer", "role": "admin", "door": "launch"} == browser.get(
        "/api/v1/session"
    ).json()


@pytest.mark.parametrize("token", ["", "the toke", "the token ", "THE TOKEN", "%ff", "the cookie"])
def test_another_token_opens_nothing(browse: Browse, token: str) -> None:
    browser = browse(launch=LAUNCH)
    answer = browser.get(f"/?launch={token}")

    assert (303, "/login") == (answer.status_code, answer.headers["Location"])
    assert "Set-Cookie" not in answer.headers
    assert 401 == browser.get("/api/v1/session").status_code


def test_the_token_is_no_cookie_and_an_old_cookie_is_none(browse: Browse) -> None:
    for value in ("the token", "of the start before", ""):
        browser = browse(launch=LAUNCH, headers={"Cookie": f"firstread-launch-8321={value}"})
        assert 401 == browser.get("/api/v1/session").status_code


def test_without_a_launch_no_token_opens(browse: Browse) -> None:
    assert "/login" == browse().get("/?launch=None").headers["Location"]


@pytest.mark.usefixtures("database_url")
def test_launches_and_wrong_tokens_are_audited_without_the_token(
    browse: Browse, audited: Callable[[], Any]
) -> None:
    browser = browse(launch=LAUNCH)
    browser.get("/?launch=the token")
    browser.get("/?launch=another token")

    events = audited()
    assert [("this computer", "login"), ("nobody", "login.failed")] == [(e.actor, e.action) for e in events]
    assert "the token" not in repr(events)
    assert "another token" not in repr(events)


# DNS rebinding.


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8321", 200),
        ("localhost:8321", 200),
        ("[::1]:8321", 200),
        ("LOCALHOST", 200),
        ("evil.example:8321", 421),
        ("127.0.0.1.evil.example", 421),
        ("localhost.evil.example", 421),
        ("evil.example@127.0.0.1", 421),
        ("192.168.1.20", 421),
        ("", 421),
    ],
)
def test_only_a_request_that_names_this_computer_is_answered(inside: Any, host: str, status: int) -> None:
    answer = inside.get("/api/v1/session", headers={"Host": host})

    assert status == answer.status_code


# Requests of other sites.


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://127.0.0.1:8321"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({}, 403),
    ],
)
def test_what_changes_something_comes_from_our_page(
    inside: Any, headers: dict[str, str], status: int
) -> None:
    assert status == inside.request("POST", "/api/v1/films", headers=headers).status_code
    assert status == inside.request("DELETE", "/api/v1/films/x", headers=headers).status_code


def test_a_login_is_not_made_by_another_site(browse: Browse) -> None:
    """It would log the reader in as somebody else, and readings would go there."""
    answer = browse(LOCAL).request("POST", "/login", headers={"Sec-Fetch-Site": "cross-site"})

    assert 403 == answer.status_code


def test_a_program_with_a_token_needs_no_such_header(browse: Browse, add_token: AddToken) -> None:
    headers = bearer(add_token("gateway", "films:write"))

    answer = browse().request("POST", "/api/v1/films", headers=headers, content=b"film")
    assert {"bytes": 4, "sender": "gateway"} == answer.json()


def test_a_wrong_token_is_not_made_good_by_a_cookie(inside: Any) -> None:
    """Nor does it let a request of another site past the check: the cookie does not count beside it."""
    answer = inside.request("POST", "/api/v1/films", headers=bearer("firstread_x"))

    assert 401 == answer.status_code


# Headers.


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/static/page.css", 200),
        ("/api/v1/none", 404),
        ("/api/v1/fails/badly", 500),
        ("/api/v1/fails/busy", 503),
    ],
)
def test_every_answer_has_the_headers(inside: Any, path: str, status: int) -> None:
    answer = inside.get(path)

    assert status == answer.status_code
    assert POLICY == answer.headers["Content-Security-Policy"]
    assert "nosniff" == answer.headers["X-Content-Type-Options"]
    assert "same-origin" == answer.headers["Referrer-Policy"]
    assert "same-origin" == answer.headers["Cross-Origin-Opener-Policy"]
    assert "same-origin" == answer.headers["Cross-Origin-Resource-Policy"]
    assert ("no-store" == answer.headers.get("Cache-Control")) == (path != "/static/page.css")


def test_answers_of_the_doors_themselves_have_the_headers(browse: Browse) -> None:
    browser = browse()
    for answer in (
        browser.get("/api/v1/worklist"),
        browser.get("/"),
        browser.get("/login"),
        browser.get("/login", headers={"Host": "evil.example"}),
        browser.request("POST", "/login"),
        browser.post("/login", content=b"x" * 20_000),
    ):
        assert POLICY == answer.headers["Content-Security-Policy"]
        assert "no-store" == answer.headers["Cache-Control"]


# Errors tell nothing.


@pytest.mark.parametrize(("how", "status"), [("badly", 500), ("busy", 503), ("full", 507), ("image", 422)])
def test_no_patient_is_named_in_an_error_or_in_the_log(
    inside: Any, how: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = inside.get(f"/api/v1/fails/{how}?q={CANARY}")

    assert status == answer.status_code
    assert CANARY not in answer.text + str(answer.headers)
    # The caller's own log (httpx) holds the address that it asked for.
    ours = [record for record in caplog.records if not record.name.startswith("http")]
    assert CANARY not in "".join(f"{record.getMessage()}{record.exc_info}" for record in ours)


def test_the_log_says_where_it_failed(inside: Any, caplog: pytest.LogCaptureFixture) -> None:
    inside.get("/api/v1/fails/badly")

    assert "Answered 500: ValueError at conftest.py:" in caplog.text


def test_what_does_not_fit_is_not_said_back(inside: Any) -> None:
    answer = inside.post("/api/v1/said", json={"finding": CANARY, CANARY: 1})

    assert 422 == answer.status_code
    assert "body.finding: Input should be a valid integer" in answer.json()["detail"]
    assert "DOE" not in answer.text


# How much and how often.


def test_a_body_that_announces_too_much_is_refused_before_it_is_read(inside: Any) -> None:
    answer = inside.post("/api/v1/said", content=b" " * (1024 * 1024 + 1))

    assert (413, "close") == (answer.status_code, answer.headers["Connection"])


def test_a_type_that_is_long_is_refused_before_it_is_parsed(browse: Browse) -> None:
    """Of 60 KB, parsing takes a tenth of a second, in which nobody is answered; and nobody need be known for it."""
    headers = {"Content-Type": f"multipart/form-data; boundary=x{';' * 60_000}"}

    answer = browse(LOCAL).post("/login", content=b"--x--", headers=headers)

    assert 400 == answer.status_code
    assert "The Content-Type header must have at most 256 characters." == answer.json()["detail"]


def test_a_body_is_counted_as_it_comes(browse: Browse, add_token: AddToken) -> None:
    """A chunked body announces nothing."""
    browser = browse(web=Web(max_request_bytes=1024 * 1024))
    headers = bearer(add_token("gateway", "films:write"))

    async def chunks(n: int) -> Any:
        for _ in range(n):
            yield b"x" * 65_536

    enough = browser.request("POST", "/api/v1/films", headers=headers, content=chunks(16))
    too_much = browser.request("POST", "/api/v1/films", headers=headers, content=chunks(17))

    assert (200, 413) == (enough.status_code, too_much.status_code)
    assert "at most 1048576 bytes" in too_much.json()["detail"]


def test_what_the_app_makes_of_half_a_body_is_not_answered(inside: Any) -> None:
    """FastAPI would call it a body that cannot be parsed."""

    async def chunks() -> Any:
        for _ in range(17):
            yield b" " * 65_536

    headers = {"Content-Type": "application/json"}
    assert 413 == inside.post("/api/v1/said", content=chunks(), headers=headers).status_code


def test_a_body_that_does_not_come_is_not_waited_for(browse: Browse, add_token: AddToken) -> None:
    browser = browse(web=Web(body_timeout_s=0.05))
    headers = bearer(add_token("gateway", "films:write"))

    async def stalls() -> Any:
        yield b"x"
        await asyncio.sleep(30)
        yield b"x"

    answer = browser.request("POST", "/api/v1/films", headers=headers, content=stalls())

    assert (408, "close") == (answer.status_code, answer.headers["Connection"])
    assert POLICY == answer.headers["Content-Security-Policy"]


def test_who_asks_too_often_is_told_when_to_come_back(browse: Browse) -> None:
    browser = browse(launch=LAUNCH, web=Web(requests_per_s=0.01, burst=3))
    answers = [browser.get("/api/v1/health") for _ in range(4)]

    assert [200, 200, 200, 429] == [answer.status_code for answer in answers]
    assert 95 <= int(answers[-1].headers["Retry-After"]) <= 100


def test_callers_are_counted_apart(browse: Browse, add_token: AddToken) -> None:
    one = browse(web=Web(requests_per_s=0.01, burst=2))
    other = browse(app=one.app, peer="127.0.0.2")
    program = {name: bearer(add_token(name, "films:read")) for name in ("a", "b")}

    assert [200, 200, 429] == [one.get("/api/v1/health").status_code for _ in range(3)]
    assert 200 == other.get("/api/v1/health").status_code
    assert [200, 200, 429, 200] == [
        one.get("/api/v1/worklist", headers=program[name]).status_code for name in "aaab"
    ]


def test_wrong_tokens_are_counted_by_address(browse: Browse) -> None:
    browser = browse(web=Web(requests_per_s=0.01, burst=2))
    answers = [browser.get("/api/v1/worklist", headers=bearer(f"x{n}")) for n in range(3)]

    assert [401, 401, 429] == [answer.status_code for answer in answers]


# Protocols.


def behind_doors(store: Store) -> FastAPI:
    app = FastAPI()
    go_on = asyncio.Event()
    app.state.go_on = go_on

    @app.get("/api/v1/health")
    async def stream() -> StreamingResponse:
        async def events() -> Any:
            yield b"one"
            await go_on.wait()
            yield b"two"

        return StreamingResponse(events())

    @app.get("/static/breaks")
    async def breaks() -> StreamingResponse:
        async def events() -> Any:
            yield b"one"
            raise ValueError(CANARY)

        return StreamingResponse(events())

    set_doors(app, store, web=Web(), doors=Doors(), launch=LAUNCH)
    return app


def scope_of(path: str, kind: str = "http") -> dict[str, Any]:
    return {
        "type": kind,
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"host", b"localhost")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8321),
        "scheme": "http",
        "http_version": "1.1",
        "root_path": "",
    }


def no_body() -> Receive:
    """Return the receive of a request without a body, whose browser stays."""
    received = asyncio.Event()

    async def receive() -> Message:
        if received.is_set():
            await asyncio.Event().wait()
        received.set()
        return {"type": "http.request", "body": b"", "more_body": False}

    return receive


def test_a_stream_passes_as_it_comes(store: Store) -> None:
    async def look() -> None:
        app = behind_doors(store)
        seen: asyncio.Queue[Message] = asyncio.Queue()
        asked = asyncio.create_task(app(scope_of("/api/v1/health"), no_body(), seen.put))
        assert "http.response.start" == (await asyncio.wait_for(seen.get(), 10))["type"]
        assert b"one" == (await asyncio.wait_for(seen.get(), 10))["body"]
        assert not asked.done()
        app.state.go_on.set()
        assert b"two" == (await asyncio.wait_for(seen.get(), 10))["body"]
        await asyncio.wait_for(asked, 10)

    asyncio.run(look())


def test_an_answer_that_breaks_off_says_so_without_a_name(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    async def look() -> BaseException | None:
        async def send(_message: Message) -> None: ...

        try:
            await behind_doors(store)(scope_of("/static/breaks"), no_body(), send)
        except RuntimeError as error:
            return error
        return None

    error = asyncio.run(look())

    assert "An answer broke off." == str(error)
    assert error is not None
    assert error.__suppress_context__  # what a server logs of it does not hold the first error
    assert CANARY not in caplog.text
    assert "An answer broke off: " in caplog.text


def test_nothing_else_than_http_is_spoken(store: Store) -> None:
    async def look() -> list[Message]:
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "websocket.connect"}

        async def send(message: Message) -> None:
            sent.append(message)

        await behind_doors(store)(scope_of("/static/x", "websocket"), receive, send)
        return sent

    assert ["websocket.close"] == [message["type"] for message in asyncio.run(look())]
