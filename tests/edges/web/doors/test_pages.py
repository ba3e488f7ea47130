"""Local accounts: a form, a cookie, and the way out."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from firstread.config import Doors, Web
from firstread.edges.web.doors.launch import Launch
from firstread.store import accounts, tables
from firstread.store.bearer_secrets import fingerprint
from firstread.store.store import Store
from firstread.terms import Role

NOW = 1_800_000_000.0
HOUR = 3600.0
CANARY = "DOE^JANE"
PASSWORD = "a long enough password"  # noqa: S105  # of nobody
LOCAL = Doors(local_accounts=True, session_hours=2)
HTTPS = Web(host="0.0.0.0", public_url="https://films.example")  # noqa: S104  # a host for a test
Browse = Callable[..., Any]
AddAccount = Callable[..., None]
Audited = Callable[[], Any]


@pytest.fixture
def browser(browse: Browse, add_account: AddAccount) -> Any:
    """Return a browser at a server with an account for Anna."""
    add_account("anna")
    return browse(LOCAL)


@pytest.mark.usefixtures("database_url")
def test_who_logs_in_is_in(browser: Any) -> None:
    answer = browser.log_in("anna")

    assert (303, "/") == (answer.status_code, answer.headers["Location"])
    assert {"name": "anna", "role": "reader", "door": "account"} == browser.get("/api/v1/session").json()
    assert 200 == browser.get("/").status_code


def test_a_cookie_over_plain_http_on_this_computer(browser: Any) -> None:
    cookie = browser.log_in("anna").headers["Set-Cookie"]

    assert cookie.startswith("firstread-session-8321=")
    assert {"HttpOnly", "SameSite=lax", "Path=/", "Max-Age=7200"} == set(cookie.split("; ")[1:])


def test_a_cookie_over_https(browse: Browse, add_account: AddAccount) -> None:
    add_account("anna")
    browser = browse(LOCAL, web=HTTPS, base_url="https://films.example", peer="10.0.0.9")
    cookie = browser.log_in("anna").headers["Set-Cookie"]

    assert cookie.startswith("__Host-firstread-session=")
    assert {"HttpOnly", "SameSite=lax", "Path=/", "Max-Age=7200", "Secure"} == set(cookie.split("; ")[1:])
    assert "anna" == browser.get("/api/v1/session").json()["name"]


@pytest.mark.usefixtures("database_url")
def test_only_the_hash_of_the_cookie_is_stored(browser: Any, store: Store) -> None:
    secret = re.split("[=;]", browser.log_in("anna").headers["Set-Cookie"])[1]

    with store.database.read() as connection:
        stored = connection.scalars(select(tables.session.c.token_sha256)).all()
    assert [fingerprint(secret)] == stored


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("anna", "another password"),
        ("anna", ""),
        ("nobody here", PASSWORD),
        ("", ""),
        ("Anna", PASSWORD),
        ("an\x00na", PASSWORD),
        ("this computer", PASSWORD),
        ("x" * 300, PASSWORD),
        (CANARY, CANARY),
    ],
)
def test_wrong_is_wrong_and_nothing_tells_what(browser: Any, name: str, password: str) -> None:
    answer = browser.log_in(name, password)

    assert 401 == answer.status_code
    assert "The name or the password is wrong, or the account is closed." in answer.text
    assert "Set-Cookie" not in answer.headers
    assert CANARY not in answer.text


def test_the_page_is_the_same_for_every_mistake(browser: Any, add_account: AddAccount, store: Store) -> None:
    add_account("berta")
    add_account("by oidc", by_password=False)
    with store.database.write() as connection:
        accounts.disable(connection, "berta", now=NOW)
    answers = {
        browser.log_in(name, password).text
        for name, password in (
            ("anna", "wrong"),
            ("nobody here", "wrong"),
            ("berta", PASSWORD),
            ("by oidc", PASSWORD),
        )
    }

    assert 1 == len(answers)


def test_what_was_typed_is_in_no_log(
    browser: Any, audited: Audited, caplog: pytest.LogCaptureFixture
) -> None:
    """People type passwords into the field for the name."""
    browser.log_in(CANARY, "a password that is typed")
    browser.log_in("anna", "a password that is typed")
    browser.log_in("anna")

    events = audited()
    assert [
        ("nobody", "login.failed", ""),
        ("nobody", "login.failed", "anna"),
        ("anna", "login", "anna"),
    ] == [(event.actor, event.action, event.subject) for event in events]
    assert {"reason": "name or password", "address": "127.0.0.1"} == events[1].detail
    assert {"door": "account", "role": "reader"} == events[2].detail
    for text in (repr(events), caplog.text):
        assert CANARY not in text
        assert "typed" not in text
        assert PASSWORD not in text


def test_guessing_is_slowed_down(browser: Any, clock: Any, audited: Audited) -> None:
    answers = [browser.log_in("anna", f"guess number {n}") for n in range(7)]

    assert [401] * 5 + [429] * 2 == [answer.status_code for answer in answers]
    assert "60" == answers[-1].headers["Retry-After"]
    assert 429 == browser.log_in("anna").status_code  # also with the right one, or guessing would go on
    clock.at += 60
    assert 303 == browser.log_in("anna").status_code
    assert "too many tries" in repr(audited())


def test_guesses_do_not_fill_the_log(
    browse: Browse, add_account: AddAccount, audited: Audited, clock: Any
) -> None:
    add_account("anna")
    browser = browse(LOCAL, web=Web(requests_per_s=1000, burst=1000))
    for _ in range(60):
        browser.log_in("anna", "")
    clock.at += 100
    browser.log_in("anna", "")

    events = audited()
    assert 21 == len(events)
    assert 40 == events[-1].detail["left_out_before"]


@pytest.mark.usefixtures("database_url")
def test_a_session_ends_when_it_should(browser: Any, clock: Any) -> None:
    browser.log_in("anna")
    clock.at += 2 * HOUR - 1
    assert 200 == browser.get("/api/v1/session").status_code
    clock.at += 1
    assert 401 == browser.get("/api/v1/session").status_code


@pytest.mark.usefixtures("database_url")
def test_a_session_ends_when_the_account_is_closed(browser: Any, store: Store) -> None:
    browser.log_in("anna")
    with store.database.write() as connection:
        accounts.disable(connection, "anna", now=NOW)

    assert 401 == browser.get("/api/v1/session").status_code


@pytest.mark.usefixtures("database_url")
def test_who_logs_out_is_out_also_with_the_cookie(browser: Any, browse: Browse, audited: Audited) -> None:
    cookie = browser.log_in("anna").headers["Set-Cookie"].split(";")[0]
    answer = browser.post("/logout")

    assert (303, "/login") == (answer.status_code, answer.headers["Location"])
    assert 'firstread-session-8321=""' in answer.headers["Set-Cookie"]
    kept = browse(app=browser.app, headers={"Cookie": cookie})
    assert 401 == kept.get("/api/v1/session").status_code
    assert ["login", "logout"] == [event.action for event in audited()]


def test_nobody_is_logged_out_by_another_site(browser: Any) -> None:
    browser.log_in("anna")
    answer = browser.request("POST", "/logout", headers={"Sec-Fetch-Site": "cross-site"})

    assert 403 == answer.status_code
    assert 200 == browser.get("/api/v1/session").status_code


def test_who_is_out_may_log_out(browser: Any) -> None:
    assert 303 == browser.post("/logout").status_code


@pytest.mark.usefixtures("database_url")
def test_a_login_has_a_cookie_of_its_own_and_ends_the_one_before(
    browser: Any, browse: Browse, add_account: AddAccount
) -> None:
    """A cookie that was planted before the login must not be logged in by it."""
    add_account("berta", Role.ADMIN)
    first = browser.log_in("anna").headers["Set-Cookie"].split(";")[0]
    second = browser.log_in("berta").headers["Set-Cookie"].split(";")[0]

    assert first != second
    assert "berta" == browser.get("/api/v1/session").json()["name"]
    assert 401 == browse(app=browser.app, headers={"Cookie": first}).get("/api/v1/session").status_code


def test_without_local_accounts_no_password_opens(browse: Browse, add_account: AddAccount) -> None:
    add_account("anna")
    browser = browse(launch=Launch("t", "c"))

    assert 404 == browser.log_in("anna").status_code
    assert "<form" not in browser.get("/login").text


def test_the_page_says_what_is_possible(browse: Browse) -> None:
    launch, local = browse(launch=Launch("t", "c")).get("/login"), browse(LOCAL).get("/login")
    proxy = browse(Doors(proxy_header="X-User", proxy_addresses="10.0.0.5")).get("/login")

    assert "Open the address that firstread printed" in launch.text
    assert 'autocomplete="current-password"' in local.text
    assert "A proxy in front of this server lets people in." in proxy.text


def test_the_page_has_no_inline_script_and_no_inline_style(browse: Browse) -> None:
    """The Content-Security-Policy would block both."""
    text = browse(LOCAL).get("/login").text

    assert not re.search(
        r'<script(?! type="module" src="/static/[a-z]+\.js"></script>)|<style|style=|\son\w+=', text
    )
    assert '<link rel="stylesheet" href="/static/reading-room.css">' in text


@pytest.mark.parametrize(
    "body",
    [
        {"content": b"\xff\xfe", "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
        {"content": b"{}", "headers": {"Content-Type": "application/json"}},
        {"files": {"name": ("DOE^JANE.dcm", b"x")}},
        {"data": {f"field {n}": "x" for n in range(50)}},
        {"content": b"x", "headers": {"Content-Type": "multipart/form-data"}},
    ],
)
def test_what_is_no_such_form_is_refused_without_an_error_of_ours(browser: Any, body: dict[str, Any]) -> None:
    answer = browser.post("/login", **body)

    assert answer.status_code in (400, 401)
    assert CANARY not in answer.text
