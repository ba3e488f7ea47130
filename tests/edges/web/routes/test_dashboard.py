"""The dashboard is told to readers, each of whom sees what is theirs, and to nobody else."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from firstread.edges.web.room import Room
from firstread.store import api_tokens
from firstread.store.scopes import Scope

if TYPE_CHECKING:
    from tests.edges.web.routes.conftest import Clock

Send = Callable[..., list[str]]
Film = Callable[..., bytes]


@pytest.fixture
def read(client: TestClient, room: Room, send: Send, film: Film, score: Callable[[], None]) -> list[str]:
    """Let three films and a text come, be scored, and two be read; return the films."""
    films = send(
        {"a.png": film(60, seed=1), "b.png": film(190, seed=2), "c.png": film(120, seed=3), "d.txt": b"no"}
    )
    score()
    for film_, finding in zip(films[:2], ("absent", "present"), strict=True):
        answer = client.post(f"/api/v1/films/{film_}/readings", json={"finding": finding, "blinded": True})
        assert 201 == answer.status_code
    room.worklist.refresh()
    return films


@pytest.fixture
def headers_of(room: Room) -> Callable[..., dict[str, str]]:
    """Return a maker of headers with a token for some scopes."""

    def made(*scopes: Scope) -> dict[str, str]:
        with room.store.database.write() as connection:
            secret = api_tokens.add(
                connection, "program", scopes, owner="program", expires_at=room.clock() + 60, now=room.clock()
            )
        return {"Authorization": f"Bearer {secret}"}

    return made


@pytest.mark.usefixtures("database_url", "read")
def test_it_tells_what_happened(client: TestClient) -> None:
    told = client.get("/api/v1/dashboard?period=hour").json()

    assert ("hour", 300.0, 12, 4, None) == (
        told["period"], told["step_s"], len(told["bins"]), told["arrived"], told["arrived_per_hour"],
    )  # fmt: skip
    last = told["bins"][-1]
    assert (4, 3, 1) == (last["arrived"], last["scored"], last["not_scored"])
    assert (1, 1, 1) == (last["urgent"], last["review"], last["routine"])
    assert [{"code": "not_an_image", "n": 1}] == told["refused"]
    assert {"URGENT": 0, "REVIEW": 1, "ROUTINE": 0, "waiting": 0, "not_scored": 1} == {
        kind["kind"]: kind["n"] for kind in told["unread"]
    }
    assert "2027-01-15T08:00:00Z" == told["now"]
    assert [(None, True), ("this computer", True)] == [
        (each["reader"], each["blinded"]) for each in told["agreements"]
    ]
    assert (1, 1, None) == tuple(
        told["agreements"][0][name] for name in ("true_positives", "true_negatives", "sensitivity")
    )


def test_nobody_waited_less_than_no_time_when_the_clock_was_set_back(
    clock: "Clock", client: TestClient, send: Send, film: Film, score: Callable[[], None]
) -> None:
    films = send({f"{n}.png": film(60, seed=n) for n in range(10)})
    clock.now -= 3600
    score()
    for sent in films:
        assert 201 == client.post(f"/api/v1/films/{sent}/readings", json={"finding": "absent"}).status_code

    told = client.get("/api/v1/dashboard?period=hour").json()

    assert [[("ROUTINE", 10, 0.0, 0.0)]] * 2 == [
        [(each["band"], each["n"], each["median_s"], each["percentile_90_s"]) for each in told[waits]]
        for waits in ("waits_for_model", "waits_for_reader")
    ]
    assert (0, 10) == (told["arrived"], told["bins"][-1]["scored"])


@pytest.mark.usefixtures("database_url", "read")
def test_who_is_no_administrator_sees_no_other_reader(
    client: TestClient, headers_of: Callable[..., dict[str, str]]
) -> None:
    told = client.get("/api/v1/dashboard", headers=headers_of(Scope.FILMS_READ)).json()

    assert [None] == [each["reader"] for each in told["agreements"]]


@pytest.mark.usefixtures("database_url")
def test_days_begin_at_the_caller_s_midnight(client: TestClient) -> None:
    told = client.get("/api/v1/dashboard?period=30days&utc_offset_min=345").json()

    assert told["begin"].endswith("T18:15:00Z")


@pytest.mark.parametrize(
    "query", ["period=year", "period=", "utc_offset_min=17", "utc_offset_min=855", "utc_offset_min=x"]
)
def test_a_query_that_does_not_fit_is_a_problem(client: TestClient, query: str) -> None:
    answer = client.get(f"/api/v1/dashboard?{query}")

    assert (422, "application/problem+json") == (answer.status_code, answer.headers["content-type"])


def test_it_is_told_to_those_who_may_see_films(
    client: TestClient, headers_of: Callable[..., dict[str, str]]
) -> None:
    assert 403 == client.get("/api/v1/dashboard", headers=headers_of(Scope.METRICS_READ)).status_code
    client.cookies.clear()
    assert 401 == client.get("/api/v1/dashboard").status_code
    assert 303 == client.get("/dashboard", follow_redirects=False).status_code


def test_its_page_is_there(client: TestClient) -> None:
    answer = client.get("/dashboard")

    assert (200, "text/html; charset=utf-8") == (answer.status_code, answer.headers["content-type"])
    assert "not a medical device" in answer.text
