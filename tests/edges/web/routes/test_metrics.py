"""Prometheus is told what stands in the room, and no name, no film and no address."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from firstread.edges.web.room import Room
from firstread.reading import removal
from firstread.store import api_tokens
from firstread.store.scopes import Scope
from firstread.terms import Role

if TYPE_CHECKING:
    from tests.edges.web.routes.conftest import Clock

Send = Callable[..., list[str]]
Film = Callable[..., bytes]


def collect(client: TestClient, **headers: str) -> dict[str, float]:
    """Return every sample by its name and labels, as a Prometheus server would read it."""
    answer = client.get("/api/v1/metrics", headers=headers)
    assert 200 == answer.status_code, answer.text
    return {
        f"{sample.name}{{{','.join(f'{name}={value}' for name, value in sorted(sample.labels.items()))}}}": sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


@pytest.fixture
def token(room: Room) -> Callable[..., str]:
    """Return a maker of tokens."""

    def made(*scopes: Scope) -> str:
        with room.store.database.write() as connection:
            secret = api_tokens.add(
                connection,
                "prometheus",
                scopes,
                owner="prometheus",
                expires_at=room.clock() + 60,
                now=room.clock(),
            )
        assert secret is not None
        return f"Bearer {secret}"

    return made


@pytest.mark.usefixtures("database_url")
def test_films_are_told_by_state_and_band(
    client: TestClient, send: Send, film: Film, score: Callable[[], None]
) -> None:
    films = send({"a.png": film(60, seed=1), "b.png": film(190, seed=2), "d.txt": b"no picture"})
    score()
    client.post(f"/api/v1/films/{films[0]}/readings", json={"finding": "absent"})
    send({"e.png": film(70, seed=3)}, delivery="two")

    def told() -> dict[str, float]:
        client.app.state.room.worklist.refresh()  # type: ignore[attr-defined]
        return collect(client)

    found = told()
    assert (4, 1) == (found["firstread_films{}"], found["firstread_films_read{}"])
    assert {"URGENT": 1, "REVIEW": 0, "ROUTINE": 0, "waiting": 1, "not_scored": 1} == {
        kind: found[f"firstread_films_unread{{kind={kind}}}"]
        for kind in ("URGENT", "REVIEW", "ROUTINE", "waiting", "not_scored")
    }
    assert (1, 0) == (
        found["firstread_queue_films{state=waiting}"],
        found["firstread_queue_films{state=leased}"],
    )
    assert (2, 1, 0) == (
        found["firstread_scored_total{}"],
        found["firstread_not_scored_total{reason=not_an_image}"],
        found["firstread_not_scored_total{reason=empty}"],
    )


@pytest.mark.usefixtures("database_url")
def test_waiting_is_told_in_seconds(client: TestClient, room: Room, send: Send, film: Film) -> None:
    send({"a.png": film(60)})
    room.worklist.refresh()
    began = room.clock()
    room.clock = lambda: began + 90

    found = collect(client)

    assert 90 == found["firstread_oldest_unread_seconds{kind=waiting}"]
    assert 90 == found["firstread_queue_oldest_seconds{}"]
    assert 0 == found["firstread_oldest_unread_seconds{kind=URGENT}"]


def test_a_clock_that_was_set_back_makes_nobody_wait_less_than_no_time(
    clock: "Clock", client: TestClient, room: Room, send: Send, film: Film, token: Callable[..., str]
) -> None:
    """Nor does it close the door to a token."""
    pass_ = token(Scope.METRICS_READ)
    send({"a.png": film(60)})
    room.worklist.refresh()
    clock.now -= 3600
    client.cookies.clear()

    found = collect(client, Authorization=pass_)

    assert (1, 0) == (
        found["firstread_films_unread{kind=waiting}"], found["firstread_oldest_unread_seconds{kind=waiting}"]
    )  # fmt: skip
    assert 0 == found["firstread_queue_oldest_seconds{}"]


@pytest.mark.usefixtures("database_url")
def test_a_counter_never_falls(
    client: TestClient, room: Room, send: Send, film: Film, score: Callable[[], None]
) -> None:
    """Prometheus takes a counter that falls for a restart, and adds all of it again."""
    (first,) = send({"a.png": film(60)})
    score()
    assert 1 == collect(client)["firstread_scored_total{}"]
    removal.remove(room.store, first, actor="me", now=room.clock())
    assert 1 == collect(client)["firstread_scored_total{}"]
    send({"b.png": film(70)}, delivery="two")
    score()

    assert 2 == collect(client)["firstread_scored_total{}"]


def test_requests_are_counted_by_template_and_never_by_film(
    client: TestClient, send: Send, film: Film
) -> None:
    (sent,) = send({"a.png": film(60)})
    for path in (f"/films/{sent}", f"/films/{'0' * 64}", "/worklist?q=Meier", f"/invented/{sent}"):
        client.get(f"/api/v1{path}")
    client.get("/static/main.js")
    client.cookies.set("no", "thing")

    answer = client.get("/api/v1/metrics").text
    found = collect(client)

    def counted(route: str, status: int, method: str = "GET") -> float:
        return found[f"firstread_http_request_seconds_count{{method={method},route={route},status={status}}}"]

    assert 1 == counted("/api/v1/films/{film}", 200)
    assert 1 == counted("/api/v1/films/{film}", 404)
    assert 1 == counted("/api/v1/films", 201, "POST")
    assert 1 == counted("/api/v1/worklist", 200)
    assert 1 == counted("/static", 200)
    assert 1 == counted("other", 404)
    assert not [word for word in (sent, "Meier", "invented", "a.png", "this computer") if word in answer]


def test_what_the_doors_refuse_is_counted_too(client: TestClient) -> None:
    cookies = dict(client.cookies)
    client.cookies.clear()
    client.get("/api/v1/worklist")
    client.cookies.update(cookies)

    found = collect(client)

    assert 1 == found["firstread_http_request_seconds_count{method=GET,route=other,status=401}"]


def test_the_process_tells_how_it_is(client: TestClient) -> None:
    found = collect(client)

    assert found["process_resident_memory_bytes{}"] > 10e6
    assert found["process_start_time_seconds{}"] > 0


def test_the_media_type_is_prometheus_s(client: TestClient) -> None:
    assert client.get("/api/v1/metrics").headers["content-type"].startswith("text/plain; version=")


def test_administrators_and_tokens_for_it_may_collect(client: TestClient, token: Callable[..., str]) -> None:
    assert collect(client)
    client.cookies.clear()

    assert 401 == client.get("/api/v1/metrics").status_code
    assert collect(client, Authorization=token(Scope.METRICS_READ))


@pytest.mark.parametrize("scope", sorted(set(Scope) - {Scope.METRICS_READ}))
def test_a_token_for_something_else_may_not(
    client: TestClient, token: Callable[..., str], scope: Scope
) -> None:
    assert 403 == client.get("/api/v1/metrics", headers={"Authorization": token(scope)}).status_code


def test_readers_are_no_administrators() -> None:
    from firstread.edges.web.doors.identity import Door, person

    assert Scope.METRICS_READ not in person("anna", Role.READER, Door.ACCOUNT).scopes
