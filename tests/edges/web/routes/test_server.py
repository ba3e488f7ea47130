"""The server says how it is, who calls and what scores; and lets nobody in without being asked."""

import importlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pkgutil import iter_modules

import pytest
from starlette.testclient import TestClient

from firstread import __version__
from firstread.edges.web import routes
from firstread.edges.web.app import API
from firstread.edges.web.room import Room
from firstread.edges.web.routes import reports
from firstread.errors import StoreBusyError
from firstread.store.scopes import Scope


@pytest.mark.usefixtures("database_url")
def test_it_says_that_it_is_well(client: TestClient) -> None:
    assert {"status": "ok", "version": __version__, "waiting": 0, "leased": 0} == client.get(
        "/api/v1/health"
    ).json()


def test_it_says_who_calls(client: TestClient) -> None:
    assert {"name": "this computer", "role": "admin", "door": "launch", "takes_folders": False} == client.get(
        "/api/v1/session"
    ).json()


@pytest.mark.usefixtures("database_url")
def test_it_says_which_model_scores(client: TestClient, room: Room) -> None:
    (bundle,) = client.get("/api/v1/bundles").json()["bundles"]

    assert (room.bundle.sha256, True) == (bundle["sha256"], bundle["current"])
    assert {"threshold": 0.5, "sensitivity": 0.95, "specificity": 0.9} == bundle["operating_points"][
        "screening"
    ]


def test_nobody_is_let_in_without_the_printed_address(client: TestClient) -> None:
    client.cookies.clear()

    assert 401 == client.get("/api/v1/worklist").status_code
    assert 303 == client.get("/", follow_redirects=False).status_code


def test_the_openapi_document_tells_every_route(client: TestClient) -> None:
    """Reports are pages, with addresses of their own."""
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    modules = [
        importlib.import_module(f"{routes.__name__}.{each.name}") for each in iter_modules(routes.__path__)
    ]

    told = {(method.upper(), path) for path, operations in paths.items() for method in operations}
    assert told == {
        (method, f"{API}{route.path}")
        for module in modules
        if module is not reports
        for route in module.router.routes
        for method in route.methods
    }


def test_the_openapi_document_names_the_scope_that_a_token_needs(
    client: TestClient, token: Callable[[Scope], dict[str, str]]
) -> None:
    """Each request is made with a token that is for something else; the refusal names what is needed."""
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    scraper, program = token(Scope.METRICS_READ), token(Scope.FILMS_READ)
    asked = 0
    for path, operations in paths.items():
        for method, operation in operations.items():
            for needed in operation.get("security", [{"ApiToken": []}])[0]["ApiToken"]:
                headers = program if needed == Scope.METRICS_READ else scraper
                refused = client.request(method, path.replace("{film}", "0" * 64), headers=headers)
                asked += 1

                assert (
                    f"This needs the right {needed}, which this caller has not." == refused.json()["detail"]
                )
    assert asked >= 30


class Standing:
    """A clock that whoever looks at it waits for; once it goes on, nothing more comes of what was asked."""

    def __init__(self) -> None:
        self.waiting: list[None] = []
        self.goes_on = threading.Event()

    def __call__(self) -> float:
        self.waiting.append(None)
        self.goes_on.wait(60)
        raise StoreBusyError("The clock stood still.")


@pytest.mark.parametrize(
    ("method", "path", "at_once"), [("POST", "films/synthetic", 1), ("GET", "dashboard", 2)]
)
def test_who_asks_for_long_work_takes_no_thread_from_others(
    client: TestClient, room: Room, method: str, path: str, at_once: int
) -> None:
    """All other requests share 40 threads."""
    clock = room.clock = Standing()
    with ThreadPoolExecutor(46) as callers:
        asked = [callers.submit(client.request, method, f"/api/v1/{path}") for _ in range(45)]
        try:
            time.sleep(2)
            n_at_once = len(clock.waiting)
            answer = callers.submit(client.get, "/api/v1/bundles").result(20)
        finally:
            clock.goes_on.set()

    assert (200, at_once) == (answer.status_code, n_at_once)
    assert {503} == {each.result().status_code for each in asked}
