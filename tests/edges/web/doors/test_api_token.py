"""Programs come in with a token: for some purposes, until it runs out."""

from collections.abc import Callable
from typing import Any

import pytest

from firstread.edges.web.doors.api_token import bearer
from firstread.store import accounts, api_tokens
from firstread.store.store import Store
from firstread.terms import Role

NOW = 1_800_000_000.0
DAY = 86_400
Browse = Callable[..., Any]
AddToken = Callable[..., str]
Audited = Callable[[], Any]


def with_token(secret: str, scheme: str = "Bearer") -> dict[str, str]:
    return {"Authorization": f"{scheme} {secret}"}


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Bearer abc", "abc"),
        ("bearer  abc ", "abc"),
        ("Bearer", ""),
        ("Basic abc", None),
        ("", None),
        ("Bearerabc", None),
    ],
)
def test_a_token_stands_in_one_header(header: str, expected: str | None) -> None:
    assert expected == bearer({"authorization": header})


@pytest.mark.parametrize(
    ("scopes", "allowed"),
    [
        (("films:write",), {"POST"}),
        (("films:read",), {"GET"}),
        (("readings:write",), set()),
        (("admin",), {"DELETE"}),
        (("films:read", "films:write"), {"GET", "POST"}),
    ],
)
def test_a_token_opens_what_it_is_for(
    browse: Browse, add_token: AddToken, scopes: tuple[str, ...], allowed: set[str]
) -> None:
    browser, headers = browse(), with_token(add_token("gateway", *scopes))
    statuses = {
        "GET": browser.get("/api/v1/worklist", headers=headers).status_code,
        "POST": browser.request("POST", "/api/v1/films", headers=headers).status_code,
        "DELETE": browser.request("DELETE", "/api/v1/films/x", headers=headers).status_code,
    }

    assert {each: 200 if each in allowed else 403 for each in statuses} == statuses


@pytest.mark.usefixtures("database_url")
def test_the_doings_are_the_owners(browse: Browse, add_account: Any, add_token: AddToken) -> None:
    add_account("anna", Role.ADMIN)
    headers = with_token(add_token("script", "films:read", owner="anna"))

    said = browse().get("/api/v1/session", headers=headers).json()
    assert {"name": "anna", "role": "reader", "door": "token"} == said


@pytest.mark.usefixtures("database_url")
def test_a_token_ends(browse: Browse, add_token: AddToken, clock: Any, audited: Audited) -> None:
    browser, headers = browse(), with_token(add_token("gateway", "films:read"))
    clock.at += DAY - 1
    assert 200 == browser.get("/api/v1/worklist", headers=headers).status_code
    clock.at += 1
    answer = browser.get("/api/v1/worklist", headers=headers)

    assert (401, 'Bearer error="invalid_token"') == (answer.status_code, answer.headers["WWW-Authenticate"])
    assert [("nobody", "token.refused", "gateway", "expired")] == [
        (event.actor, event.action, event.subject, event.detail["reason"]) for event in audited()
    ]


@pytest.mark.usefixtures("database_url")
def test_a_revoked_token_opens_nothing(browse: Browse, add_token: AddToken, store: Store) -> None:
    browser, headers = browse(), with_token(add_token("gateway", "films:read"))
    with store.database.write() as connection:
        api_tokens.revoke(connection, "gateway", now=NOW)

    assert 401 == browser.get("/api/v1/worklist", headers=headers).status_code


@pytest.mark.usefixtures("database_url")
def test_a_token_ends_with_its_owners_account(
    browse: Browse, add_account: Any, add_token: AddToken, store: Store
) -> None:
    add_account("anna")
    browser, headers = browse(), with_token(add_token("script", "films:read", owner="anna"))
    with store.database.write() as connection:
        accounts.disable(connection, "anna", now=NOW)

    assert 401 == browser.get("/api/v1/worklist", headers=headers).status_code


def test_all_that_is_wrong_looks_the_same_from_outside(
    browse: Browse, add_token: AddToken, store: Store, clock: Any
) -> None:
    revoked, expired = add_token("revoked", "films:read"), add_token("expired", "films:read", days=0.5)
    with store.database.write() as connection:
        api_tokens.revoke(connection, "revoked", now=NOW)
    clock.at += DAY * 0.7
    browser = browse()
    answers = {
        browser.get("/api/v1/worklist", headers=with_token(secret)).text
        for secret in (revoked, expired, "firstread_x", "", revoked[:-1])
    }

    assert 1 == len(answers)


def test_a_wrong_token_is_in_no_log(
    browse: Browse, audited: Audited, caplog: pytest.LogCaptureFixture
) -> None:
    browse().get("/api/v1/worklist", headers=with_token("firstread_secret"))

    assert {"reason": "unknown", "address": "127.0.0.1"} == audited()[0].detail
    assert "firstread_secret" not in repr(audited()) + caplog.text


def test_another_scheme_is_not_ours(browse: Browse, add_token: AddToken) -> None:
    """A proxy may pass on what it asked of the browser."""
    headers = with_token(add_token("gateway", "films:read"), "Basic")

    assert 401 == browse().get("/api/v1/worklist", headers=headers).status_code
    assert 200 == browse().get("/api/v1/health", headers=headers).status_code
