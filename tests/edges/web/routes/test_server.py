"""The server says how it is, who calls and what scores; and lets nobody in without being asked."""

from starlette.testclient import TestClient

from firstread import __version__
from firstread.edges.web.room import Room


def test_it_says_that_it_is_well(client: TestClient) -> None:
    assert {"status": "ok", "version": __version__, "waiting": 0, "leased": 0} == client.get(
        "/api/v1/health"
    ).json()


def test_it_says_who_calls(client: TestClient) -> None:
    assert {"name": "this computer", "role": "admin", "door": "launch", "takes_folders": False} == client.get(
        "/api/v1/session"
    ).json()


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
    paths = client.get("/api/v1/openapi.json").json()["paths"]

    assert {"/api/v1/films", "/api/v1/worklist", "/api/v1/events", "/api/v1/readings/undo"} <= set(paths)
