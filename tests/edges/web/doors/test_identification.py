"""Who makes a request."""

from collections.abc import Callable
from typing import Any

import pytest

from firstread.config import Doors
from firstread.edges.web.doors.launch import Launch
from firstread.store import accounts
from firstread.store.store import Store
from firstread.terms import Role

NOW = 1_800_000_000.0
CANARY = "DOE^JANE"
PROXY = Doors(proxy_header="X-Remote-User", proxy_addresses="10.0.0.5, 10.1.0.0/24")
Browse = Callable[..., Any]
AddAccount = Callable[..., None]
Audited = Callable[[], Any]


@pytest.fixture
def proxied(browse: Browse) -> Callable[..., Any]:
    """Return a function that makes a browser behind a proxy."""

    def make(name: str, *, peer: str = "10.0.0.5", **headers: str) -> Any:
        return browse(PROXY, peer=peer, headers={"X-Remote-User": name, **headers})

    return make


@pytest.mark.usefixtures("database_url")
def test_a_listed_proxy_lets_a_reader_in(proxied: Callable[..., Any], audited: Audited) -> None:
    browser = proxied("anna")

    assert {"name": "anna", "role": "reader", "door": "proxy"} == browser.get("/api/v1/session").json()
    browser.get("/api/v1/session")
    assert [("anna", "account.add")] == [(event.actor, event.action) for event in audited()]


@pytest.mark.parametrize("peer", ["10.0.0.6", "127.0.0.1", "192.0.2.1"])
def test_the_header_from_elsewhere_is_not_believed(
    proxied: Callable[..., Any], peer: str, store: Store, audited: Audited, caplog: pytest.LogCaptureFixture
) -> None:
    browser = proxied(CANARY, peer=peer, **{"X-Forwarded-For": "10.0.0.5"})

    assert 401 == browser.get("/api/v1/session").status_code
    with store.database.read() as connection:
        assert [] == accounts.everyone(connection)
    assert CANARY not in repr(audited()) + caplog.text


def test_without_the_setting_the_header_is_nothing(browse: Browse) -> None:
    browser = browse(peer="10.0.0.5", headers={"X-Remote-User": "anna"})

    assert 401 == browser.get("/api/v1/session").status_code


def test_the_role_is_the_accounts(proxied: Callable[..., Any], add_account: AddAccount) -> None:
    add_account("anna", Role.ADMIN, by_password=False)

    assert "admin" == proxied("anna").get("/api/v1/session").json()["role"]


@pytest.mark.usefixtures("database_url")
def test_a_closed_account_stays_out(
    proxied: Callable[..., Any], add_account: AddAccount, store: Store, audited: Audited
) -> None:
    add_account("anna", by_password=False)
    with store.database.write() as connection:
        accounts.disable(connection, "anna", now=NOW)

    assert 403 == proxied("anna").get("/api/v1/session").status_code
    assert [("proxy.refused", "anna", "disabled")] == [
        (event.action, event.subject, event.detail["reason"]) for event in audited()
    ]


@pytest.mark.parametrize("name", ["with password", "this computer", "x" * 201])
def test_some_names_are_not_the_proxys_to_give(
    proxied: Callable[..., Any], add_account: AddAccount, name: str
) -> None:
    add_account("with password", Role.ADMIN)

    assert 403 == proxied(name).get("/api/v1/session").status_code


def test_requests_through_a_proxy_are_checked_like_cookies(proxied: Callable[..., Any]) -> None:
    """The proxy adds its header to what another site makes the browser send."""
    browser = proxied("anna")

    assert 403 == browser.request("POST", "/api/v1/films").status_code
    assert 200 == browser.post("/api/v1/films").status_code


def test_a_proxy_that_names_nobody_leaves_the_other_doors(browse: Browse, add_account: AddAccount) -> None:
    add_account("anna")
    doors = Doors(local_accounts=True, proxy_header="X-Remote-User", proxy_addresses="10.0.0.5")
    browser = browse(doors, peer="10.0.0.5")
    browser.log_in("anna")

    assert "account" == browser.get("/api/v1/session").json()["door"]


def test_a_session_cookie_that_was_made_up_is_nobodys(browse: Browse) -> None:
    for value in ("", "x", "\xff", "a" * 4000):
        browser = browse(
            Doors(local_accounts=True),
            launch=Launch("t", "c"),
            headers={"Cookie": f"firstread-session-8321={value}".encode("latin-1")},
        )
        assert 401 == browser.get("/api/v1/session").status_code
